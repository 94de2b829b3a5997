"""What the handlers of all pages share: the school, cookies and sessions, and the language."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from zvonok_appservice.linking import Linking
from zvonok_appservice.throttle import Throttle, client_address
from zvonok_appservice.verify import derived_key
from zvonok_core.errors import UserError
from zvonok_core.ids import PersonId
from zvonok_core.text import Text

SESSION_COOKIE = "zvonok_session"
LANGUAGE_COOKIE = "zvonok_lang"

_TRIES_PER_NAME = 20
"""Wrong passwords for one user name; many enough for whoever has forgotten theirs."""


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


# ------------------------------------------------------------ language


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
