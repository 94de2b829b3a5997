"""The pages in a real browser, before a homeserver in memory."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
from builders import small_school
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from support.browser import NewPage, Site, served
from support.linking import linked_school

from zvonok_appservice.store.migrations import upgrades
from zvonok_core.db import Database, open_database

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
async def database(tmp_path: Any) -> AsyncIterator[Database]:
    """SQLite alone: the stores are tested on both kinds elsewhere."""
    async with open_database(f"sqlite:///{tmp_path / 'zvonok.db'}", upgrades) as opened:
        yield opened


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium."""
    path = shutil.which("chromium")
    assert path, "these tests need Chromium: install the package chromium"
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield running
        await running.close()


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    """The pages of a small school in which the class head of 7А is linked."""
    school = await linked_school(database, small_school(), linked=["belova"])
    async with served(school.linking) as address:
        yield Site(school, address)


@pytest.fixture
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


@pytest.fixture
async def page(new_page: NewPage) -> Page:
    """One phone."""
    return await new_page()
