"""The running appservice: listener, pages, directory, the loop, and the daily list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from zvonok_appservice import api, web
from zvonok_appservice.app import App, only_writer
from zvonok_appservice.bootstrap import bootstrap
from zvonok_appservice.mautrix_homeserver import Listener


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[asyncio.Task[None]]:
    """Serve and keep the rooms until the block is left. Yields the loop's task, which ends
    only by a bug: whoever serves waits for it.

    Raises UserError where another program keeps the rooms, ConfigError where the
    homeserver does not know the appservice.
    """
    with only_writer(app.config):
        await bootstrap(app.homeserver, app.config)
        listener = Listener(app.config, app.reconciler.hint)
        api.routes(listener.app, app)
        web.routes(listener.app, app)
        async with listener.serve():
            await app.homeserver.ping(app.config.appservice.id)
            async with asyncio.TaskGroup() as group:
                loop = group.create_task(app.reconciler.run())
                try:
                    yield loop
                finally:
                    loop.cancel()
