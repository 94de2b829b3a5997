"""A school that is ready to be linked, with a homeserver in memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from builders import DAY, SCHOOL, SERVER, SchoolBuilder, picture_of, user
from fakes import FakeHomeserver

from zvonok_appservice.config import (
    ActivationConfig,
    AppserviceConfig,
    Config,
    HomeserverConfig,
    JournalConfig,
    SchoolConfig,
)
from zvonok_appservice.linking import Linking
from zvonok_appservice.picture import Board
from zvonok_appservice.store.ledger import Ledger
from zvonok_appservice.store.people import People
from zvonok_appservice.verify import new_code
from zvonok_core.clock import ManualClock
from zvonok_core.db import Database
from zvonok_core.ids import PersonId
from zvonok_core.text import Catalogs

ROOT = Path(__file__).parent.parent.parent
MORNING = datetime(DAY.year, DAY.month, DAY.day, 5, 30, tzinfo=UTC)
"""Half past eight in Moscow."""


@cache
def catalogs() -> Catalogs:
    """The appservice's messages, compiled from what lies in the checkout."""
    subprocess.run([sys.executable, ROOT / "scripts" / "catalogs"], check=True)
    return Catalogs.load(["zvonok_appservice"])


@dataclass
class LinkedSchool:
    """The school, and whatever of it tests look at."""

    builder: SchoolBuilder
    linking: Linking
    homeserver: FakeHomeserver
    clock: ManualClock
    board: Board
    woken: int = 0

    async def hang(self, **given: Any) -> None:
        """Renew what the appservice knows, as its loop does."""
        known = await self.linking.people.all()
        linked = [person for person, row in known.items() if row.linked_at is not None]
        snapshot = self.builder.snapshot()
        given.setdefault("linked", linked)
        await self.board.hang(picture_of(snapshot, day=self.clock.now().date(), **given))

    async def card(self, person: str) -> str:
        """A fresh card's code."""
        code = new_code()
        await self.linking.codes.issue({PersonId(person): code}, self.linking.config.activation.code_days)
        return code

    async def hash(self, code: str) -> str:
        """Under which name a code is kept."""
        card = await self.linking.codes.find(code)
        assert card is not None
        return card.hash

    async def link(self, person: str, password: str = "четыре слова подряд") -> PersonId:
        """Activate somebody by a card, as the pages do."""
        linked = await self.linking.link(await self.hash(await self.card(person)), password)
        await self.hang()
        return linked

    async def is_linked(self, person: str) -> bool:
        """Whether the person has an account."""
        return (await self.linking.people.all())[PersonId(person)].linked_at is not None

    async def audit(self) -> list[tuple[str, str, str]]:
        """Who did what to whom."""
        return [(e.actor, e.action, e.subject) for e in await self.linking.ledger.entries()]

    def password(self, person: str) -> str | None:
        """What the homeserver takes."""
        return self.homeserver.passwords.get(user(person))


def config(**activation: Any) -> Config:
    """A school's configuration, as it is shipped."""
    return Config(
        homeserver=HomeserverConfig("http://127.0.0.1:1", SERVER, f"https://{SERVER}"),
        appservice=AppserviceConfig("as-token-of-the-tests", "hs-token-of-the-tests", "http://127.0.0.1:2"),
        school=SchoolConfig(id=SCHOOL, short_name="Школа № 1"),
        journal=JournalConfig(format="oneroster", path=Path("journal")),
        database="sqlite://",
        data=Path("data"),
        activation=ActivationConfig(**activation),
    )


async def linked_school(
    database: Database, builder: SchoolBuilder, *, linked: Iterable[str] = (), settings: Config | None = None
) -> LinkedSchool:
    """Everybody has a user name, and `linked` have accounts."""
    clock = ManualClock(MORNING)
    board = Board()
    homeserver = FakeHomeserver(SERVER)
    people = People(database, clock)
    rows = [(person, person.lower()) for person in builder.people]
    await database.executemany("INSERT INTO people (person, localpart) VALUES ($1, $2)", rows)

    async def settle(person: PersonId) -> int:
        await school.hang()
        return 3

    def wake() -> None:
        school.woken += 1

    linking = Linking.assemble(
        config=settings or config(),
        clock=clock,
        board=board,
        homeserver=homeserver,
        catalogs=catalogs(),
        database=database,
        people=people,
        ledger=Ledger(database, clock),
        settle=settle,
        wake=wake,
    )
    school = LinkedSchool(builder, linking, homeserver, clock, board)
    await school.hang()
    for person in linked:
        await linking.link_without_card(PersonId(person), f"пароль-{person}", "test")
    await school.hang()
    return school


def with_settings(school: LinkedSchool, **activation: Any) -> None:
    """Other rules of activation from here on."""
    changed = replace(school.linking.config, activation=ActivationConfig(**activation))
    school.linking = replace(school.linking, config=changed)
