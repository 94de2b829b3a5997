"""The installed program as a process of its own, and a gate between it and Synapse."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from ruamel.yaml import YAML
from yarl import URL

from support.ports import free_port
from zvonok_appservice.config import Config

PROGRAM = Path(sys.executable).parent / "zvonok-appservice"


def write_config(config: Config, path: Path) -> Path:
    """`config` as a file that the program reads."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {str(key): plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple | frozenset):
            return [plain(item) for item in value]
        return value if value is None or isinstance(value, int | float) else str(value)

    with path.open("w", encoding="utf-8") as file:
        YAML().dump(plain(dataclasses.asdict(config)), file)
    return path


@asynccontextmanager
async def program(config: Path, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`zvonok-appservice` with these arguments; whatever is left of it in the end is killed."""
    with (config.parent / "program.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            PROGRAM, "-c", config, *arguments, stdout=asyncio.subprocess.PIPE, stderr=log
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def told(config: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of the program, and what it printed."""
    async with program(config, *arguments) as process:
        printed, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode()


class Gate:
    """A proxy before Synapse. `before` is called when a request that writes is asked, and
    tells whether it is let through; `after` when it is answered. While `going` is not set,
    such requests wait."""

    def __init__(self, synapse: str) -> None:
        self._synapse = URL(synapse)
        self.before: Callable[[], bool] = lambda: True
        self.after: Callable[[], None] = lambda: None
        self.going = asyncio.Event()
        self.going.set()
        self.port = free_port()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Gate]:
        """Listen until the block is left."""
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", self._pass)
        async with aiohttp.ClientSession() as self._session:
            runner = web.AppRunner(app)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", self.port).start()
            try:
                yield self
            finally:
                await runner.cleanup()

    async def _pass(self, request: web.Request) -> web.Response:
        writes = request.method != "GET"
        if writes and not self.before():
            return web.Response(status=502)
        if writes:
            await self.going.wait()
        url = self._synapse.join(URL(request.raw_path, encoded=True))
        wanted = {
            name: request.headers[name]
            for name in ("Authorization", "Content-Type")
            if name in request.headers
        }
        # Goes on to its end even where the one who asked is gone, as Synapse does.
        status, body = await asyncio.shield(self._ask(request.method, url, wanted, await request.read()))
        if writes:
            self.after()
        return web.Response(status=status, body=body, content_type="application/json")

    async def _ask(self, method: str, url: URL, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        async with self._session.request(method, url, headers=headers, data=body) as answer:
            return answer.status, await answer.read()
