"""The way in: code → is that you? → consent of a guardian → password → done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from zvonok_appservice.consent import SENTENCES, WORDING
from zvonok_appservice.introductions import in_order, introduction, short_name
from zvonok_appservice.linking import Linking
from zvonok_appservice.reconcile.model import Membership
from zvonok_appservice.reconcile.names import full_name
from zvonok_appservice.store.codes import Card
from zvonok_appservice.verify import LENGTH, normalise
from zvonok_appservice.web import ticket as tickets
from zvonok_appservice.web.forms import field, fields
from zvonok_appservice.web.passwords import SHORTEST, password_problem
from zvonok_appservice.web.showing import AWAY, page, render
from zvonok_appservice.web.site import SITE, address_of, language_of, open_session, redirect, session_person
from zvonok_appservice.web.ticket import Ticket
from zvonok_core.errors import PermanentError, TemporaryError, UserError
from zvonok_core.ids import PersonId, UserId
from zvonok_core.text import Text, text

log = logging.getLogger(__name__)

SETTLE_SECONDS = 2.0
"""How long the last page waits for the rooms; they are filled all the same if it is longer."""


def activation_routes() -> list[web.RouteDef]:
    """The pages under /activate, and /welcome."""
    return [
        web.get("/activate", page(ask_code)),
        web.post("/activate", page(take_code)),
        web.get("/activate/you", page(ask_you)),
        web.post("/activate/you", page(take_you)),
        web.get("/activate/consent", page(ask_consent)),
        web.post("/activate/consent", page(take_consent)),
        web.get("/activate/password", page(ask_password)),
        web.post("/activate/password", page(take_password)),
        web.get("/welcome", page(welcome)),
    ]


# ------------------------------------------------------------ code


async def ask_code(request: web.Request) -> web.StreamResponse:
    return render(request, "code.html", typed="")


async def take_code(request: web.Request) -> web.StreamResponse:
    site = request.app[SITE]
    typed = (await field(request, "code"))[:200]
    code = normalise(typed)
    try:
        if code is None:
            raise UserError(
                text("A code has {n} letters and digits. Please look at the card again.", n=LENGTH)
            )
        with site.codes_throttle.attempt(address_of(request)) as attempt:
            card = await site.linking.codes.find(code)
            attempt.succeeded = card is not None
        card = site.linking.open_card(card)
    except UserError as error:
        return render(request, "code.html", status=400, problem=error.text, typed=typed)
    return _next("/activate/you", request, Ticket(card.hash, confirmed=False))


def _next(path: str, request: web.Request, ticket: Ticket) -> web.StreamResponse:
    response = redirect(path)
    tickets.give(request, response, ticket)
    return response


async def _card(request: web.Request, *, confirmed: bool) -> Card:
    """The card in hand. Sends to the first page whoever has none."""
    ticket = tickets.take(request)
    if ticket is None or (confirmed and not ticket.confirmed):
        raise web.HTTPSeeOther("/activate")
    linking = request.app[SITE].linking
    return linking.open_card(await linking.codes.card(ticket.card))


# ------------------------------------------------------------ is that you?


async def ask_you(request: web.Request) -> web.StreamResponse:
    card = await _card(request, confirmed=False)
    linking = request.app[SITE].linking
    picture = linking.picture()
    return render(
        request,
        "you.html",
        name=full_name(picture.today.snapshot.people[card.person]),
        introduction=introduction(picture.today, card.person),
        again=(await linking.people.all())[card.person].linked_at is not None,
    )


async def take_you(request: web.Request) -> web.StreamResponse:
    card = await _card(request, confirmed=False)
    if await field(request, "answer") != "yes":
        response = render(request, "not_me.html")
        tickets.drop(response)
        return response
    path = "/activate/consent" if await _unconsented(request, card.person) else "/activate/password"
    return _next(path, request, Ticket(card.hash, confirmed=True))


# ------------------------------------------------------------ consent


@dataclass(frozen=True, slots=True)
class _Child:
    id: PersonId
    name: str


async def _unconsented(request: web.Request, guardian: PersonId) -> list[_Child]:
    linking = request.app[SITE].linking
    today = linking.picture().today
    given = await linking.consents.by(guardian)
    listed = {row.child for row in today.children_of.get(guardian, ())} - given
    return [_Child(child, short_name(today, child)) for child in in_order(today, listed)]


async def ask_consent(request: web.Request) -> web.StreamResponse:
    card = await _card(request, confirmed=True)
    children = await _unconsented(request, card.person)
    if not children:
        return redirect("/activate/password")
    return _consent_page(request, children)


def _consent_page(
    request: web.Request, children: Sequence[_Child], problem: Text | None = None
) -> web.Response:
    below = request.app[SITE].linking.config.activation.consent_below_grade
    return render(
        request,
        "consent.html",
        status=400 if problem else 200,
        problem=problem,
        children=children,
        sentences=SENTENCES,
        below=below,
    )


async def take_consent(request: web.Request) -> web.StreamResponse:
    card = await _card(request, confirmed=True)
    children = await _unconsented(request, card.person)
    if await field(request, "answer") == "agree":
        ticked = set(await fields(request, "child"))
        agreed = [child.id for child in children if child.id in ticked]
        if not agreed:
            return _consent_page(request, children, text("Please tick the children for whom you agree."))
        linking = request.app[SITE].linking
        await linking.consents.give(card.person, agreed, f"{WORDING} {language_of(request)}")
        for child in agreed:
            await linking.ledger.record(card.person, "consented", child, WORDING)
    return redirect("/activate/password")


# ------------------------------------------------------------ password


async def ask_password(request: web.Request) -> web.StreamResponse:
    card = await _card(request, confirmed=True)
    if await request.app[SITE].linking.lacks_consent(card.person):
        return render(request, "wait_parent.html")
    return _password_page(request, card.person)


def _password_page(
    request: web.Request, person: PersonId, problem: Text | None = None, status: int = 400
) -> web.Response:
    user = request.app[SITE].linking.account(person).user
    return render(
        request,
        "password.html",
        status=status if problem else 200,
        problem=problem,
        user=_localpart(user),
        shortest=SHORTEST,
    )


async def take_password(request: web.Request) -> web.StreamResponse:
    card = await _card(request, confirmed=True)
    linking = request.app[SITE].linking
    if await linking.lacks_consent(card.person):
        return render(request, "wait_parent.html", status=403)
    password = await field(request, "password")
    problem = password_problem(password, _localpart(linking.account(card.person).user))
    if problem:
        return _password_page(request, card.person, problem)
    try:
        person = await linking.link(card.hash, password)
    except TemporaryError as error:
        log.warning("An activation had to be put off: %s", error)
        return _password_page(request, card.person, AWAY, status=503)
    await _settle(request, person)
    response = redirect("/welcome")
    tickets.drop(response)
    await open_session(request, response, person)
    return response


async def _settle(request: web.Request, person: PersonId) -> None:
    settling = asyncio.ensure_future(_into_rooms(request.app[SITE].linking, person))
    request.app[SETTLING].add(settling)
    settling.add_done_callback(request.app[SETTLING].discard)
    await asyncio.wait([settling], timeout=SETTLE_SECONDS)


async def _into_rooms(linking: Linking, person: PersonId) -> None:
    before = linking.board.revision
    try:
        if await linking.settle(person):
            await linking.board.newer_than(before, SETTLE_SECONDS)
    except (TemporaryError, PermanentError) as error:
        # The account is linked; the loop's next look fills the rooms.
        log.warning("The rooms of somebody new are left to the next look: %s", error)


SETTLING = web.AppKey("settling", set[asyncio.Future[None]])
"""What is still under way; kept, because a task that nobody holds may vanish."""


# ------------------------------------------------------------ done


async def welcome(request: web.Request) -> web.StreamResponse:
    person = await session_person(request)
    if person is None:
        return redirect("/sign-in")
    linking = request.app[SITE].linking
    picture = linking.picture()
    user = linking.account(person).user
    rooms = [
        room
        for room in picture.actual.rooms.values()
        if not room.is_space and room.members.get(user) is Membership.JOIN
    ]
    return render(
        request,
        "welcome.html",
        name=full_name(picture.today.snapshot.people[person]),
        user=_localpart(user),
        full_user=user,
        homeserver=linking.config.homeserver.public_address,
        rooms=len(rooms),
    )


def _localpart(user: UserId) -> str:
    return user[1:].partition(":")[0]
