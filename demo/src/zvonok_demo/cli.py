"""`scripts/demo`: options, languages, signals, and one sentence for whatever is missing."""

from __future__ import annotations

import argparse
import asyncio
import errno
import logging
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from zvonok_appservice.app import PACKAGES
from zvonok_core.errors import ConfigError, PermanentError, TemporaryError, UserError
from zvonok_core.text import Catalogs, Text, text
from zvonok_demo.checks import check
from zvonok_demo.filling import fill
from zvonok_demo.folder import DataFolder, data_folder
from zvonok_demo.installation import SERVER_NAME
from zvonok_demo.morning import Morning
from zvonok_demo.page import start_page
from zvonok_demo.page.client_files import checked_client, web_client
from zvonok_demo.progress import Voice
from zvonok_demo.report import report
from zvonok_demo.running import running
from zvonok_demo.synapse import SynapseError

REPOSITORY = Path(__file__).parents[3]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the demo and exit: 0 done, or stopped by Ctrl-C · 1 `--exit` found something
    that does not work · 2 something is missing, or an option is wrong."""
    options = _parser().parse_args(arguments)
    catalogs = Catalogs.load((*PACKAGES, "zvonok_demo"))
    voice = Voice(catalogs, options.language)
    try:
        if options.web is not None:
            checked_client(options.web)  # before anything is started
        with data_folder(options.data) as folder:
            _log_to(folder)
            code = asyncio.run(_until_stopped(folder, voice, options))
    except UserError as error:
        code = _complain(voice, error.text)
    except ConfigError as error:
        code = _complain(voice, text("The demo's configuration is wrong: {reason}", reason=str(error)))
    except SynapseError as error:
        code = _complain(voice, text("The homeserver does not start.\n{reason}", reason=str(error)))
    except (TemporaryError, PermanentError) as error:
        code = _complain(
            voice,
            text(
                "This can't go on: {reason}. More is in {log}.", reason=error, log=options.data / "demo.log"
            ),
        )
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        code = _complain(voice, text("The disk is full: make room, and start again."))
    sys.exit(code)


def _complain(voice: Voice, message: Text) -> int:
    print(voice.words(message), file=sys.stderr)
    return 2


async def _until_stopped(folder: DataFolder, voice: Voice, options: argparse.Namespace) -> int:
    """The demo's whole life. A signal cancels it, once: whatever was started is stopped on
    the way out, in order, and a second signal changes nothing."""
    this = asyncio.current_task()
    assert this is not None
    stopping = False

    def stop() -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            this.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        return await _live(folder, voice, options)
    except asyncio.CancelledError:
        if not stopping:
            raise
        this.uncancel()
        voice.say(text("Stopped."))
        return 1 if options.exit else 0
    except BaseExceptionGroup as group:
        raise _only(group) from None


def _only(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error itself where it is the only one."""
    first = group.exceptions[0]
    if len(group.exceptions) > 1:
        return group
    return _only(first) if isinstance(first, BaseExceptionGroup) else first


async def _live(folder: DataFolder, voice: Voice, options: argparse.Namespace) -> int:
    async with AsyncExitStack() as stack:
        demo = await stack.enter_async_context(running(folder, voice, options.port, voice.catalogs))
        morning = Morning(demo)
        client = None
        if options.web is not None:
            client = await stack.enter_async_context(
                web_client(options.web, demo.ports["client"], demo.homeserver_address, SERVER_NAME)
            )
        await stack.enter_async_context(start_page(demo, morning, voice.language, client))
        voice.say(text("Start page:  {address}", address=demo.page_address))
        await fill(demo, voice)
        report(demo, voice)
        if options.exit:
            return 0 if await check(demo, morning, voice) else 1
        await asyncio.Event().wait()
    return 0


def _log_to(folder: DataFolder) -> None:
    logging.basicConfig(
        filename=folder.log,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    logging.getLogger("aiohttp").setLevel(logging.WARNING)


def _port(given: str) -> int:
    port = int(given)
    if not 1024 <= port <= 65535:
        raise ValueError(given)
    return port


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="A school on this machine, to try: http://localhost:8010 shows the way.",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=REPOSITORY / "demo-data",
        help="where its data is kept; demo-data by default",
    )
    parser.add_argument("--port", type=_port, help="the homeserver's port; 8008 or a free one by default")
    parser.add_argument(
        "--language", choices=("ru", "en"), default="ru", help="of what is printed and of the start page"
    )
    parser.add_argument("--exit", action="store_true", help="check that all of it works, and end")
    parser.add_argument(
        "--web", type=Path, metavar="DIR", help="serve the unpacked web client (Element Web) in DIR"
    )
    return parser
