"""Coming back to the pages with the school's own user name and password."""

from __future__ import annotations

from aiohttp import web

from zvonok_appservice.register import classes_of_head
from zvonok_appservice.web.forms import field
from zvonok_appservice.web.showing import page, render
from zvonok_appservice.web.site import SESSION_COOKIE, SITE, address_of, open_session, redirect
from zvonok_core.errors import UserError
from zvonok_core.ids import PersonId, UserId
from zvonok_core.text import text


def sign_in_routes() -> list[web.RouteDef]:
    """/sign-in and /sign-out."""
    return [
        web.get("/sign-in", page(ask)),
        web.post("/sign-in", page(sign_in)),
        web.post("/sign-out", page(sign_out)),
    ]


async def ask(request: web.Request) -> web.StreamResponse:
    return render(request, "sign_in.html", user="")


async def sign_in(request: web.Request) -> web.StreamResponse:
    typed = (await field(request, "user"))[:300].strip().lower()
    try:
        person = await _verified(request, typed, await field(request, "password"))
    except UserError as error:
        return render(request, "sign_in.html", status=400, problem=error.text, user=typed)
    head = classes_of_head(request.app[SITE].linking.picture().today, person)
    response = redirect("/class" if head else "/welcome")
    await open_session(request, response, person)
    return response


async def _verified(request: web.Request, typed: str, password: str) -> PersonId:
    site = request.app[SITE]
    linking = site.linking
    localpart = typed.removeprefix("@").partition(":")[0]
    user: UserId = linking.homeserver.user_id(localpart)
    person = linking.picture().person_of.get(user)
    with (
        site.sign_in_by_address.attempt(address_of(request)) as by_address,
        site.sign_in_by_name.attempt(localpart) as by_name,
    ):
        # The same sentence whether the name or the password is wrong: it tells no names.
        known = person is not None and (await linking.people.all())[person].linked_at is not None
        right = known and bool(password) and await linking.homeserver.verify_password(user, password)
        by_address.succeeded = by_name.succeeded = right
    if person is None or not right:
        raise UserError(text("The user name or the password is wrong."))
    linking.account(person)
    return person


async def sign_out(request: web.Request) -> web.StreamResponse:
    await request.app[SITE].linking.sessions.close(request.cookies.get(SESSION_COOKIE, ""))
    response = redirect("/sign-in")
    response.del_cookie(SESSION_COOKIE)
    return response
