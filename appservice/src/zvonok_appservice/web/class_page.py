"""A class head's page: who is activated, new cards, and taking an account back."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from zvonok_appservice.issuing import issue_letters
from zvonok_appservice.register import Entry, Register, classes_of_head, registers
from zvonok_appservice.web.forms import field
from zvonok_appservice.web.showing import page, render
from zvonok_appservice.web.site import SITE, redirect, session_person
from zvonok_core.errors import UserError
from zvonok_core.ids import ClassId, PersonId
from zvonok_core.text import text


def class_routes() -> list[web.RouteDef]:
    """The pages under /class."""
    return [
        web.get("/class", page(show)),
        web.get("/class/revoke", page(ask_revoke)),
        web.post("/class/revoke", page(revoke)),
        web.get("/class/card", page(ask_card)),
        web.post("/class/card", page(card)),
    ]


async def show(request: web.Request) -> web.StreamResponse:
    head, classes = await _head(request)
    snapshot = request.app[SITE].linking.picture().today.snapshot
    listed = sorted(classes, key=lambda c: snapshot.classes[c].order)
    wanted = ClassId(request.query.get("id", listed[0]))
    if wanted not in classes:
        raise UserError(text("This class is not yours."))
    (register,) = await registers(request.app[SITE].linking, [wanted])
    return render(
        request,
        "class.html",
        register=register,
        classes=[snapshot.classes[class_] for class_ in listed],
        me=head,
    )


async def ask_revoke(request: web.Request) -> web.StreamResponse:
    chosen = await _chosen(request, request.query.get("person", ""))
    return render(request, "confirm.html", action="revoke", entry=chosen.entry, register=chosen.register)


async def revoke(request: web.Request) -> web.StreamResponse:
    chosen = await _chosen(request, await field(request, "person"))
    await request.app[SITE].linking.revoke(chosen.entry.person, actor=chosen.head)
    return redirect(f"/class?{urlencode({'id': chosen.register.class_})}")


async def ask_card(request: web.Request) -> web.StreamResponse:
    chosen = await _chosen(request, request.query.get("person", ""))
    return render(request, "confirm.html", action="card", entry=chosen.entry, register=chosen.register)


async def card(request: web.Request) -> web.StreamResponse:
    chosen = await _chosen(request, await field(request, "person"))
    linking = request.app[SITE].linking
    pdf = await issue_letters(linking, [chosen.entry.person], chosen.head, chosen.register.class_)
    disposition = {"Content-Disposition": 'attachment; filename="card.pdf"'}
    return web.Response(body=pdf, content_type="application/pdf", headers=disposition)


@dataclass(frozen=True, slots=True)
class _Chosen:
    head: PersonId
    register: Register
    entry: Entry


async def _head(request: web.Request) -> tuple[PersonId, list[ClassId]]:
    person = await session_person(request)
    if person is None:
        raise web.HTTPSeeOther("/sign-in")
    classes = classes_of_head(request.app[SITE].linking.picture().today, person)
    if not classes:
        raise UserError(text("This page is for class heads and the administration."))
    return person, classes


async def _chosen(request: web.Request, person: str) -> _Chosen:
    """Whom it is about: somebody of one's own classes, and never staff, because a card of
    a colleague would be a way into a colleague's account."""
    head, classes = await _head(request)
    for register in await registers(request.app[SITE].linking, classes):
        entry = register.entry(person)
        if entry is not None and not entry.staff:
            return _Chosen(head, register, entry)
    raise UserError(text("This person is not in your class. Cards of staff are made at the school's office."))
