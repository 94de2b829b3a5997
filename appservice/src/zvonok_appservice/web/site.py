"""What every page stands on: language, safety of forms and headers, sessions, errors.

A form is taken only from our own pages: the browser says where it comes from (Origin),
and it carries a token that is derived from a cookie. Nothing is cached, framed, or loaded
from elsewhere.
"""

from __future__ import annotations

import functools
import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from zvonok_appservice.linking import Linking
from zvonok_appservice.throttle import Throttle, client_address
from zvonok_appservice.verify import derived_key
from zvonok_core.errors import TemporaryError, UserError
from zvonok_core.ids import PersonId
from zvonok_core.text import SOURCE_LANGUAGE, Text, ntext, text

log = logging.getLogger(__name__)

AWAY = text("The school's server can't be reached at this moment. Please try again in a minute.")

FORM_COOKIE = "zvonok_form"
SESSION_COOKIE = "zvonok_session"
LANGUAGE_COOKIE = "zvonok_lang"
_YEAR = 365 * 86_400

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: browsers then send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Site:
    """What the handlers share."""

    linking: Linking
    key: bytes
    templates: Environment
    codes_throttle: Throttle
    sign_in_by_address: Throttle
    sign_in_by_name: Throttle
    secure: bool
    """Whether people come by https, so that cookies must."""


SITE = web.AppKey("site", Site)


def make_site(linking: Linking) -> Site:
    """Put a site together from the configuration."""
    limits, clock = linking.config.activation, linking.clock
    window = limits.failure_window_minutes * 60.0
    environment = Environment(
        loader=PackageLoader("zvonok_appservice.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return Site(
        linking=linking,
        key=derived_key(linking.config.appservice.as_token, "pages"),
        templates=environment,
        codes_throttle=Throttle(limits.failures_per_address, limits.failures_in_all, window, clock),
        sign_in_by_address=Throttle(limits.failures_per_address, limits.failures_in_all, window, clock),
        sign_in_by_name=Throttle(_TRIES_PER_NAME, limits.failures_in_all, window, clock),
        secure=urlsplit(linking.config.appservice.public_url).scheme == "https",
    )


_TRIES_PER_NAME = 20
"""Wrong passwords for one user name; many enough for whoever has forgotten theirs."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def page(handler: Handler) -> Handler:
    """Wrap a handler: language, headers, form checks, and sentences instead of errors."""

    @functools.wraps(handler)
    async def wrapped(request: web.Request) -> web.StreamResponse:
        wanted = request.query.get("lang")
        if wanted in request.app[SITE].linking.catalogs.languages:
            response: web.StreamResponse = redirect(request.path)
            set_cookie(request, response, LANGUAGE_COOKIE, wanted, _YEAR)
        else:
            try:
                response = await _answer(handler, request)
            except web.HTTPException as error:
                error.headers.update(_HEADERS)
                raise
        response.headers.update(_HEADERS)
        return response

    return wrapped


async def _answer(handler: Handler, request: web.Request) -> web.StreamResponse:
    try:
        if request.method == "POST":
            await _check_form(request)
        return await handler(request)
    except web.HTTPException:
        raise
    except UserError as error:
        return render(request, "problem.html", status=400, problem=error.text)
    except TemporaryError as error:
        log.warning("A page had to put somebody off: %s", error)
        return render(request, "problem.html", status=503, problem=AWAY)
    except Exception as error:
        number = secrets.token_hex(4)
        log.exception("Page %s failed, number %s (%s)", request.path, number, type(error).__name__)
        message = text("Something went wrong. If it stays so, tell the school this number: {n}.", n=number)
        return render(request, "problem.html", status=500, problem=message)


# ------------------------------------------------------------ forms


def form_token(request: web.Request) -> str:
    """The token that a form on this page must carry."""
    cookie = _form_cookie(request)
    return hmac.new(request.app[SITE].key, f"form {cookie}".encode(), sha256).hexdigest()


_FORM = web.RequestKey("form", str)


def _form_cookie(request: web.Request) -> str:
    if _FORM not in request:
        request[_FORM] = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(16)
    return request[_FORM]


async def _check_form(request: web.Request) -> None:
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


def _stale() -> UserError:
    return UserError(text("This page had lain too long, or cookies are off. Please go back and try again."))


async def field(request: web.Request, name: str) -> str:
    """What was typed into a form's field; empty where nothing was."""
    value = (await request.post()).get(name, "")
    return value if isinstance(value, str) else ""


async def fields(request: web.Request, name: str) -> list[str]:
    """Every value of a form's field."""
    return [value for value in (await request.post()).getall(name, []) if isinstance(value, str)]


# ------------------------------------------------------------ people


async def session_person(request: web.Request) -> PersonId | None:
    """Who is behind the browser: None without a session, and for whoever is locked, gone,
    or no longer linked."""
    site = request.app[SITE]
    token = request.cookies.get(SESSION_COOKIE)
    person = await site.linking.sessions.person(token) if token else None
    if person is None:
        return None
    try:
        site.linking.account(person)
    except UserError:
        return None
    return person


async def open_session(request: web.Request, response: web.StreamResponse, person: PersonId) -> None:
    """Remember who is behind the browser."""
    sessions = request.app[SITE].linking.sessions
    token = await sessions.open(person)
    set_cookie(request, response, SESSION_COOKIE, token, sessions.days * 86_400)


def set_cookie(
    request: web.Request, response: web.StreamResponse, name: str, value: str, max_age: int | None = None
) -> None:
    """A cookie that scripts can't read and other sites can't send along."""
    secure = request.app[SITE].secure
    response.set_cookie(name, value, max_age=max_age, httponly=True, samesite="Lax", secure=secure)


def redirect(path: str) -> web.Response:
    """Go on with GET, to one of our own pages."""
    return web.Response(status=303, headers={"Location": path})


def address_of(request: web.Request) -> str:
    """Whose failures are counted."""
    return client_address(request.remote, request.headers.get("X-Forwarded-For", ""))


# ------------------------------------------------------------ showing


def language_of(request: web.Request) -> str:
    """The language that was chosen, else what the browser asks for, else the school's."""
    linking = request.app[SITE].linking
    offered = linking.catalogs.languages
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in offered:
        return chosen
    for item in request.headers.get("Accept-Language", "").split(","):
        language = item.partition(";")[0].partition("-")[0].strip().lower()
        if language in offered:
            return language
    return linking.config.school.language


def say(request: web.Request, message: Text | str) -> str:
    """A message in the reader's language."""
    return request.app[SITE].linking.catalogs.say(message, language_of(request))


def render(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """A page. Texts among the values are put into words by the templates' `say`."""
    site = request.app[SITE]
    language = language_of(request)
    picture = site.linking.board.picture
    title = picture.today.snapshot.school.title if picture else ""
    common: Mapping[str, Any] = {
        "_": lambda source, **places: say(request, text(source, **places)),
        "ngettext": lambda one, many, n, **places: say(request, ntext(one, many, n, **places)),
        "say": lambda message: say(request, message),
        "language": language,
        "languages": site.linking.catalogs.languages,
        "source_language": SOURCE_LANGUAGE,
        "path": request.path,
        "token": form_token(request),
        "school": site.linking.config.school.short_name or title,
    }
    body = site.templates.get_template(template).render({"problem": None, **common, **values})
    response = web.Response(text=body, status=status, content_type="text/html", charset="utf-8")
    if FORM_COOKIE not in request.cookies:
        set_cookie(request, response, FORM_COOKIE, _form_cookie(request))
    return response
