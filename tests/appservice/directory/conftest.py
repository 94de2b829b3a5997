"""A directory on a loopback port, over a small school whose rooms are as they ought to be."""

from __future__ import annotations

import gettext
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from builders import SERVER, picture_of, small_school

from zvonok_appservice.api import Services, routes
from zvonok_appservice.facts import FactsLog
from zvonok_appservice.metrics import Metrics
from zvonok_appservice.moderation import Moderation
from zvonok_appservice.picture import Board, Picture
from zvonok_appservice.policy import shipped_policy
from zvonok_appservice.reconcile.today import LoadKey
from zvonok_appservice.store.ledger import Ledger
from zvonok_appservice.store.migrations import upgrades
from zvonok_appservice.store.restrictions import Restrictions
from zvonok_core.clock import ManualClock
from zvonok_core.db import open_database
from zvonok_core.ids import ClassId, SubgroupId, SubjectId, UserId
from zvonok_core.text import Catalogs

UNTRANSLATED = Catalogs({"ru": gettext.NullTranslations()})
"""Russian is on offer, in English words."""
TOKENS = {"polls": "token-of-the-polls", "pages": "token-of-the-pages"}
SENDER = UserId(f"@zvonok:{SERVER}")
ALGEBRA = LoadKey(SubjectId("Алгебра"), ClassId("7А"), SubgroupId(""))


@dataclass
class Site:
    """The served directory, and the strings behind it that a test pulls."""

    client: TestClient[web.Request, web.Application]
    board: Board
    ledger: Ledger
    restrictions: Restrictions
    metrics: Metrics
    clock: ManualClock
    woken: list[str] = field(default_factory=list)

    async def get(self, path: str, **parameters: str) -> tuple[int, Any]:
        """Ask with a token; the status and the JSON."""
        async with self.client.get(path, params=parameters, headers=bearer()) as response:
            return response.status, await response.json()

    async def post(self, path: str, body: Any) -> tuple[int, Any]:
        """Tell something with a token; the status and the JSON."""
        async with self.client.post(path, json=body, headers=bearer()) as response:
            return response.status, await response.json()

    async def delete(self, path: str, **parameters: str) -> tuple[int, Any]:
        """Take something back with a token; the status and the JSON, where there is any."""
        async with self.client.delete(path, params=parameters, headers=bearer()) as response:
            return response.status, await response.json() if response.status != 204 else None


def bearer(token: str = TOKENS["polls"]) -> dict[str, str]:
    """The header of a consumer."""
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def picture() -> Picture:
    """The small school, with everybody in their rooms; no subject room is there yet."""
    return picture_of(small_school().snapshot())


@pytest.fixture
async def empty_site(tmp_path: Path) -> AsyncIterator[Site]:
    """A directory before the first look."""
    clock = ManualClock(datetime(2026, 10, 1, 6, tzinfo=UTC))
    async with open_database(f"sqlite:///{tmp_path / 'zvonok.db'}", upgrades) as database:
        board, ledger = Board(), Ledger(database, clock)
        metrics = Metrics(board, clock)
        app = web.Application()
        woken: list[str] = []
        tokens = {**TOKENS, "unset": ""}
        facts = FactsLog(SENDER, shipped_policy())
        restrictions = Restrictions(database, clock)

        def wake() -> None:
            woken.append("wake")

        moderation = Moderation(restrictions, ledger, clock, wake)
        services = Services(
            board, ledger, metrics, tokens, facts, wake, UNTRANSLATED, moderation, patience=0.2
        )
        routes(app, services)
        async with TestClient(TestServer(app)) as client:
            yield Site(client, board, ledger, restrictions, metrics, clock, woken)


@pytest.fixture
async def site(empty_site: Site, picture: Picture) -> Site:
    """A directory of the small school."""
    await empty_site.board.hang(picture)
    return empty_site
