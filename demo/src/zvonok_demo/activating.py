"""Somebody who goes through the activation page as a browser would, form by form."""

from __future__ import annotations

import re
import secrets
from html import unescape

import aiohttp
from yarl import URL

from zvonok_appservice.letters import select
from zvonok_core.errors import UserError
from zvonok_core.ids import PersonId
from zvonok_core.text import text
from zvonok_demo.phones import Login
from zvonok_demo.running import Demo

MOST_PAGES = 8
"""There are four or five."""


def somebody_to_activate(demo: Demo) -> PersonId:
    """A parent who has no account yet, and a child in a class, and so rooms to be in.
    Raises UserError where there is none left."""
    picture = demo.picture
    for person in select(picture, kind="guardians"):
        children = {row.child for row in picture.today.children_of.get(person, ())}
        if not picture.given.accounts[person].linked and children & picture.today.class_of.keys():
            return person
    raise UserError(text("Everybody is activated already: delete the data folder to begin anew."))


async def activate_by_page(demo: Demo, person: PersonId, code: str) -> Login:
    """Type the code, say yes to whatever is asked, choose a password; returns the login.
    Raises UserError where the page does not lead to the end."""
    password = secrets.token_urlsafe(12)
    answers = {"code": code, "answer": "yes", "password": password}
    # A cookie jar that takes cookies of localhost, which aiohttp thinks unsafe by default.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        page = URL(demo.app.config.appservice.public_url) / "activate"
        async with session.get(page) as answer:
            address, body = answer.url, await answer.text()
        for _ in range(MOST_PAGES):
            if address.path == "/welcome":
                return Login(person, demo.picture.given.accounts[person].user, password)
            form = dict.fromkeys(re.findall(r'name="(\w+)"', body), "")
            fields = {name: answers.get(name, "") for name in form}
            fields["token"] = _token(body)
            if address.path.endswith("/consent"):
                fields["answer"] = "agree"
                fields["child"] = re.findall(r'name="child" value="([^"]*)"', body)[0]
            async with session.post(address, data=fields) as answer:
                address, body = answer.url, await answer.text()
    raise UserError(text("The activation page stops at {path}.", path=address.path))


def _token(body: str) -> str:
    found = re.search(r'name="token" value="([^"]*)"', body)
    return unescape(found[1]) if found else ""
