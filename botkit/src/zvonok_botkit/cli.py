"""`zvonok-bot -c config.yaml polls awards …`: run these bots, or all, under one account."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from zvonok_botkit.calendar import Holidays
from zvonok_botkit.config import Config, load, settings_of
from zvonok_botkit.directory import open_directory
from zvonok_botkit.ground import Manners
from zvonok_botkit.nio_chat import connected
from zvonok_botkit.program import Program, open_bots_database
from zvonok_botkit.registry import AnyBot, installed, names
from zvonok_core.db import Database
from zvonok_core.errors import ConfigError, PermanentError, TemporaryError

log = logging.getLogger(__name__)

WRONG_CONFIG, AWAY = 2, 3
"""Exit codes: nothing helps but a change, or starting again later may."""


def main() -> None:
    """The console script."""
    parser = argparse.ArgumentParser(prog="zvonok-bot", description="Run bots under one account.")
    parser.add_argument("-c", "--config", type=Path, default=Path("config.yaml"), help="default: config.yaml")
    parser.add_argument(
        "bots", nargs="*", metavar="BOT", help="such as polls, awards; all that are installed by default"
    )
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("mau.db").setLevel(logging.WARNING)
    try:
        bots = installed(arguments.bots or names())
        config = load(arguments.config)
        asyncio.run(_until_told(run(config, bots)))
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(WRONG_CONFIG)
    except (TemporaryError, PermanentError) as error:
        print(error, file=sys.stderr)
        sys.exit(AWAY)


async def run(config: Config, bots: list[AnyBot]) -> None:
    """Sign in and answer until cancelled."""
    settings = settings_of(config, bots)
    async with (
        open_bots_database(config.database, bots) as database,
        connected(config.homeserver.address) as chat,
        open_directory(config.directory) as directory,
    ):
        account = config.homeserver
        token = account.access_token or await _kept_token(database)
        token = await chat.sign_in(account.user, account.password, token)
        await _keep_token(database, token)
        manners = Manners(
            config.language,
            config.time_zone,
            Holidays(config.holidays),
            config.answer_within_minutes * 60,
        )
        program = Program(chat, database, bots, directory, manners, settings, config.quiet)
        log.info("signed in as %s", chat.user)
        await program.run()


async def _kept_token(database: Database) -> str:
    return await database.fetchval("SELECT value FROM kit_values WHERE name = 'access_token'") or ""


async def _keep_token(database: Database, token: str) -> None:
    await database.execute(
        """INSERT INTO kit_values (name, value) VALUES ('access_token', $1)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value""",
        token,
    )


async def _until_told(work: object) -> None:
    """Run until SIGTERM or Ctrl-C, which end it in order."""
    task = asyncio.ensure_future(work)  # type: ignore[call-overload]
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        log.info("stopped")
