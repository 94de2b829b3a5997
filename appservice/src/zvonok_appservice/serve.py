"""The running appservice: listener, pages, directory, the loop, and the daily list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from zvonok_appservice import api, web
from zvonok_appservice.app import App, only_writer
from zvonok_appservice.bootstrap import bootstrap
from zvonok_appservice.digest import Digest
from zvonok_appservice.facts import FactsLog
from zvonok_appservice.federation.hosting import Hosting
from zvonok_appservice.federation.visiting import Visiting
from zvonok_appservice.mautrix_homeserver import Listener
from zvonok_appservice.policy import policy_table
from zvonok_appservice.reconcile.troubles import Troubles
from zvonok_core.ids import RoomId

DIGEST_EVERY = 300.0
"""Seconds between two looks at whether class heads are to be told who is missing."""
NOTICES_EVERY = 60.0
"""Seconds after which what could not be told is tried again; news are told at once."""


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[asyncio.Task[None]]:
    """Serve and keep the rooms until the block is left. Yields the loop's task, which ends
    only by a bug: whoever serves waits for it.

    Raises UserError where another program keeps the rooms, ConfigError where the
    homeserver does not know the appservice.
    """

    def hint(room: RoomId) -> None:
        app.metrics.hinted()
        app.reconciler.hint(room)

    with only_writer(app.config):
        await bootstrap(app.homeserver, app.config)
        visiting = Visiting(app.board, app.homeserver, app.clock)
        listener = Listener(app.config, hint, app.complaints.hint, visiting.asked)
        services = api.Services(
            app.board,
            app.ledger,
            app.metrics,
            app.config.directory.tokens,
            FactsLog(app.homeserver.sender, policy_table(app.config.policy), app.config.school.language),
            app.reconciler.wake,
            app.catalogs,
            app.moderation,
        )
        api.routes(listener.app, services)
        web.routes(listener.app, app.linking)
        async with listener.serve():
            await app.homeserver.ping(app.config.appservice.id)
            tasks = [
                asyncio.create_task(app.reconciler.run()),
                asyncio.create_task(_tell_class_heads(app)),
                asyncio.create_task(_give_notice(app)),
                asyncio.create_task(app.complaints.run()),
            ]
            if app.trust is not None:
                hosting = Hosting(app.board, app.homeserver, app.clock, app.reconciler.hint)
                tasks += [
                    asyncio.create_task(app.trust.keep(app.reconciler.wake)),
                    asyncio.create_task(hosting.run()),
                    asyncio.create_task(visiting.run()),
                ]
            try:
                yield tasks[0]
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)


async def _tell_class_heads(app: App) -> None:
    digest = Digest(app.linking)

    async def tell() -> None:
        if app.board.picture is not None:
            await digest.run()

    await tell_again(tell, DIGEST_EVERY)


async def _give_notice(app: App) -> None:
    telling = Troubles("telling people what was decided")
    while True:
        revision = app.board.revision
        await telling.endure(app.notices.run())
        await app.board.newer_than(revision, NOTICES_EVERY)


async def tell_again(tell: Callable[[], Awaitable[None]], every: float) -> None:
    """Tell class heads every so many seconds, whatever goes wrong with it."""
    telling = Troubles("telling class heads who is missing")
    while True:
        await telling.endure(tell())
        await asyncio.sleep(every)
