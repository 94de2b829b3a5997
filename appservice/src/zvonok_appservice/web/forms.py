"""Forms are taken only from our own pages.

The browser says where a form comes from (Origin), and the form carries a token that is
derived from a cookie of that browser.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from urllib.parse import urlsplit

from aiohttp import web

from zvonok_appservice.web.site import SITE, say, set_cookie
from zvonok_core.errors import UserError
from zvonok_core.text import text

FORM_COOKIE = "zvonok_form"


def form_token(request: web.Request) -> str:
    """The token that a form on this page must carry."""
    cookie = _form_cookie(request)
    return hmac.new(request.app[SITE].key, f"form {cookie}".encode(), sha256).hexdigest()


_FORM = web.RequestKey("form", str)


def _form_cookie(request: web.Request) -> str:
    if _FORM not in request:
        request[_FORM] = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(16)
    return request[_FORM]


async def check_form(request: web.Request) -> None:
    """Raises HTTPForbidden for a form from elsewhere, UserError for one without its token."""
    origin = request.headers.get("Origin")
    ours = {request.host, urlsplit(request.app[SITE].linking.config.appservice.public_url).netloc}
    elsewhere = origin is not None and urlsplit(origin).netloc not in ours
    if elsewhere or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise web.HTTPForbidden(text=say(request, text("This form does not come from here.")))
    given = (await request.post()).get("token")
    if FORM_COOKIE not in request.cookies or not isinstance(given, str):
        raise _stale()
    if not hmac.compare_digest(given.encode(), form_token(request).encode()):
        raise _stale()


def keep_form_cookie(request: web.Request, response: web.StreamResponse) -> None:
    """Give the browser the cookie that the form on this page counts on."""
    if FORM_COOKIE not in request.cookies:
        set_cookie(request, response, FORM_COOKIE, _form_cookie(request))


def _stale() -> UserError:
    return UserError(text("This page had lain too long, or cookies are off. Please go back and try again."))


async def field(request: web.Request, name: str) -> str:
    """What was typed into a form's field; empty where nothing was."""
    value = (await request.post()).get(name, "")
    return value if isinstance(value, str) else ""


async def fields(request: web.Request, name: str) -> list[str]:
    """Every value of a form's field."""
    return [value for value in (await request.post()).getall(name, []) if isinstance(value, str)]
