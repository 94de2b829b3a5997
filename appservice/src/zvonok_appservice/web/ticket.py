"""Between the code and the password: a signed cookie that says which card is in hand.

It is good for a quarter of an hour and holds no code, only the name under which the code
is kept; that is worth nothing without our signature.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256

from aiohttp import web

from zvonok_appservice.web.site import SITE, set_cookie
from zvonok_core.clock import milliseconds

TICKET_COOKIE = "zvonok_ticket"
_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Ticket:
    """The card's hash, and whether its owner has said «это я»."""

    card: str
    confirmed: bool


def give(request: web.Request, response: web.StreamResponse, ticket: Ticket) -> None:
    """Put a ticket into the browser."""
    expires = milliseconds(request.app[SITE].linking.clock.now()) // 1000 + _SECONDS
    body = f"{ticket.card}.{int(ticket.confirmed)}.{expires}"
    set_cookie(request, response, TICKET_COOKIE, f"{body}.{_signature(request, body)}", _SECONDS)


def take(request: web.Request) -> Ticket | None:
    """The ticket in the browser, None where there is none that is ours and still good."""
    body, _, signature = request.cookies.get(TICKET_COOKIE, "").rpartition(".")
    if not body or not hmac.compare_digest(signature.encode(), _signature(request, body).encode()):
        return None
    card, confirmed, expires = body.split(".")
    if int(expires) <= milliseconds(request.app[SITE].linking.clock.now()) // 1000:
        return None
    return Ticket(card, confirmed == "1")


def drop(response: web.StreamResponse) -> None:
    """Take the ticket away."""
    response.del_cookie(TICKET_COOKIE)


def _signature(request: web.Request, body: str) -> str:
    return hmac.new(request.app[SITE].key, f"ticket {body}".encode(), sha256).hexdigest()
