"""Schools that federate: four, of which west is not listed, and east is listed but keeps to no rule.

Their appservices live in the session's event loop, and so must the tests:
`pytestmark = pytest.mark.asyncio(loop_scope="session")`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from support.federation import NAMES, Federation, federation


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def together(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Federation]:
    """One federation for these tests, which change neither the registry nor what runs."""
    folder = tmp_path_factory.mktemp("together")
    listed, lawless = ("north", "south", "east"), ("west", "east")
    async with federation(folder, NAMES, listed, unruled=lawless, whitelist=NAMES) as schools:
        yield schools
