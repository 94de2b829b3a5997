"""The start page's server: one page in two languages, its events, and three questions."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from zvonok_appservice.verify import grouped, new_code
from zvonok_core.errors import TemporaryError, UserError
from zvonok_core.ids import PersonId
from zvonok_core.text import Text, text
from zvonok_demo.morning import Morning
from zvonok_demo.page.guarding import add_headers, guard
from zvonok_demo.page.live import Live
from zvonok_demo.running import Demo

LOOK_SECONDS = 0.4
"""How often a page that somebody has open is looked at for news."""
LARGEST_BODY = 4096

log = logging.getLogger(__name__)


@asynccontextmanager
async def start_page(demo: Demo, morning: Morning, language: str, client: str | None) -> AsyncIterator[None]:
    """Serve until the block is left. `language` is the page's first one; `client` is where
    a web client is served, if one is."""
    page = _Page(demo, morning, language, client)
    app = web.Application(middlewares=[guard(demo.ports["page"])], client_max_size=LARGEST_BODY)
    app.on_response_prepare.append(add_headers)
    app.add_routes(
        [
            web.get("/", page.first),
            web.get("/client/", page.client),
            web.get("/{language:ru|en}", page.show),
            web.get("/{language:ru|en}/events", page.events),
            web.get("/{language:ru|en}/why", page.why),
            web.post("/{language:ru|en}/code", page.new_code),
            web.post("/{language:ru|en}/morning", page.play),
        ]
    )
    app.router.add_static("/static", Path(str(resources.files("zvonok_demo") / "static")))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", demo.ports["page"]).start()
        yield
    finally:
        await page.stop()
        await runner.cleanup()


class _Page:
    def __init__(self, demo: Demo, morning: Morning, language: str, client: str | None) -> None:
        self._demo = demo
        self._morning = morning
        self._language = language
        self._client = client
        self._live = Live(demo, morning)
        self._stopping = asyncio.Event()
        self._play: asyncio.Task[Any] | None = None
        self._templates = Environment(
            loader=PackageLoader("zvonok_demo"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def stop(self) -> None:
        """End what goes on by itself: the morning, and the open event streams."""
        self._stopping.set()
        if self._play is not None:
            self._play.cancel()
            with suppress(asyncio.CancelledError):
                await self._play

    async def first(self, _: web.Request) -> web.StreamResponse:
        return web.HTTPSeeOther(f"/{self._language}")

    async def client(self, _: web.Request) -> web.StreamResponse:
        if self._client is None:
            raise web.HTTPNotFound(text="scripts/demo --web DIR serves a web client.")
        return web.HTTPSeeOther(self._client)

    async def show(self, request: web.Request) -> web.StreamResponse:
        language = request.match_info["language"]
        config = self._demo.app.config
        body = self._templates.get_template("start.html").render(
            _=partial(self._markup, language),
            language=language,
            school=config.school.short_name,
            homeserver=self._demo.homeserver_address,
            homeserver_port=self._demo.ports["homeserver"],
            server_name=config.homeserver.server_name,
            activation=f"{config.appservice.public_url}/activate",
            client=self._client,
            journal=self._demo.folder.journal,
        )
        return web.Response(text=body, content_type="text/html", charset="utf-8")

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: each part of the page whenever it has changed."""
        language = request.match_info["language"]
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        sent: dict[str, str] = {}
        with suppress(ConnectionError):
            while not self._stopping.is_set():
                for name, view in (await self._live.everything(language)).items():
                    content = json.dumps(view, ensure_ascii=False)
                    if sent.get(name) != content:
                        sent[name] = content
                        await response.write(f"event: {name}\ndata: {content}\n\n".encode())
                await self._pause()
        return response

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._stopping.wait()

    async def why(self, request: web.Request) -> web.StreamResponse:
        async def answer() -> dict[str, Any]:
            person = PersonId(request.query.get("person", ""))
            key = self._live.key(request.query.get("room", ""))
            if key is None or person not in self._demo.picture.given.accounts:
                raise UserError(text("Choose a person and a room."))
            return self._live.why(person, key, request.match_info["language"])

        return await self._answered(request, answer)

    async def new_code(self, request: web.Request) -> web.StreamResponse:
        async def answer() -> dict[str, Any]:
            given = await request.json()
            person = PersonId(str(given.get("person")))
            linking = self._demo.app.linking
            linking.account(person)
            code = new_code()
            await linking.codes.issue({person: code}, linking.config.activation.code_days)
            await linking.ledger.record("demo", "card issued", person)
            return {
                "code": grouped(code),
                "url": f"{linking.config.appservice.public_url}/activate#{code}",
            }

        return await self._answered(request, answer)

    async def play(self, request: web.Request) -> web.StreamResponse:
        async def answer() -> dict[str, Any]:
            if self._morning.playing:
                raise UserError(text("The morning is being played already."))
            if not self._demo.ready:
                raise UserError(text("The rooms are still being filled: a moment."))
            self._play = asyncio.create_task(self._morning.play())
            self._play.add_done_callback(_log_failure)
            return {}

        return await self._answered(request, answer)

    async def _answered(
        self, request: web.Request, answer: Callable[[], Awaitable[dict[str, Any]]]
    ) -> web.StreamResponse:
        try:
            return web.json_response(await answer())
        except UserError as error:
            told = self._say(error.text, request.match_info["language"])
            return web.json_response({"problem": told}, status=400)
        except TemporaryError:
            told = self._say(
                text("The rooms are still being filled: a moment."), request.match_info["language"]
            )
            return web.json_response({"problem": told}, status=503)
        except (ValueError, AttributeError):
            return web.json_response({"problem": "JSON"}, status=400)

    def _markup(self, language: str, source: str, /, **places: object) -> Markup:
        """A sentence of the template, in which links and the like may stand."""
        return Markup(escape(self._say(text(source), language))).format(**places)  # noqa: S704 - escaped

    def _say(self, message: Text, language: str) -> str:
        return self._demo.catalogs.say(message, language)


def _log_failure(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("the morning failed", exc_info=task.exception())
