"""What somebody with bad intentions tries, by hand and by program."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from support.browser import Site, served
from yarl import URL

from zvonok_appservice.verify import new_code
from zvonok_appservice.web import session_person
from zvonok_core.ids import PersonId

pytestmark = pytest.mark.asyncio(loop_scope="module")
PASSWORD = "четыре слова подряд"


class Visitor:
    """A browser without a screen."""

    def __init__(self, session: aiohttp.ClientSession, site: Site) -> None:
        self.session = session
        self.site = site

    async def get(self, path: str) -> tuple[aiohttp.ClientResponse, str]:
        async with self.session.get(self.site.address + path) as response:
            return response, await response.text()

    async def token(self, path: str = "/activate") -> str:
        _, body = await self.get(path)
        found = re.search(r'name="token" value="([0-9a-f]+)"', body)
        assert found, body
        return found[1]

    async def post(
        self,
        path: str,
        data: dict[str, str],
        headers: dict[str, str] | None = None,
        *,
        token: str | None = None,
    ) -> tuple[int, str, str]:
        """Status, path where it ended, and body."""
        data = {"token": await self.token() if token is None else token, **data}
        url = self.site.address + path
        async with self.session.post(url, data=data, headers=headers or {}) as response:
            return response.status, response.url.path, await response.text(errors="replace")


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(site: Site) -> AsyncIterator[Visitor]:
    """Comes from Russia."""
    headers = {"Accept-Language": "ru"}
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address without a name
    async with aiohttp.ClientSession(headers=headers, cookie_jar=jar) as session:
        yield Visitor(session, site)


async def as_head(visitor: Visitor) -> None:
    """Sign in as the class head of 7А."""
    data = {"user": "belova", "password": "пароль-belova"}
    status, path, _ = await visitor.post("/sign-in", data)
    assert (status, path) == (200, "/class")


# ------------------------------------------------------------ headers and forms


@pytest.mark.parametrize("path", ["/activate", "/sign-in", "/activate?lang=en", "/class/revoke?person=x"])
async def test_every_page_is_sealed(visitor: Visitor, path: str) -> None:
    response, body = await visitor.get(path)
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r'(src|href)="(https?:)?//', body)


@pytest.mark.parametrize("token", ["", "0" * 64, "ж"])
async def test_a_form_without_its_token_is_refused(site: Site, visitor: Visitor, token: str) -> None:
    await visitor.token()
    code = await site.school.card("orlov")
    status, _, body = await visitor.post("/activate", {"code": code}, token=token)
    assert status == 400
    assert "устарела" in body


async def test_a_token_of_another_browser_is_refused(site: Site, visitor: Visitor) -> None:
    token = await visitor.token()
    visitor.session.cookie_jar.clear()
    await visitor.token()
    status, _, _ = await visitor.post("/activate", {"code": await site.school.card("orlov")}, token=token)
    assert status == 400


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_a_form_from_elsewhere_is_refused(
    site: Site, visitor: Visitor, headers: dict[str, str]
) -> None:
    status, _, body = await visitor.post("/activate", {"code": await site.school.card("orlov")}, headers)
    assert status == 403
    assert "чужой страницы" in body


async def test_the_class_heads_page_takes_no_form_from_elsewhere(site: Site, visitor: Visitor) -> None:
    await as_head(visitor)
    await site.school.card("petrov")
    for headers, token in (({"Origin": "https://evil.example"}, None), ({}, "0" * 64)):
        status, _, _ = await visitor.post("/class/revoke", {"person": "petrov"}, headers, token=token)
        assert status in (400, 403)
    assert PersonId("petrov") in await site.school.linking.codes.holders()


# ------------------------------------------------------------ guessing and skipping


async def test_a_guesser_is_stopped_and_told_to_wait(site: Site, visitor: Visitor) -> None:
    token = await visitor.token()
    good = await site.school.card("orlov")
    limit = site.school.linking.config.activation.failures_per_address
    for _ in range(limit):
        status, _, body = await visitor.post("/activate", {"code": new_code()}, token=token)
        assert "Такого кода нет" in body
    status, path, body = await visitor.post("/activate", {"code": good}, token=token)
    assert (status, path) == (400, "/activate")
    assert "через 10 минут" in body
    site.school.clock.advance(minutes=10)
    assert (await visitor.post("/activate", {"code": good}, token=token))[1] == "/activate/you"


async def test_a_guesser_behind_the_proxy_does_not_stop_others(site: Site, visitor: Visitor) -> None:
    token = await visitor.token()
    for number in range(site.school.linking.config.activation.failures_per_address + 1):
        forged = {"X-Forwarded-For": f"10.1.1.{number}, 198.51.100.7"}
        await visitor.post("/activate", {"code": new_code()}, forged, token=token)
    code = {"code": await site.school.card("orlov")}
    _, path, _ = await visitor.post("/activate", code, {"X-Forwarded-For": "198.51.100.7"}, token=token)
    assert path == "/activate"
    _, path, _ = await visitor.post("/activate", code, {"X-Forwarded-For": "198.51.100.8"}, token=token)
    assert path == "/activate/you"


async def test_no_step_can_be_skipped(site: Site, visitor: Visitor) -> None:
    for path in ("/activate/you", "/activate/consent", "/activate/password"):
        response, _ = await visitor.get(path)
        assert response.url.path == "/activate"
        _, ended, _ = await visitor.post(path, {"answer": "yes", "password": PASSWORD})
        assert ended == "/activate"
    await visitor.post("/activate", {"code": await site.school.card("petrov")})
    _, ended, _ = await visitor.post("/activate/password", {"password": PASSWORD})
    assert ended == "/activate"
    await visitor.post("/activate", {"code": await site.school.card("petrov")})
    await visitor.post("/activate/you", {"answer": "yes"})
    status, _, body = await visitor.post("/activate/password", {"password": PASSWORD})
    assert status == 403
    assert "Сначала родители" in body
    assert not await site.school.is_linked("petrov")


async def test_a_ticket_can_be_neither_forged_nor_kept(site: Site, visitor: Visitor) -> None:
    await visitor.post("/activate", {"code": await site.school.card("orlov")})
    (ticket,) = [c for c in visitor.session.cookie_jar if c.key == "zvonok_ticket"]
    card, _, expires, signature = ticket.value.split(".")
    for forged in (f"{card}.1.{expires}.{signature}", f"{card}.0.{expires}0.{signature}", "x", "a.b.c", ""):
        visitor.session.cookie_jar.update_cookies({"zvonok_ticket": forged}, response_url=URL(site.address))
        response, _ = await visitor.get("/activate/you")
        assert response.url.path == "/activate", forged
    visitor.session.cookie_jar.update_cookies({"zvonok_ticket": ticket.value}, response_url=URL(site.address))
    assert (await visitor.get("/activate/you"))[0].url.path == "/activate/you"
    site.school.clock.advance(minutes=15)
    assert (await visitor.get("/activate/you"))[0].url.path == "/activate"


async def test_consent_is_only_for_ones_own_children(site: Site, visitor: Visitor) -> None:
    await visitor.post("/activate", {"code": await site.school.card("petrova")})
    await visitor.post("/activate/you", {"answer": "yes"})
    status, _, _ = await visitor.post("/activate/consent", {"answer": "agree", "child": "sidorov"})
    assert status == 400
    assert await site.school.linking.consents.children() == frozenset()


async def test_a_session_is_worth_nothing_to_whoever_is_locked(site: Site, visitor: Visitor) -> None:
    await as_head(visitor)
    assert (await visitor.get("/class"))[0].status == 200
    await site.school.hang(locked=["belova"])
    response, _ = await visitor.get("/class")
    assert response.url.path == "/sign-in"


async def test_hostile_names_are_text(site: Site, visitor: Visitor) -> None:
    site.school.builder.teacher("evil", '<script>alert(1)</script> "onload="x {{ 7*7 }}')
    await site.school.linking.database.execute(
        "INSERT INTO people (person, localpart) VALUES ('evil', 'evil')"
    )
    await site.school.hang()
    await visitor.post("/activate", {"code": await site.school.card("evil")})
    _, body = await visitor.get("/activate/you")
    assert "<script>alert" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert "{{ 7*7 }}" in body


async def test_a_bug_is_told_by_a_number_and_shows_nothing(
    site: Site, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    await visitor.post("/activate", {"code": await site.school.card("orlov")})
    await site.school.linking.database.execute("DELETE FROM people WHERE person = 'orlov'")
    response, body = await visitor.get("/activate/you")
    assert response.status == 500
    number = re.search(r"сообщите школе номер: ([0-9a-f]{8})", body)
    assert number
    assert number[1] in caplog.text
    assert "KeyError" not in body


# ------------------------------------------------------------ signing in


async def test_signing_in_takes_any_form_of_the_user_name(visitor: Visitor) -> None:
    for user in ("belova", "@belova:school.example", " Belova "):
        status, path, _ = await visitor.post("/sign-in", {"user": user, "password": "пароль-belova"})
        assert (status, path) == (200, "/class")


@pytest.mark.parametrize(
    ("user", "password"), [("belova", "x"), ("belova", ""), ("petrov", "x"), ("nobody", "x"), ("", "")]
)
async def test_a_wrong_name_and_a_wrong_password_are_answered_alike(
    visitor: Visitor, user: str, password: str
) -> None:
    status, _, body = await visitor.post("/sign-in", {"user": user, "password": password})
    assert status == 400
    assert "Имя пользователя или пароль неверны" in body
    assert not [c for c in visitor.session.cookie_jar if c.key == "zvonok_session"]


async def test_guessing_one_persons_password_is_stopped_from_many_addresses(
    site: Site, visitor: Visitor
) -> None:
    for number in range(20):
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        await visitor.post("/sign-in", {"user": "belova", "password": f"guess{number}"}, headers)
    data = {"user": "belova", "password": "пароль-belova"}
    status, _, body = await visitor.post("/sign-in", data, {"X-Forwarded-For": "198.51.100.99"})
    assert status == 400
    assert "Слишком много ошибок" in body
    site.school.clock.advance(minutes=10)
    await as_head(visitor)


async def test_signing_out_ends_the_session(site: Site, visitor: Visitor) -> None:
    await as_head(visitor)
    (cookie,) = [c.value for c in visitor.session.cookie_jar if c.key == "zvonok_session"]
    await visitor.post("/sign-out", {})
    assert await site.school.linking.sessions.person(cookie) is None
    assert (await visitor.get("/class"))[0].url.path == "/sign-in"


# ------------------------------------------------------------ the class head's page


@pytest.mark.parametrize("person", ["sidorov", "sidorova", "orlov", "belova", "nobody", ""])
async def test_a_class_head_has_no_power_over_others(site: Site, visitor: Visitor, person: str) -> None:
    await as_head(visitor)
    for action in ("revoke", "card"):
        response, _ = await visitor.get(f"/class/{action}?person={person}")
        assert response.status == 400
        status, _, _ = await visitor.post(f"/class/{action}", {"person": person})
        assert status == 400
    assert not await site.school.linking.codes.holders()
    assert await site.school.is_linked("belova")


async def test_a_class_head_makes_no_card_for_a_colleague_who_is_a_parent(
    site: Site, visitor: Visitor
) -> None:
    site.school.builder.guardian("orlov", of="petrov")
    await site.school.hang()
    await as_head(visitor)
    _, body = await visitor.get("/class")
    assert "Орлов Пётр Ильич" in body
    assert (await visitor.post("/class/card", {"person": "orlov"}))[0] == 400


async def test_another_class_is_not_shown(visitor: Visitor) -> None:
    await as_head(visitor)
    response, body = await visitor.get("/class?id=7%D0%91")
    assert response.status == 400
    assert "Сидоров" not in body


async def test_the_administration_sees_every_class_and_parents_none(site: Site, visitor: Visitor) -> None:
    for person in ("orlov", "petrova"):
        await site.school.link(person, PASSWORD)
    await visitor.post("/sign-in", {"user": "orlov", "password": PASSWORD})
    _, body = await visitor.get("/class?id=7%D0%91")
    assert "Сидоров Глеб Ильич" in body
    _, path, _ = await visitor.post("/sign-in", {"user": "petrova", "password": PASSWORD})
    assert path == "/welcome"
    response, body = await visitor.get("/class")
    assert response.status == 400
    assert "Петров Иван" not in body


async def test_the_session_is_there_for_other_pages(site: Site, visitor: Visitor) -> None:
    await as_head(visitor)
    seen: list[PersonId | None] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(await session_person(request))
        return web.Response()

    def with_handler(app: web.Application) -> None:
        app.router.add_get("/other", handler)

    async with served(site.school.linking, with_handler) as address:
        async with visitor.session.get(f"{address}/other"):
            pass
        visitor.session.cookie_jar.clear()
        async with visitor.session.get(f"{address}/other"):
            pass
    assert seen == ["belova", None]


async def test_where_people_come_by_https_cookies_travel_by_nothing_else(
    site: Site, visitor: Visitor
) -> None:
    linking = site.school.linking
    public = replace(linking.config.appservice, public_url="https://school.example")
    linking = replace(linking, config=replace(linking.config, appservice=public))
    async with served(linking) as address, visitor.session.get(f"{address}/activate") as response:
        cookie = response.cookies["zvonok_form"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


async def test_another_language_is_another_language_of_the_same_page(site: Site, visitor: Visitor) -> None:
    await as_head(visitor)
    _, body = await visitor.get("/class/card?person=petrov")
    link = re.search(r'href="([^"]*lang=en)"', body)
    assert link
    response, body = await visitor.get(link[1].replace("&amp;", "&"))
    assert str(response.url.relative()) == "/class/card?person=petrov"
    assert "Make a new card?" in body
