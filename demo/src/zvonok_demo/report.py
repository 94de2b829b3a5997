"""What the demo prints once it is ready: addresses, logins, the tree, and what to try."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from zvonok_appservice.introductions import introduction
from zvonok_appservice.reconcile.names import full_name
from zvonok_appservice.views import Directory
from zvonok_core.directory import Branch
from zvonok_core.text import Text, text
from zvonok_demo.cast import MAIN
from zvonok_demo.progress import Voice
from zvonok_demo.running import Demo


def report(demo: Demo, voice: Voice) -> None:
    """Print it all."""
    voice.say()
    voice.say(text("Rooms, and how many of those who belong there are in them:"))
    voice.say()
    for line in tree_lines(Directory(demo.picture, demo.catalogs).tree()):
        voice.say(line)
    voice.say()
    voice.say(text("Log in as one of them (the password is the demo's own):"))
    voice.say()
    for line in _table(_logins(demo, voice)):
        voice.say(line)
    voice.say()
    voice.say(text("Homeserver:  {address}", address=demo.homeserver_address))
    voice.say(text("Start page:  {address}", address=demo.page_address))
    voice.say()
    voice.say(text("What to try next:"))
    for hint in _hints(demo):
        voice.say(f"  • {voice.words(hint)}")
    voice.say()


def tree_lines(branches: Sequence[Branch], indent: str = "") -> Iterator[str]:
    """The tree as lines: `├ 7А. Класс  5/13`."""
    for number, branch in enumerate(rooms_first(branches), start=1):
        last = number == len(branches)
        size = f"{branch.room.joined}/{branch.room.due}"
        stem = "" if not indent and branch.children else "└ " if last else "├ "
        yield f"{indent}{stem}{branch.room.name}  {size}"
        below = "  " if not stem else "  " if last else "│ "
        yield from tree_lines(branch.children, indent + below)


def rooms_first(branches: Iterable[Branch]) -> list[Branch]:
    """A space's own rooms before the spaces in it: what is for all comes first."""
    return sorted(branches, key=lambda branch: branch.room.space)


def _logins(demo: Demo, voice: Voice) -> Iterator[tuple[str, str, str]]:
    today = demo.picture.today
    yield voice.words(text("User name")), voice.words(text("Password")), voice.words(text("Who it is"))
    for part in MAIN:
        person = demo.person(part)
        login = demo.logins.known.get(person)
        record = today.snapshot.people.get(person)
        if login is not None and record is not None:
            who = f"{full_name(record)}, {voice.words(introduction(today, person))}"
            yield login.name, login.password, who


def _table(rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    listed = list(rows)
    names, passwords = (max(len(row[column]) for row in listed) for column in (0, 1))
    for name, password, who in listed:
        yield f"  {name:{names}}  {password:{passwords}}  {who}"


def _hints(demo: Demo) -> Iterator[Text]:
    yield text("Open the start page and press “Play a school morning”.")
    yield text("Log in with Element Web, Element X or nheko: the start page says how, step by step.")
    yield text(
        "Log in as a student and write to a classmate, then to somebody of 7Б: the school's rules"
        " decide who writes to whom."
    )
    yield text("Complain of a message: within a minute the class head has it, from «Звонок».")
    yield text(
        "Change a row in {file} and see the rooms follow within seconds.",
        file=demo.folder.journal / "enrollments.csv",
    )
    command = ".venv/bin/zvonok-appservice -c"
    yield text("Ask why: {command} {config} why PERSON ROOM", command=command, config=demo.folder.config)
    yield text(
        "Ctrl-C stops everything. The next start goes on from here; delete {folder} to begin anew.",
        folder=demo.folder.path,
    )
