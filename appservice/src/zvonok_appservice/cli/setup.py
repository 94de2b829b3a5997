"""Commands about the installation: `run`, `check`, `registration`."""

from __future__ import annotations

import asyncio
import json
import signal
import tempfile
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from zvonok_appservice.app import PACKAGES, open_app
from zvonok_appservice.cli.exits import Exit
from zvonok_appservice.config import Config, shipped_rooms
from zvonok_appservice.mautrix_homeserver import connect
from zvonok_appservice.reconcile.templates import templates
from zvonok_appservice.registration import write_registration
from zvonok_appservice.roster.source import Finding, Severity
from zvonok_appservice.serve import serving
from zvonok_core.errors import ConfigError, ConfigFault, PermanentError, TemporaryError
from zvonok_core.text import Catalogs, Text, text

_HEADINGS = {
    Severity.FATAL: text("The journal can't be taken, and the last good one stays in force:"),
    Severity.BAD_ROW: text("These rows are set aside; their people keep the last good state:"),
    Severity.NOTE: text("Worth knowing:"),
}


async def run(config: Config, _: Namespace) -> Exit:
    """Keep the rooms until SIGTERM or Ctrl-C."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_app(config) as app, serving(app) as keeping:
        await until_stopped(stop, keeping)
    return Exit.DONE


async def until_stopped(stop: asyncio.Event, keeping: asyncio.Task[None]) -> None:
    """Wait for `stop`. `keeping` never ends by itself: what ends it is a bug, and raised."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({stopping, keeping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if keeping.done():
        keeping.result()


async def registration(config: Config, options: Namespace) -> Exit:
    """Write Synapse's registration file."""
    output: Path = options.output
    write_registration(config, output)
    print(Catalogs.load(PACKAGES).say(text("Written: {file}", file=str(output)), config.school.language))
    return Exit.DONE


async def check(config: Config, options: Namespace) -> Exit:
    """Print everything that is wrong: templates, database, homeserver, journal."""
    catalogs = Catalogs.load(PACKAGES)
    faults, findings = await _examine(config)
    language = config.school.language
    if options.json:
        print(json.dumps(_as_json(faults, findings, catalogs, language), ensure_ascii=False, indent=2))
    else:
        _print(faults, findings, catalogs, language)
    if faults:
        return Exit.CONFIG
    wrong = any(finding.severity is not Severity.NOTE for finding in findings)
    return Exit.JOURNAL if wrong else Exit.DONE


async def _examine(config: Config) -> tuple[list[ConfigFault], list[Finding]]:
    faults: list[ConfigFault] = []
    try:
        templates(shipped_rooms(), config.rooms)
    except ConfigError as error:
        faults += error.faults
        config = replace(config, rooms={})
    faults += await _homeserver_faults(config)
    findings, journal_faults = await _journal(config)
    return [*faults, *journal_faults], findings


async def _homeserver_faults(config: Config) -> list[ConfigFault]:
    async with connect(config, patience=5) as homeserver:
        try:
            accounts = await homeserver.accounts()
        except TemporaryError:
            message = text("nobody answers at {address}", address=config.homeserver.address)
            return [ConfigFault("homeserver.address", message)]
        except PermanentError as error:
            if error.code == "M_FORBIDDEN":
                return []  # not an administrator yet: the first start makes it one
            message = text("the homeserver refuses the appservice's token; give it the registration file")
            return [ConfigFault("appservice.as_token", message)]
    return [
        ConfigFault(
            "homeserver",
            text("{user} is an administrator of the homeserver; no person may be one", user=account.user),
        )
        for account in accounts.values()
        if account.admin and not account.deactivated and account.user != homeserver.sender
    ]


async def _journal(config: Config) -> tuple[list[Finding], list[ConfigFault]]:
    try:
        async with open_app(config) as app:
            return list((await app.journal.examine()).findings), []
    except ConfigError as error:
        return [], list(error.faults)
    except TemporaryError as error:
        message = text("the journal is out of reach: {reason}", reason=str(error))
        return [], [ConfigFault("journal.path", message)]
    except (OSError, PermanentError) as error:
        fault = ConfigFault("database", text("can't be used: {reason}", reason=str(error)))
        with tempfile.TemporaryDirectory() as folder:
            aside = replace(config, database=f"sqlite:///{folder}/check.db")
            findings, faults = await _journal(aside)
        return findings, [fault, *faults]


def place(finding: Finding) -> Text:
    """Where a finding is: file, row, column and value, as far as they are known."""
    where: Text = text("{file}", file=finding.file)
    if finding.row is not None:
        where = text("{file}, row {row}", file=finding.file, row=finding.row)
    if finding.column is not None:
        where = text("{where}, column “{column}”", where=where, column=finding.column)
    if finding.value is not None:
        where = text("{where}, value “{value}”", where=where, value=finding.value)
    return where


def _print(faults: list[ConfigFault], findings: list[Finding], catalogs: Catalogs, language: str) -> None:
    if faults:
        print(catalogs.say(text("The configuration is wrong:"), language))
        for fault in faults:
            print(f"  {fault.path}: {catalogs.say(fault.text, language)}")
    for severity, heading in _HEADINGS.items():
        found = [finding for finding in findings if finding.severity is severity]
        if found:
            print(catalogs.say(heading, language))
        for finding in found:
            print(f"  {catalogs.say(place(finding), language)}: {catalogs.say(finding.text, language)}")
    if not faults and not findings:
        print(catalogs.say(text("Nothing is wrong."), language))


def _as_json(
    faults: list[ConfigFault], findings: list[Finding], catalogs: Catalogs, language: str
) -> dict[str, object]:
    return {
        "configuration": [{"path": f.path, "text": catalogs.say(f.text, language)} for f in faults],
        "journal": [
            {
                "severity": finding.severity,
                "file": finding.file,
                "row": finding.row,
                "column": finding.column,
                "value": finding.value,
                "text": catalogs.say(finding.text, language),
            }
            for finding in findings
        ],
    }
