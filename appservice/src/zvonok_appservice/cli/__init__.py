"""`zvonok-appservice`: what an administrator does from the command line.

Exit codes: 0 done, or nothing to do · 1 a bug · 2 the command or the configuration is
wrong · 3 the journal can't be taken as it is · 4 something is held until it is confirmed
· 5 the homeserver, the database, the journal or the registry is away: try again · 6 the question can't
be answered as it was asked, such as a name that two people have.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from enum import IntEnum
from pathlib import Path

from zvonok_appservice.app import PACKAGES, DatabaseAwayError
from zvonok_appservice.cli import people, rooms, setup
from zvonok_appservice.cli.complaints import complaints
from zvonok_appservice.cli.exits import Exit
from zvonok_appservice.cli.federation import federation
from zvonok_appservice.cli.policy import policy
from zvonok_appservice.config import Config, load
from zvonok_appservice.reconcile.loop import NoRosterError
from zvonok_core.errors import ConfigError, PermanentError, TemporaryError, UserError
from zvonok_core.text import Catalogs, Text, text

log = logging.getLogger(__name__)

_AWAY = text("The homeserver or the database does not answer; try again later. The log says more.")
_DATABASE_AWAY = text("The database does not answer; try again later. The log says more.")

Command = Callable[[Config, argparse.Namespace], Awaitable[IntEnum]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    options = _parser().parse_args(arguments)
    # A roster is millions of objects that stay: with the default thresholds the collector
    # looks through all of them again and again, which takes longer than the work itself.
    gc.set_threshold(500_000, 50, 1000)
    logging.basicConfig(
        level=logging.INFO if options.command == "run" else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    catalogs = Catalogs.load(PACKAGES)
    language = "ru"
    try:
        config = load(options.config)
        language = config.school.language
        code = asyncio.run(options.do(config, options))
    except ConfigError as error:
        if options.command == "check":
            setup.tell(setup.Found(error.faults), catalogs, language, as_json=options.json)
        else:
            _complain(catalogs, language, text("The configuration is wrong:"))
            for fault in error.faults:
                print(f"  {fault.path}: {catalogs.say(fault.text, language)}", file=sys.stderr)
        code = Exit.CONFIG
    except UserError as error:
        _complain(catalogs, language, error.text)
        code = Exit.JOURNAL if isinstance(error, NoRosterError) else Exit.QUESTION
    except TemporaryError as error:
        log.warning("%s", error)
        _complain(catalogs, language, _DATABASE_AWAY if isinstance(error, DatabaseAwayError) else _AWAY)
        code = Exit.AWAY
    except PermanentError as error:
        log.warning("%s", error)
        _complain(catalogs, language, text("The homeserver refuses this; the log says why."))
        code = Exit.CONFIG
    except KeyboardInterrupt:
        code = Exit.DONE
    sys.exit(int(code))


def _complain(catalogs: Catalogs, language: str, message: Text) -> None:
    print(catalogs.say(message, language), file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="zvonok-appservice",
        description="Keeps a school's rooms as the journal says.",
        epilog=(__doc__ or "").partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "-c", "--config", type=Path, default=Path("config.yaml"), help="config.yaml by default"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, do: Command, about: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about)
        sub.set_defaults(do=do)
        return sub

    command("run", setup.run, "keep the rooms, and serve the pages and the directory, until stopped")
    plan = command("plan", rooms.plan, "say what would be done, and change nothing")
    plan.add_argument("--json", action="store_true", help="for machines")
    apply = command("apply", rooms.apply, "do it once; with the number from `plan`, confirm what is held")
    apply.add_argument("digest", nargs="?", help="what `plan` printed for the removals that are held")
    check = command("check", setup.check, "tell everything that is wrong with configuration and journal")
    check.add_argument("--json", action="store_true", help="for machines")
    letters = command("letters", people.letters, "print letters with one-time codes, as PDF")
    _selection(letters)
    letters.add_argument("-o", "--output", type=Path, help="the PDF; letters.pdf by default")
    activate = command(
        "activate", people.activate, "make accounts without letters, with a first password each"
    )
    _selection(activate)
    activate.add_argument("--json", action="store_true", help="for machines")
    activate.add_argument("-o", "--output", type=Path, help="the printed list; passwords.pdf by default")
    activate.add_argument(
        "--consent-on-paper", action="store_true", help="the school holds the guardians' consents on paper"
    )
    why = command("why", rooms.why, "say which rows of the journal put a person into a room, or don't")
    why.add_argument("person", help="a user name, an id of the journal, or a name")
    why.add_argument("room", help="a room's id or name, such as «7А. Родители»")
    why.add_argument("--json", action="store_true", help="for machines")
    lock = command("lock", people.lock, "lock an account within seconds, past journal and guard")
    lock.add_argument("person", help="a user name, an id of the journal, or a name")
    lock.add_argument("--reason", required=True, help="kept in the audit")
    unlock = command("unlock", people.unlock, "undo `lock`")
    unlock.add_argument("person", help="a user name, an id of the journal, or a name")
    told = command("complaints", complaints, "list what was reported, who was told of it, and who answered")
    told.add_argument("--json", action="store_true", help="for machines")
    rules = command("policy", policy, "say in words who may do what on the homeserver")
    rules.add_argument("--language", choices=("ru", "en"), help="the school's by default")
    rules.add_argument("--json", action="store_true", help="for machines")
    schools = command("federation", federation, "say which other schools are trusted now, and Synapse's line")
    schools.add_argument("--language", choices=("ru", "en"), help="the school's by default")
    schools.add_argument("--json", action="store_true", help="for machines")
    registration = command("registration", setup.registration, "write the file that Synapse needs")
    registration.add_argument("-o", "--output", type=Path, default=Path("registration.yaml"))
    return parser


def _selection(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--person", action="append", help="one person; may be repeated")
    which.add_argument("--class", dest="class_title", help="a class's students and their guardians: 7А")
    which.add_argument("--role", choices=("staff", "students", "guardians"))
    which.add_argument("--all", action="store_true", help="the whole school")
