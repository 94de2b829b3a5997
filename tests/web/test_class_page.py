"""The class head looks who is missing, makes a card, takes one back."""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from pypdf import PdfReader
from support.browser import NewPage, Site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def page(site: Site, new_page: NewPage) -> Page:
    """The class head of 7А, signed in at a desk."""
    page = await new_page(viewport={"width": 1200, "height": 900})
    await page.goto("/class")
    await page.get_by_label("Имя пользователя").fill("belova")
    await page.get_by_label("Пароль", exact=True).fill("пароль-belova")
    await page.get_by_role("button", name="Войти").click()
    return page


async def test_the_list_is_in_the_order_of_a_register(site: Site, page: Page) -> None:
    await site.school.link("petrova")
    await site.school.card("zhuk")
    await page.reload()
    students = page.get_by_role("table", name="Ученики")
    assert await students.get_by_role("rowheader").all_text_contents() == [
        "Ёжова Мария Львовна",
        "Жук Лев Ильич",
        "Петров Иван Сергеевич",
    ]
    await expect(students.get_by_role("row", name="Жук")).to_contain_text("выдана карточка")
    parents = page.get_by_role("table", name="Родители")
    await expect(parents.get_by_role("row", name="Петрова")).to_contain_text("есть")
    await expect(page.get_by_role("heading", name="Родители")).to_contain_text("вошли: 1 из 2")


async def test_a_new_card_is_a_pdf_for_one_person_with_a_code_that_works(site: Site, page: Page) -> None:
    old = await site.school.card("petrova")
    await page.get_by_role("link", name="Новая карточка Петрова Нина Павловна").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Сделать новую карточку?")
    async with page.expect_download() as started:
        await page.get_by_role("button", name="Сделать карточку").click()
    pdf = PdfReader(await (await started.value).path())
    pages = [page.extract_text() for page in pdf.pages]
    assert "Петрова Нина Павловна" in pages[0]
    assert "Лист выдачи" in pages[1]
    code = next(word for word in pages[0].split() if word.count("-") == 2 and word.isupper())
    card = await site.school.linking.codes.find(code.replace("-", ""))
    assert card is not None
    assert card.person == "petrova"
    assert await site.school.linking.codes.find(old) is None
    assert ("belova", "card issued", "petrova") in await site.school.audit()


async def test_revoking_asks_first(site: Site, page: Page) -> None:
    await site.school.link("petrova")
    await page.reload()
    revoke = page.get_by_role("link", name="Закрыть доступ Петрова Нина Павловна")
    await revoke.click()
    await page.get_by_role("link", name="Назад к классу").click()
    assert await site.school.is_linked("petrova")
    await revoke.click()
    await page.get_by_role("button", name="Закрыть доступ").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Класс 7А")
    assert not await site.school.is_linked("petrova")
    assert site.school.woken == 1
