"""What keeps other web sites away from a page on loopback that shows passwords.

Such a site can make this browser send requests here. It can't read the answers, unless it
points a name of its own at 127.0.0.1 (DNS rebinding): so the Host header must be ours. And
what changes anything must come from our own page.
"""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def guard(port: int) -> Middleware:
    """The middleware of a server that listens on `port` of loopback."""
    hosts = {f"{name}:{port}" for name in ("localhost", "127.0.0.1", "[::1]")}
    origins = {f"http://{host}" for host in hosts}

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("Host") not in hosts:
            raise web.HTTPMisdirectedRequest(text="This page is on localhost only.")
        if request.method not in ("GET", "HEAD") and request.headers.get("Origin") not in origins:
            raise web.HTTPForbidden(text="This did not come from the start page.")
        return await handler(request)

    return guarded


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """For `on_response_prepare`."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
