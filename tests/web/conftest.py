"""The pages in a real browser, before a homeserver in memory. All of it lives in the event loop of
a file's browser: `pytestmark = pytest.mark.asyncio(loop_scope="module")`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from builders import small_school
from playwright.async_api import Browser, BrowserContext, Page
from support.browser import NewPage, Site, chromium, served
from support.linking import linked_school

from zvonok_appservice.store.migrations import upgrades
from zvonok_core.db import Database, open_database


@pytest_asyncio.fixture(loop_scope="module")
async def database(tmp_path: Any) -> AsyncIterator[Database]:
    """SQLite alone: the stores are tested on both kinds elsewhere."""
    async with open_database(f"sqlite:///{tmp_path / 'zvonok.db'}", upgrades) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium for all tests of a file."""
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def site(database: Database) -> AsyncIterator[Site]:
    """The pages of a small school in which the class head of 7А is linked."""
    school = await linked_school(database, small_school(), linked=["belova"])
    async with served(school.linking) as address:
        yield Site(school, address)


@pytest_asyncio.fixture(loop_scope="module")
async def new_page(browser: Browser, site: Site) -> AsyncIterator[NewPage]:
    """Opens a page of a browser of its own: a phone with a Russian owner, by default."""
    contexts: list[BrowserContext] = []

    async def opened(**options: Any) -> Page:
        settings = {"locale": "ru-RU", "viewport": {"width": 360, "height": 740}, "base_url": site.address}
        context = await browser.new_context(**{**settings, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        return await context.new_page()

    yield opened
    for context in contexts:
        await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(new_page: NewPage) -> Page:
    """One phone."""
    return await new_page()
