"""Commands about the installation: `run`, `check`, `registration`."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import tempfile
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zvonok_appservice.app import PACKAGES, DatabaseAwayError, open_app, opened_database
from zvonok_appservice.cli.exits import Exit
from zvonok_appservice.config import Config, shipped_rooms
from zvonok_appservice.mautrix_homeserver import MautrixHomeserver, connect
from zvonok_appservice.reconcile.abroad import Delegation, named, selector_of
from zvonok_appservice.reconcile.templates import templates
from zvonok_appservice.reconcile.today import Today
from zvonok_appservice.registration import write_registration
from zvonok_appservice.roster.source import Finding, Severity
from zvonok_appservice.serve import serving
from zvonok_core.clock import school_day
from zvonok_core.errors import ConfigError, ConfigFault, PermanentError, TemporaryError
from zvonok_core.text import Catalogs, Text, text

log = logging.getLogger(__name__)

_HEADINGS = {
    Severity.FATAL: text("The journal can't be taken, and the last good one stays in force:"),
    Severity.BAD_ROW: text("These rows are set aside; their people keep the last good state:"),
    Severity.NOTE: text("Worth knowing:"),
}
_FIRST_FATAL = text("The journal can't be taken:")


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
    """Print everything that is wrong: templates, homeserver, database, journal."""
    found = await _examine(config)
    tell(found, Catalogs.load(PACKAGES), config.school.language, as_json=options.json)
    if found.faults:
        return Exit.CONFIG
    wrong = any(finding.severity is not Severity.NOTE for finding in found.findings)
    return Exit.JOURNAL if wrong else Exit.DONE


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong with the configuration and with the journal."""

    faults: Sequence[ConfigFault]
    findings: Sequence[Finding] = ()
    last_good: bool = False
    """Whether there is an earlier journal to go by."""


async def _examine(config: Config) -> Found:
    faults: list[ConfigFault] = []
    try:
        templates(shipped_rooms(), config.rooms)
    except ConfigError as error:
        faults += error.faults
        config = replace(config, rooms={})
    faults += await _homeserver_faults(config)
    database_faults = await _database_faults(config)
    faults += database_faults
    with tempfile.TemporaryDirectory() as folder:
        if database_faults:
            config = replace(config, database=f"sqlite:///{folder}/check.db", data=Path(folder))
        async with open_app(config) as app:
            try:
                examined = await app.journal.examine()
            except TemporaryError as error:
                log.warning("journal.path: %s", error)
                message = text("the journal is out of reach, or is being written; the log says more")
                return Found([*faults, ConfigFault("journal.path", message)])
            if examined.snapshot is not None:
                day = school_day(app.clock, config.school.time_zone)
                faults += _delegate_faults(config, Today(examined.snapshot, day))
            return Found(faults, examined.findings, await app.journal.last_good() is not None)


def _delegate_faults(config: Config, today: Today) -> Iterator[ConfigFault]:
    """Ids in `federation.delegates` that lead to nobody: a slip would go unnoticed."""
    if config.federation is None:
        return
    for topic, delegation in config.federation.delegates.items():
        for i, written in enumerate(delegation.who):
            selector = selector_of(written)
            by_id = selector is not None and selector.name in ("person", "members", "chair")
            if selector is not None and by_id and not any(named(today, Delegation((selector,)))):
                message = text("leads to nobody of the staff in the journal")
                yield ConfigFault(f"federation.delegates.{topic}.who[{i}]", message)


async def _database_faults(config: Config) -> Sequence[ConfigFault]:
    try:
        async with opened_database(config):
            return []
    except ConfigError as error:
        return error.faults
    except DatabaseAwayError as error:
        log.warning("database: %s", error)
        return [ConfigFault("database", text("it is away; the log says more"))]


async def _homeserver_faults(config: Config) -> list[ConfigFault]:
    faults: list[ConfigFault] = []
    async with connect(config, patience=5) as homeserver:
        try:
            faults += await _module_faults(config, homeserver)
            accounts = await homeserver.accounts()
        except TemporaryError:
            message = text("nobody answers at {address}", address=config.homeserver.address)
            return [ConfigFault("homeserver.address", message)]
        except PermanentError as error:
            if error.code == "M_FORBIDDEN":
                return faults  # not an administrator yet: the first start makes it one
            message = text("the homeserver refuses the appservice's token; give it the registration file")
            return [*faults, ConfigFault("appservice.as_token", message)]
    for account in accounts.values():
        if account.admin and not account.deactivated:
            message = text(
                "{user} is an administrator of the homeserver; no person may be one", user=account.user
            )
            faults.append(ConfigFault("homeserver", message))
    return faults


async def _module_faults(config: Config, homeserver: MautrixHomeserver) -> list[ConfigFault]:
    if not await homeserver.has_policy_module():
        message = text(
            "it has not loaded the policy module, so that everybody can write to everybody;"
            " synapse-config/README.md says how to load it"
        )
        return [ConfigFault("homeserver", message)]
    if "policy" not in config.directory.tokens:
        message = text("is missing: without it the policy module can't learn who is who")
        return [ConfigFault("directory.tokens.policy", message)]
    return []


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


def tell(found: Found, catalogs: Catalogs, language: str, *, as_json: bool) -> None:
    """Print what was found, for people or for machines."""
    if as_json:
        print(json.dumps(_as_json(found, catalogs, language), ensure_ascii=False, indent=2))
    else:
        _print(found, catalogs, language)


def _print(found: Found, catalogs: Catalogs, language: str) -> None:
    if found.faults:
        print(catalogs.say(text("The configuration is wrong:"), language))
        for fault in found.faults:
            print(f"  {fault.path}: {catalogs.say(fault.text, language)}")
    for severity in Severity:
        group = [finding for finding in found.findings if finding.severity is severity]
        if group:
            first = severity is Severity.FATAL and not found.last_good
            print(catalogs.say(_FIRST_FATAL if first else _HEADINGS[severity], language))
        for finding in group:
            print(f"  {catalogs.say(place(finding), language)}: {catalogs.say(finding.text, language)}")
    if not found.faults and not found.findings:
        print(catalogs.say(text("Nothing is wrong."), language))


def _as_json(found: Found, catalogs: Catalogs, language: str) -> dict[str, object]:
    return {
        "configuration": [{"path": f.path, "text": catalogs.say(f.text, language)} for f in found.faults],
        "journal": [
            {
                "severity": finding.severity,
                "file": finding.file,
                "row": finding.row,
                "column": finding.column,
                "value": finding.value,
                "text": catalogs.say(finding.text, language),
            }
            for finding in found.findings
        ],
    }
