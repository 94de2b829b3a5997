"""What tests in a browser speak of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from playwright.async_api import Page

from support.linking import LinkedSchool
from zvonok_appservice.linking import Linking
from zvonok_appservice.web import routes

NewPage = Callable[..., Awaitable[Page]]


@dataclass
class Site:
    """A school whose pages are served at `address`."""

    school: LinkedSchool
    address: str


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
