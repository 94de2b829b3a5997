"""The start page in a real browser, before the running demo.

With ZVONOK_SCREENSHOTS=DIR it is put there as pictures, for docs/.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Request, expect
from support.browser import chromium
from support.waiting import eventually

from .conftest import DemoProcess

pytestmark = [
    pytest.mark.live,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300),
]

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
SHOWN = {("desk", "dark", "ru"), ("desk", "light", "en"), ("phone", "light", "ru")}
"""Those that are worth a picture in docs/."""
STICKS_OUT = """() => [...document.querySelectorAll("body *")]
  .filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.closest("option"))
  .map((e) => e.tagName + " " + e.textContent.trim().slice(0, 40))"""
UNLABELLED = """() => [...document.querySelectorAll("select, input")].filter((e) => !e.labels.length).map((e) => e.id)"""

Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def opened(browser: Browser, running_demo: DemoProcess) -> AsyncIterator[Open]:
    """Opens the start page once it is full. In the end nothing may have been asked of any
    other server, and nothing may have gone wrong in the browser."""
    asked: list[str] = []
    wrong: list[str] = []
    contexts: list[BrowserContext] = []

    async def open_page(path: str = "/", **options: Any) -> Page:
        context = await browser.new_context(
            base_url=running_demo.page, permissions=["clipboard-read", "clipboard-write"], **options
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = await context.new_page()

        def note(request: Request) -> None:
            asked.append(request.url)

        page.on("request", note)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        await page.goto(path)
        await page.locator("#play:enabled").wait_for()
        return page

    yield open_page
    for context in contexts:
        await context.close()
    allowed = tuple(f"http://localhost:{port}/" for port in running_demo.ports.values())
    assert [url for url in asked if not url.startswith(allowed)] == []
    assert wrong == []


async def picture(page: Page, name: str) -> None:
    """Take a screenshot, where they are wanted."""
    folder = os.environ.get("ZVONOK_SCREENSHOTS")
    if folder:
        await page.evaluate("scrollTo(0, 0)")
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_a_school_morning_is_played_and_written_down(opened: Open, running_demo: DemoProcess) -> None:
    journal = running_demo.data / "journal" / "enrollments.csv"
    before = journal.read_bytes()
    page = await opened(**DESK)
    await page.click("#play")
    await page.locator("#play:disabled").wait_for()
    await page.locator("#transcript li").first.wait_for()
    assert journal.read_bytes() == before, "the journal changes late in the story"
    await page.locator("#play:enabled").wait_for(timeout=90_000)

    transcript = page.locator("#transcript li")
    kinds = [(await line.get_attribute("class")) for line in await transcript.all()]
    assert "failed" not in kinds, await page.inner_text("#transcript")
    assert kinds.count("message") >= 12
    assert kinds.count("reaction") >= 4
    assert kinds.count("refused") == 2
    assert kinds.count("change") == 6
    told = await page.inner_text("#transcript")
    assert re.search(r"Через \d+,\d с ученик уже в «7Б\. Класс», а не в «7А\. Класс»", told)
    assert re.search(r"Через \d+,\d с ученик уже в «7А\. Класс», а не в «7Б\. Класс»", told)
    assert journal.read_bytes() == before
    await page.evaluate("document.getElementById('transcript').scrollTop = 0")
    await picture(page, "start-page")


async def test_people_are_there_to_be_copied(opened: Open, running_demo: DemoProcess) -> None:
    page = await opened(**DESK)
    cards = page.locator("#people-main li")
    await expect(cards).to_have_count(6)
    await expect(cards.first).to_contain_text("директор")
    login, password = await cards.first.locator("code").all_inner_texts()
    assert re.search(rf"^  {re.escape(login)} +{password}  ", running_demo.printed, re.MULTILINE)
    await cards.first.locator(".copy").nth(1).click()
    await expect(cards.first.locator(".copy").nth(1)).to_have_text("Скопировано")
    assert await page.evaluate("navigator.clipboard.readText()") == password
    await page.click("#people-more summary")
    assert await page.locator("#people-others li").count() > 10


async def test_the_tree_has_every_room_with_its_size(opened: Open, running_demo: DemoProcess) -> None:
    page = await opened(**DESK)
    rooms = dict(re.findall(r"([^│├└\n]+?)  (\d+/\d+)$", running_demo.printed, re.MULTILINE))
    shown = await page.locator("#tree .room").all_inner_texts()
    names = {text.split("\n")[0].strip() for text in shown}
    assert names == {name.strip() for name in rooms}
    assert len(names) > 40


async def test_why_is_answered(opened: Open) -> None:
    page = await opened(**DESK)
    student = await page.locator("#why-person option", has_text="ученик 7А").first.get_attribute("value")
    await page.select_option("#why-person", student)
    await page.select_option(
        "#why-room", label=await page.locator("#why-room option", has_text="7А. Класс").inner_text()
    )
    await page.click("#why-form button")
    await expect(page.locator("#why-answer .yes")).to_contain_text("Да, должен быть")
    await expect(page.locator("#why-answer li").first).to_contain_text(".csv")
    await page.select_option(
        "#why-room", label=await page.locator("#why-room option", has_text="Учительская").inner_text()
    )
    await page.click("#why-form button")
    await expect(page.locator("#why-answer .no")).to_contain_text("Нет, в этой комнате")


async def test_a_new_code_opens_the_activation_page(opened: Open) -> None:
    page = await opened(**DESK)
    option = page.locator("#code-person option", has_text="родитель").first
    name = (await option.inner_text()).partition(",")[0]
    await page.select_option("#code-person", await option.get_attribute("value"))
    await page.click("#code-form button")
    await page.locator("#code-answer").wait_for()
    code = await page.locator("#code-value").inner_text()
    assert re.fullmatch(r"[A-Z0-9]{5}(-[A-Z0-9]{5}){2}", code)
    async with page.context.expect_page() as opening:
        await page.click("#code-link")
    activation = await opening.value
    await expect(activation.locator("#code")).to_have_value(code.replace("-", ""))
    await activation.click("button[type=submit]")
    await expect(activation.locator(".person .name")).to_have_text(name)


async def test_the_tree_follows_the_journal(opened: Open, running_demo: DemoProcess) -> None:
    """What the page proposes to try: a row is changed by hand."""
    page = await opened(**DESK)
    users = running_demo.data / "journal" / "users.csv"
    before = users.read_text(encoding="utf-8")
    room = page.locator("#tree .room", has_text="МО учителей математики и информатики")
    size = await room.locator(".size").inner_text()
    try:
        users.write_text(
            before.replace("учителей математики и информатики", "учителей-предметников"), encoding="utf-8"
        )
        await expect(page.locator("#tree .room", has_text="МО учителей-предметников")).to_be_visible()
    finally:
        users.write_text(before, encoding="utf-8")
    await expect(room.locator(".size")).to_have_text(size)


async def test_it_fits_everywhere(opened: Open) -> None:
    devices = {"desk": DESK, "phone": PHONE}
    for device, scheme, language in itertools.product(devices, ("light", "dark"), ("ru", "en")):
        page = await opened(f"/{language}", color_scheme=scheme, **devices[device])
        assert await page.evaluate(STICKS_OUT) == []
        assert await page.evaluate(UNLABELLED) == []
        assert await page.evaluate("document.documentElement.lang") == language
        title = "Войдите как кто-нибудь из них" if language == "ru" else "Log in as one of them"
        await expect(page.locator("#people-title")).to_have_text(title)
        if (device, scheme, language) in SHOWN:
            await picture(page, f"start-page-{device}-{scheme}-{language}")
        await page.context.close()


async def test_classes_are_folded_on_a_phone(opened: Open) -> None:
    page = await opened(**PHONE)
    folds = page.locator("#tree details")
    assert await folds.count() == 3
    assert not await folds.first.evaluate("fold => fold.open")
    await folds.first.locator("summary").click()
    await eventually(lambda: folds.first.evaluate("fold => fold.open"))


async def test_other_sites_are_kept_away(running_demo: DemoProcess) -> None:
    page = running_demo.page
    body = {"person": "p00001"}
    elsewhere = {"Host": "elsewhere.example"}
    async with aiohttp.ClientSession(page) as session:

        async def status(method: str, path: str, **headers: str) -> int:
            async with session.request(
                method, path, headers=headers, json=body if method == "POST" else None
            ) as answer:
                return answer.status

        assert await status("GET", "/ru") == 200
        assert await status("GET", "/ru", **elsewhere) == 421
        assert await status("GET", "/ru/events", **elsewhere) == 421
        assert await status("GET", "/static/start.js", **elsewhere) == 421
        for path in ("/ru/code", "/ru/morning"):
            assert await status("POST", path) == 403
            assert await status("POST", path, Origin="http://elsewhere.example") == 403
            assert await status("POST", path, Origin="null") == 403
        assert await status("POST", "/ru/code", Origin=page) in (200, 400)
        async with session.get("/ru") as answer:
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert answer.headers["Cache-Control"] == "no-store"
        async with session.get("/client/", allow_redirects=False) as answer:
            assert answer.headers["Location"] == f"http://localhost:{running_demo.ports['client']}/"


async def test_wrong_questions_get_sentences(running_demo: DemoProcess) -> None:
    page = running_demo.page
    async with aiohttp.ClientSession(page, headers={"Origin": page}) as session:
        for path in ("/ru/why", "/ru/why?person=nobody&room=nowhere"):
            async with session.get(path) as answer:
                assert (answer.status, (await answer.json())["problem"]) == (
                    400,
                    "Выберите человека и комнату.",
                )
        for body in (b"", b"[]", b"{}", b'{"person": "nobody"}'):
            async with session.post("/ru/code", data=body) as answer:
                assert answer.status == 400
                assert (await answer.json())["problem"]
