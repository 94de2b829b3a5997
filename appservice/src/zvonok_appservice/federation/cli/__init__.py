"""`zvonok-federation`: what registrars and the publisher do from the command line.

Exit codes: 0 done · 1 a bug · 2 the command is wrong · 3 `verify` has found something wrong
· 4 signatures are missing still · 6 it can't be done as it was asked; the sentence says why.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from zvonok_appservice.federation import files
from zvonok_appservice.federation.cli import changing, signing, telling
from zvonok_appservice.federation.cli.desk import Command, Desk, Exit
from zvonok_appservice.federation.folder import Folder
from zvonok_appservice.federation.publishing import UnsignedError
from zvonok_core.access import Talk
from zvonok_core.clock import SystemClock
from zvonok_core.errors import ConfigError, UserError
from zvonok_core.text import Catalogs, Text, text

_PACKAGES = ("zvonok_core", "zvonok_appservice")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    logging.basicConfig(level=logging.CRITICAL)  # TUF's log is for its developers
    catalogs = Catalogs.load(_PACKAGES)
    language = _language().parse_known_args(arguments)[0].language
    options = _parser(catalogs, language).parse_args(arguments)
    desk = Desk(Folder(options.folder), SystemClock(), catalogs, language)
    try:
        with nullcontext() if options.command == "key" else _alone(options):
            code = options.do(desk, options)
    except ConfigError as error:
        for fault in error.faults:
            desk.complain(Text("{path}: {fault}", {"path": fault.path, "fault": fault.text}))
        code = Exit.REFUSED
    except UserError as error:
        desk.complain(error.text)
        code = Exit.UNSIGNED if isinstance(error, UnsignedError) else Exit.REFUSED
    except OSError as error:
        desk.complain(Text("{file}: {reason}.", {"file": str(error.filename), "reason": files.why(error)}))
        code = Exit.REFUSED
    except KeyboardInterrupt:
        code = Exit.DONE
    sys.exit(int(code))


def _alone(options: argparse.Namespace) -> AbstractContextManager[None]:
    """A timer's `refresh` and a person's `publish` would each undo the other's work."""
    if options.command != "init" and not options.folder.is_dir():
        raise UserError(
            text("There is no folder {folder}: name the right one with -f.", folder=str(options.folder))
        )
    return files.alone(options.folder)


def _language() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--language", choices=("ru", "en"), default="ru")
    return parser


def _parser(catalogs: Catalogs, language: str) -> argparse.ArgumentParser:
    def say(message: Text) -> str:
        return catalogs.say(message, language)

    parser = argparse.ArgumentParser(
        prog="zvonok-federation",
        description=say(
            text("The signed registry of the schools of a federation; docs/federation.md tells it all.")
        ),
        epilog=(__doc__ or "").partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_language()],
    )
    parser.add_argument(
        "-f",
        "--folder",
        type=Path,
        default=Path(),
        help=say(text("the registrars' folder; this one by default")),
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, do: Command, about: Text) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=say(about), description=say(about), parents=[_language()])
        sub.set_defaults(do=do)
        return sub

    def with_threshold(sub: argparse.ArgumentParser, *, required: bool = False) -> None:
        sub.add_argument(
            "--threshold", type=int, required=required, help=say(text("so many registrars have to sign"))
        )

    def with_keys(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "--keys",
            type=Path,
            required=True,
            help=say(text("a file with what the homeserver answers at /_matrix/key/v2/server")),
        )

    def with_passphrase(sub: argparse.ArgumentParser) -> None:
        sub.add_argument(
            "--passphrase-file",
            type=Path,
            help=say(text("the passphrase stands in this file; else it is asked for")),
        )

    key = command("key", signing.key, text("make a key: a private file, and a public one to hand over"))
    key.add_argument("name", help=say(text("whose key it is, such as an office")))
    key.add_argument(
        "-o", "--output", type=Path, required=True, help=say(text("OUTPUT.key and OUTPUT.pub are made"))
    )
    with_passphrase(key)
    key.add_argument(
        "--no-passphrase",
        action="store_true",
        help=say(text("for the publisher's key, where a timer uses it")),
    )

    init = command("init", changing.init, text("found a federation: propose its first version"))
    init.add_argument("--registrars", type=Path, nargs="+", required=True, metavar="FILE.pub")
    init.add_argument("--publisher", type=Path, required=True, metavar="FILE.pub")
    with_threshold(init, required=True)

    add = command("add", changing.add, text("propose a new school"))
    add.add_argument("school", help=say(text("its server name, such as school-7.example")))
    add.add_argument("--title", required=True, help=say(text("what people call it")))
    add.add_argument(
        "--contact", required=True, help=say(text("of the office that runs the server, not of a person"))
    )
    add.add_argument("--talks", type=Talk, nargs="*", default=[], help=", ".join(Talk))
    with_keys(add)

    remove = command("remove", changing.remove, text("propose that a school leaves"))
    remove.add_argument("school")

    rotate = command(
        "rotate-key", changing.rotate_key, text("propose a school's new keys in the place of its old ones")
    )
    rotate.add_argument("school")
    with_keys(rotate)
    rotate.add_argument("--keep-old", action="store_true", help=say(text("the old ones stay good as well")))

    talks = command("talks", changing.talks, text("propose what a school may talk about"))
    talks.add_argument("school")
    talks.add_argument("talks", type=Talk, nargs="*", help=", ".join(Talk))

    add_registrar = command("add-registrar", changing.add_registrar, text("propose one more registrar"))
    add_registrar.add_argument("public", type=Path, metavar="FILE.pub")
    with_threshold(add_registrar)
    remove_registrar = command(
        "remove-registrar", changing.remove_registrar, text("propose that a registrar leaves")
    )
    remove_registrar.add_argument("name", help=say(text("the name, or the beginning of the key's id")))
    with_threshold(remove_registrar)
    publisher = command(
        "replace-publisher", changing.replace_publisher, text("propose another publisher's key")
    )
    publisher.add_argument("public", type=Path, metavar="FILE.pub")
    command("renew", changing.renew, text("propose everything as it is, for a new term"))

    sign = command("sign", signing.sign, text("sign what is proposed, as a registrar"))
    sign.add_argument("--key", type=Path, required=True, metavar="FILE.key")
    with_passphrase(sign)
    sign.add_argument("--yes", action="store_true", help=say(text("it was read before; don't ask")))
    merge = command(
        "merge", signing.merge, text("take a proposal that came from elsewhere, with its signatures")
    )
    merge.add_argument("folders", type=Path, nargs="+", metavar="PROPOSAL")
    publish = command(
        "publish", signing.publish, text("put the proposal on show, once enough have signed it")
    )
    refresh = command(
        "refresh", signing.refresh, text("confirm for two weeks more that nothing newer is there")
    )
    for sub in (publish, refresh):
        sub.add_argument("--key", type=Path, required=True, metavar="FILE.key")
        with_passphrase(sub)

    verify = command("verify", telling.verify, text("say everything that is wrong with what is published"))
    verify.add_argument("--root", type=Path, help=say(text("the first root, as schools have it")))
    status = command(
        "status", telling.status, text("say who is listed, who has signed, and what runs out when")
    )
    for sub in (verify, status):
        sub.add_argument("--json", action="store_true", help=say(text("for machines")))
    return parser
