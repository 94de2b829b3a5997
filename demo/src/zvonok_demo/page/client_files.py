"""An unpacked web client, served with a config.json made for this demo.

On a port of its own, and so an origin of its own: a client belongs to somebody else, and
the start page shows passwords.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from zvonok_core.errors import UserError
from zvonok_core.text import text
from zvonok_demo.page.guarding import guard

SHIPPED = Path(__file__).parents[4] / "web-config" / "element.json"
"""What production gives to Element Web; here with our addresses."""


@asynccontextmanager
async def web_client(folder: Path, port: int, homeserver: str, server_name: str) -> AsyncIterator[str]:
    """Serve `folder` on a port of loopback until the block is left, made up for the
    homeserver at that address. Yields the client's own address.

    Raises UserError where it holds no web client.
    """
    files = _Files(checked_client(folder), client_config(homeserver, server_name))
    app = web.Application(middlewares=[guard(port)])
    app.add_routes([web.get("/config.json", files.config), web.get("/{path:.*}", files.file)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://localhost:{port}/"
    finally:
        await runner.cleanup()


def checked_client(folder: Path) -> Path:
    """The folder, without links in its path. Raises UserError where it holds no web client."""
    if not (folder / "index.html").is_file():
        raise UserError(
            text(
                "There is no index.html in {folder}: give the folder of an unpacked web client, such as"
                " Element Web's release.",
                folder=folder,
            )
        )
    return folder.resolve()


def client_config(homeserver: str, server_name: str) -> dict[str, object]:
    """Element Web's configuration for the homeserver at this address."""
    shipped: dict[str, object] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return shipped | {
        "default_server_config": {"m.homeserver": {"base_url": homeserver, "server_name": server_name}}
    }


class _Files:
    def __init__(self, folder: Path, config: dict[str, object]) -> None:
        self._folder = folder
        self._config = config

    async def config(self, _: web.Request) -> web.StreamResponse:
        return web.json_response(self._config, headers={"Cache-Control": "no-store"})

    async def file(self, request: web.Request) -> web.StreamResponse:
        asked = request.match_info["path"] or "index.html"
        if "\0" in asked:
            raise web.HTTPNotFound
        path = (self._folder / asked).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            raise web.HTTPNotFound
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        headers = {"Content-Type": kind, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
        return web.FileResponse(path, headers=headers)
