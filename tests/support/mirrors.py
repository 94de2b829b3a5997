"""A web server on loopback with TLS that serves a registry, or behaves badly on purpose."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Mirror:
    """One that runs. `handler` may be put in the place of the files at any time."""

    address: str
    tls: ssl.SSLContext
    """What a client needs to trust its certificate."""
    authority: Path
    """The same as a file."""
    folder: Path
    handler: Handler | None = None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if self.handler is not None:
            return await self.handler(request)
        path = self.folder / request.path.lstrip("/")
        return web.FileResponse(path) if path.is_file() else web.Response(status=404)


@contextmanager
def mirror_of(folder: Path, scratch: Path) -> Iterator[Mirror]:
    """Serve `folder` at https://localhost, in a thread of its own."""
    authority = trustme.CA()
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(server_tls)
    client_tls = ssl.create_default_context()
    authority.configure_trust(client_tls)
    authority.cert_pem.write_to_path(str(scratch / "authority.pem"))
    mirror = Mirror("", client_tls, scratch / "authority.pem", folder)
    loop, ready = asyncio.new_event_loop(), threading.Event()
    ended = asyncio.Event()

    async def serve() -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", mirror.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_tls)
        await site.start()
        mirror.address = f"https://localhost:{runner.addresses[0][1]}"
        ready.set()
        await ended.wait()
        await runner.cleanup()
        await asyncio.sleep(0)  # transports that were just cut off close in the loop's next round

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert ready.wait(10)
        yield mirror
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()
