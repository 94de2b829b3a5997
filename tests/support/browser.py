"""What tests in a browser speak of. Chromium takes longer to start than most tests: those of a
file share one, each with a context of its own, and so its event loop."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

from support.linking import LinkedSchool
from zvonok_appservice.linking import Linking
from zvonok_appservice.web import routes

NewPage = Callable[..., Awaitable[Page]]
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Site:
    """A school whose pages are served at `address`."""

    school: LinkedSchool
    address: str


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium."""
    path = shutil.which("chromium")
    assert path, "these tests need Chromium: install the package chromium"
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield running
        await running.close()


@asynccontextmanager
async def served(
    linking: Linking, more: Callable[[web.Application], None] = lambda app: None
) -> AsyncIterator[str]:
    """The pages on a free port; yields their address."""
    app = web.Application()
    routes(app, linking)
    more(app)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
