"""How a page is shown: in the reader's language, sealed, and with sentences instead of errors.

Nothing is cached, framed, or loaded from elsewhere.
"""

from __future__ import annotations

import functools
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from zvonok_appservice.web.forms import check_form, form_token, keep_form_cookie
from zvonok_appservice.web.site import LANGUAGE_COOKIE, SITE, language_of, redirect, say, set_cookie
from zvonok_core.errors import TemporaryError, UserError
from zvonok_core.text import ntext, text

log = logging.getLogger(__name__)

AWAY = text("The school's server can't be reached at this moment. Please try again in a minute.")

_YEAR = 365 * 86_400

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: browsers then send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def page(handler: Handler) -> Handler:
    """Wrap a handler: language, headers, form checks, and sentences instead of errors."""

    @functools.wraps(handler)
    async def wrapped(request: web.Request) -> web.StreamResponse:
        wanted = request.query.get("lang")
        if wanted in request.app[SITE].linking.catalogs.languages:
            response: web.StreamResponse = redirect(str(request.rel_url.without_query_params("lang")))
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
            await check_form(request)
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
        "in_language": lambda code: str(request.rel_url.update_query(lang=code)),
        "token": form_token(request),
        "school": site.linking.config.school.short_name or title,
    }
    body = site.templates.get_template(template).render({"problem": None, **common, **values})
    response = web.Response(text=body, status=status, content_type="text/html", charset="utf-8")
    keep_form_cookie(request, response)
    return response
