"""The composition root: every part of the appservice, made once and put together."""

from __future__ import annotations

import fcntl
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date

import asyncpg  # type: ignore[import-untyped]

from zvonok_appservice.complaints.desk import Desk
from zvonok_appservice.config import Config, shipped_rooms
from zvonok_appservice.federation.peers import Peers
from zvonok_appservice.federation.trust import Trust
from zvonok_appservice.linking import Linking
from zvonok_appservice.mautrix_homeserver import MautrixHomeserver, connect
from zvonok_appservice.metrics import Metrics
from zvonok_appservice.moderation import Moderation
from zvonok_appservice.notices import Notices
from zvonok_appservice.picture import Board
from zvonok_appservice.reconcile.abroad import Abroad
from zvonok_appservice.reconcile.guard import Limits
from zvonok_appservice.reconcile.loop import Reconciler, Rules
from zvonok_appservice.reconcile.moderated import Moderated
from zvonok_appservice.reconcile.templates import templates
from zvonok_appservice.roster.journal import Journal
from zvonok_appservice.roster.oneroster import OneRosterSource
from zvonok_appservice.roster.source import RosterSource
from zvonok_appservice.roster.tables import TablesSource
from zvonok_appservice.store.ledger import Ledger
from zvonok_appservice.store.migrations import upgrades
from zvonok_appservice.store.people import People
from zvonok_appservice.store.restrictions import Restrictions
from zvonok_appservice.store.returns import Returns
from zvonok_appservice.store.rosters import Rosters
from zvonok_core.clock import Clock, SystemClock, school_day
from zvonok_core.db import Database, open_database
from zvonok_core.errors import ConfigError, ConfigFault, PermanentError, TemporaryError, UserError
from zvonok_core.text import Catalogs, Text, text

log = logging.getLogger(__name__)

PACKAGES = ("zvonok_core", "zvonok_appservice")


class DatabaseAwayError(TemporaryError):
    """The database can't be opened now; later it may work."""


@dataclass(frozen=True)
class App:
    """The parts, for whoever uses them: commands, pages, the directory, tests."""

    config: Config
    clock: Clock
    catalogs: Catalogs
    database: Database
    people: People
    ledger: Ledger
    journal: Journal
    homeserver: MautrixHomeserver
    board: Board
    reconciler: Reconciler
    linking: Linking
    metrics: Metrics
    moderation: Moderation
    notices: Notices
    complaints: Desk
    trust: Trust | None
    """In the other schools; None where there are none."""


@asynccontextmanager
async def open_app(config: Config, clock: Clock | None = None) -> AsyncIterator[App]:
    """Open database and homeserver, and close both in the end.

    Raises ConfigError where the room templates are wrong or the database is none of this
    program's, DatabaseAwayError where it is away.
    """
    clock = clock or SystemClock()
    catalogs = Catalogs.load(PACKAGES)
    room_templates = templates(shipped_rooms(), config.rooms)
    async with opened_database(config) as database, connect(config) as homeserver:
        people = People(database, clock, config.appservice.user_prefix)
        ledger = Ledger(database, clock)
        restrictions, returns = Restrictions(database, clock), Returns(database, clock)
        board = Board()
        journal = Journal(
            source_of(config, clock),
            Rosters(database, clock),
            clock,
            config.school.time_zone,
            config.leaving.grace_days,
            config.additions,
        )
        rules = Rules(
            school=config.school.id,
            short_name=config.school.short_name,
            language=config.school.language,
            templates=room_templates,
            limits=Limits(config.guard.count, config.guard.share, config.guard.floor),
            bots=tuple(homeserver.user_id(bot.localpart) for bot in config.bots),
            alias_prefix=config.appservice.alias_prefix,
            concurrency=config.reconcile.concurrency,
            full_look_seconds=config.reconcile.full_look_minutes * 60,
            journal_seconds=config.journal.check_every,
        )
        trust = Trust(config.federation, config.data, clock) if config.federation else None
        metrics = Metrics(board, clock)
        reconciler = Reconciler(
            rules,
            homeserver,
            journal,
            people,
            ledger,
            Moderated(restrictions, returns, clock),
            board,
            catalogs,
            clock,
            metrics,
            _abroad(config, trust),
        )
        linking = Linking.assemble(
            config=config,
            clock=clock,
            board=board,
            homeserver=homeserver,
            catalogs=catalogs,
            database=database,
            people=people,
            ledger=ledger,
            settle=reconciler.settle,
            wake=reconciler.wake,
        )
        complaints = Desk(
            board=board,
            homeserver=homeserver,
            database=database,
            ledger=ledger,
            catalogs=catalogs,
            clock=clock,
            language=config.school.language,
            zone=config.school.time_zone,
        )
        yield App(
            config=config,
            clock=clock,
            catalogs=catalogs,
            database=database,
            people=people,
            ledger=ledger,
            journal=journal,
            homeserver=homeserver,
            board=board,
            reconciler=reconciler,
            linking=linking,
            metrics=metrics,
            moderation=Moderation(restrictions, ledger, clock, reconciler.wake),
            notices=Notices(
                board, restrictions, returns, homeserver, catalogs, clock, config.school.time_zone
            ),
            complaints=complaints,
            trust=trust,
        )


def _abroad(config: Config, trust: Trust | None) -> Callable[[], Abroad]:
    """What a look asks about other schools."""
    server = config.homeserver.server_name
    if trust is None or config.federation is None:
        return lambda: Abroad(server)
    return Peers(trust, config.federation.abroad(server)).now


@asynccontextmanager
async def opened_database(config: Config) -> AsyncIterator[Database]:
    """The database, in its newest form. Raises ConfigError and DatabaseAwayError."""
    async with AsyncExitStack() as stack:
        try:
            config.data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _fault("data", text("this folder can't be made; the log says why"), error) from error
        try:
            database = await stack.enter_async_context(open_database(config.database, upgrades))
        except TemporaryError as error:
            raise DatabaseAwayError(str(error)) from error
        except PermanentError as error:
            message = text(
                "it was written by a newer version of this program: start that version, or restore"
                " a backup made before the upgrade"
            )
            raise _fault("database", message, error) from error
        except (sqlite3.DatabaseError, asyncpg.PostgresError) as error:
            if not _is_refusal(error):
                raise
            raise _fault("database", text("it can't be opened; the log says why"), error) from error
        yield database


def _is_refusal(error: Exception) -> bool:
    """Whether there is no such database, or none for this user, or the file is another's."""
    refusals = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)
    return isinstance(error, refusals) or (
        getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_NOTADB
    )


def _fault(path: str, message: Text, error: Exception) -> ConfigError:
    log.warning("%s: %s", path, error)
    return ConfigError([ConfigFault(path, message)])


def source_of(config: Config, clock: Clock) -> RosterSource:
    """The journal's source, by the configured format."""

    def today() -> date:
        return school_day(clock, config.school.time_zone)

    if config.journal.format == "oneroster":
        return OneRosterSource(config.journal.path, config.school.id, today)
    return TablesSource(config.journal.path, config.journal.tables, config.school.id, today)


@contextmanager
def only_writer(config: Config) -> Iterator[None]:
    """Hold the one right to write rooms. Raises UserError where another program has it."""
    config.data.mkdir(parents=True, exist_ok=True)
    with (config.data / "writer.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                text("the appservice is running already and keeps the rooms; there is nothing to do")
            ) from None
        yield
