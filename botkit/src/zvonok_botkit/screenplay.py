"""Conversations as people read them in a README, and played as they stand there.

    Чат «7А»: Петров Иван Сергеевич, ученик; Смирнова Анна Павловна, учитель
    Смирнова: !похвалить Петрова
    Звонок: За что?
    Смирнова отвечает: за сад
    Звонок: …

Who speaks is named by any words of their name. After every act the bot's words must be
exactly those that follow; lines that begin with two spaces go on with what was said.
Besides speaking somebody may act: `Петров (лично): …` in a direct chat, `Петров отвечает: …`
on the bot's last message, `Петров ставит 👍` beside it, `Звонок исправляет: …` for an
edit. `Петров присылает: эссе.docx` sends a file, also `(лично)`; `Петров в обсуждении: …` and
`Петров в обсуждении присылает: …` are in the thread below the bot's last message.
`Проходит 3 часа` moves the clock.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zvonok_botkit.chat import Event
from zvonok_botkit.incoming import MESSAGE
from zvonok_botkit.testing import ME, Talk, TalkPerson, TalkRoom
from zvonok_core.people import find
from zvonok_core.roles import Role

_ROLES = {
    "учитель": Role.TEACHER,
    "учительница": Role.TEACHER,
    "ученик": Role.STUDENT,
    "ученица": Role.STUDENT,
    "родитель": Role.GUARDIAN,
    "директор": Role.PRINCIPAL,
    "завуч": Role.PRINCIPAL,
}
_ROOM = re.compile(r"Чат «(.+?)»: (.+)")
_TIME = re.compile(r"Проход\w+ (\d+) (минут|час|д)\w*")
_UNITS = {"минут": "minutes", "час": "hours", "д": "days"}
_ACT = re.compile(
    r"(?P<who>[^:(]+?)(?P<alone> \(лично\))?(?P<reply> отвечает)?(?P<thread> в обсуждении)?: (?P<words>.*)",
    re.DOTALL,
)
_FILE = re.compile(
    r"(?P<who>[^:(]+?)(?P<alone> \(лично\))?(?P<thread> в обсуждении)? присылает: (?P<name>.+)"
)
_REACTION = re.compile(r"(?P<who>.+?) ставит (?P<emoji>\S+)")
_BEGINNINGS = {
    ".pdf": b"%PDF-1.7\n",
    ".docx": b"PK\x03\x04",
    ".jpg": b"\xff\xd8\xff\xe0",
    ".png": b"\x89PNG\r\n\x1a\n",
    ".ogg": b"OggS",
    ".mp4": b"\0\0\0\x18ftypmp42",
}
BOT = "Звонок"
EDIT = "Звонок исправляет"


def scripts(readme: str) -> list[str]:
    """The conversations of a README: its code blocks marked `talk`."""
    return re.findall(r"^```talk\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)


@dataclass
class _Stage:
    talk: Talk
    room: TalkRoom | None = None
    people: list[TalkPerson] = field(default_factory=list)
    heard: int = 0

    def person(self, named: str) -> TalkPerson:
        fits = find([one.person for one in self.people], named)
        assert len(fits) == 1, f"«{named}» must be one person of this chat"
        return next(one for one in self.people if one.person == fits[0])

    def news(self) -> list[str]:
        """What the bot has said since the last time, as the script writes it."""
        said = [event for event in self.talk.said[self.heard :] if event.type == MESSAGE]
        self.heard = len(self.talk.said)
        return [_line(event) for event in said]


async def play(talk: Talk, script: str) -> None:
    """Act, and compare. Fails with the line after which the bot has said something else."""
    stage = _Stage(talk)
    acted, expected = "(the beginning)", list[str]()
    for line in [*_lines(script), ""]:
        if line.startswith((f"{BOT}: ", f"{EDIT}: ")):
            expected.append(line)
            continue
        said = stage.news()
        assert said == expected, f"after «{acted}» was said:\n" + "\n".join(said or ["(nothing)"])
        acted, expected = line, []
        await _act(stage, line)


def _lines(script: str) -> Iterator[str]:
    """The acts, each with the lines that belong to it."""
    act = ""
    for line in script.splitlines():
        if line.startswith("  "):
            act += "\n" + line.removeprefix("  ")
            continue
        if act:
            yield act
        act = line.strip()
    if act:
        yield act


async def _act(stage: _Stage, line: str) -> None:
    if not line:
        return
    if room := _ROOM.fullmatch(line):
        stage.room = stage.talk.room(room[1])
        for entry in room[2].split(";"):
            name = entry.strip()
            role = _ROLES[name.rpartition(", ")[2]]
            stage.people.append(stage.room.enter(name, role))
    elif time := _TIME.fullmatch(line):
        stage.talk.clock.advance(**{_UNITS[time[2]]: int(time[1])})
        await stage.talk.settle()
    elif reaction := _REACTION.fullmatch(line):
        await stage.person(reaction["who"]).reacts(_last(stage).id, reaction["emoji"])
    elif sent := _FILE.fullmatch(line):
        person = stage.person(sent["who"])
        below = person.in_thread(_last(stage).id) if sent["thread"] else {}
        if sent["alone"]:
            person = await person.writes_directly()
        await person.sends_file(sent["name"], **_file(sent["name"]), **below)
    elif act := _ACT.fullmatch(line):
        person = stage.person(act["who"])
        below = person.in_thread(_last(stage).id) if act["thread"] else {}
        if act["alone"]:
            person = await person.writes_directly()
        if act["reply"]:
            await person.replies(_last(stage).id, act["words"])
        elif below:
            await person.says(act["words"], **below)
        else:
            await person.says(act["words"])
    else:
        raise AssertionError(f"«{line}» is nothing that anybody can do")


def _file(name: str) -> Mapping[str, Any]:
    """A file that begins, and is described, as such files are."""
    suffix = name[name.rfind(".") :].casefold()
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kind = mimetype.partition("/")[0]
    return {
        "data": _BEGINNINGS.get(suffix, b"") + b"\0" * 100,
        "mimetype": mimetype,
        "kind": kind if kind in ("image", "audio", "video") else "file",
        "voice": suffix == ".ogg",
    }


def _last(stage: _Stage) -> Event:
    """The bot's last message that is no edit."""
    said = [
        event for event in stage.talk.said if event.type == MESSAGE and "m.new_content" not in event.content
    ]
    return next(event for event in reversed(said) if event.sender == ME)


def _line(event: Event) -> str:
    new = event.content.get("m.new_content")
    return f"{EDIT}: {new['body']}" if new else f"{BOT}: {event.content['body']}"
