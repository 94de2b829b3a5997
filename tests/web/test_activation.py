"""A person with a card in the hand, and a phone in the other."""

from __future__ import annotations

import pytest
from builders import user
from playwright.async_api import Page, expect
from support.browser import NewPage, Site

from zvonok_core.ids import PersonId

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
PASSWORD = "четыре слова подряд"


async def enter(page: Page, code: str) -> None:
    await page.goto("/activate")
    await page.get_by_label("Код").fill(code)
    await page.get_by_role("button", name="Дальше").click()


async def choose_password(page: Page, password: str = PASSWORD) -> None:
    await page.get_by_label("Пароль", exact=True).fill(password)
    await page.get_by_role("button", name="Готово").click()


async def heading(page: Page, words: str) -> None:
    await expect(page.get_by_role("heading", level=1)).to_have_text(words)


async def test_a_parent_consents_and_then_the_child_comes_in(site: Site, new_page: NewPage) -> None:
    child, parent = await new_page(), await new_page()
    child_card, parent_card = await site.school.card("petrov"), await site.school.card("petrova")

    await enter(child, child_card)
    await expect(child.get_by_text("ученик 7А")).to_be_visible()
    await child.get_by_role("button", name="Да, это я").click()
    await heading(child, "Сначала родители")

    await enter(parent, parent_card.lower())
    await expect(parent.get_by_text("родитель: Петров Иван (7А)")).to_be_visible()
    await parent.get_by_role("button", name="Да, это я").click()
    await heading(parent, "Согласие за ребёнка")
    await parent.get_by_role("button", name="Даю согласие").click()
    await expect(parent.get_by_role("alert")).to_contain_text("Отметьте")
    await parent.get_by_label("Петров Иван (7А)").check()
    await parent.get_by_role("button", name="Даю согласие").click()
    await choose_password(parent)
    await heading(parent, "Вы вошли!")
    rows = await site.school.linking.database.fetch("SELECT guardian, child, wording FROM consents")
    assert [tuple(row) for row in rows] == [("petrova", "petrov", "2026-1 ru")]

    await child.get_by_role("link", name="Ввести код ещё раз").click()
    await enter(child, child_card)
    await child.get_by_role("button", name="Да, это я").click()
    await expect(child.get_by_label("Ваше имя пользователя")).to_have_value("petrov")
    await choose_password(child)
    await heading(child, "Вы вошли!")
    await expect(child.get_by_text("Вас ждут 3 чата")).to_be_visible()
    await expect(child.locator("#fact-server")).to_have_text("https://school.example")
    assert site.school.password("petrov") == PASSWORD
    assert await site.school.is_linked("petrova")


async def test_a_guardian_may_go_on_without_consent(site: Site, page: Page) -> None:
    await enter(page, await site.school.card("petrova"))
    await page.get_by_role("button", name="Да, это я").click()
    await page.get_by_role("button", name="Продолжить без согласия").click()
    await choose_password(page)
    await heading(page, "Вы вошли!")
    assert await site.school.linking.consents.children() == frozenset()


async def test_the_square_on_the_card_fills_the_code_in_and_tells_no_server(site: Site, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    code = await site.school.card("orlov")
    await page.goto(f"/activate#{code}")
    await expect(page.get_by_label("Код")).to_have_value(code)
    assert page.url == f"{site.address}/activate"
    await page.get_by_role("button", name="Дальше").click()
    await heading(page, "Это вы?")
    assert all(url.startswith(site.address) and code not in url for url in asked if "#" not in url)


async def test_who_is_somebody_else_is_told_what_to_do_and_the_card_stays_good(
    site: Site, page: Page
) -> None:
    code = await site.school.card("orlov")
    await enter(page, code)
    await page.get_by_role("button", name="Нет, это не я").click()
    await heading(page, "Спасибо за честность")
    await page.goto("/activate/password")
    await heading(page, "Введите код с карточки")
    await enter(page, code)
    await heading(page, "Это вы?")


async def test_without_scripts_it_works_as_well(site: Site, new_page: NewPage) -> None:
    page = await new_page(java_script_enabled=False)
    await enter(page, await site.school.card("orlov"))
    await page.get_by_role("button", name="Да, это я").click()
    await choose_password(page)
    await heading(page, "Вы вошли!")
    assert site.school.password("orlov") == PASSWORD


async def test_the_keyboard_is_enough(site: Site, page: Page) -> None:
    code = await site.school.card("orlov")
    await page.goto("/activate")
    await expect(page.get_by_label("Код")).to_be_focused()
    await page.keyboard.type(code)
    await page.keyboard.press("Enter")
    await heading(page, "Это вы?")
    yes = page.get_by_role("button", name="Да, это я")
    for _ in range(6):
        await page.keyboard.press("Tab")
        if await yes.evaluate("element => element === document.activeElement"):
            break
    await expect(yes).to_be_focused()
    outline = await yes.evaluate("element => getComputedStyle(element).outlineWidth")
    assert outline == "3px"
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Пароль", exact=True)).to_be_focused()
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await heading(page, "Вы вошли!")


async def test_a_wrong_code_is_said_and_what_was_typed_stays(page: Page) -> None:
    await enter(page, "AEKMH-PCTYX-23456")
    await expect(page.get_by_role("alert")).to_contain_text("Такого кода нет")
    await expect(page.get_by_label("Код")).to_have_value("AEKMH-PCTYX-23456")
    assert (await page.title()).startswith("Проверьте")
    await enter(page, "коротко")
    await expect(page.get_by_role("alert")).to_contain_text("15 букв и цифр")


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("коротко", "не меньше 8"),
        ("11111111", "легко угадать"),
        ("12345678", "легко угадать"),
        ("щ" * 40, "длинный"),
    ],
)
async def test_a_bad_password_is_refused_with_its_rule(
    site: Site, page: Page, password: str, said: str
) -> None:
    await enter(page, await site.school.card("orlov"))
    await page.get_by_role("button", name="Да, это я").click()
    await choose_password(page, password)
    await expect(page.get_by_role("alert")).to_contain_text(said)
    assert user("orlov") not in site.school.homeserver.passwords


async def test_the_password_can_be_shown(site: Site, page: Page) -> None:
    await enter(page, await site.school.card("orlov"))
    await page.get_by_role("button", name="Да, это я").click()
    field = page.get_by_label("Пароль", exact=True)
    await page.get_by_role("button", name="Показать пароль").click()
    await expect(field).to_have_attribute("type", "text")
    await page.get_by_role("button", name="Скрыть пароль").click()
    await expect(field).to_have_attribute("type", "password")


async def test_while_the_homeserver_is_away_the_page_asks_to_wait(site: Site, page: Page) -> None:
    await enter(page, await site.school.card("orlov"))
    await page.get_by_role("button", name="Да, это я").click()
    site.school.homeserver.away = True
    await choose_password(page)
    await expect(page.get_by_role("alert")).to_contain_text("через минуту")
    site.school.homeserver.away = False
    await choose_password(page)
    await heading(page, "Вы вошли!")


async def test_english_by_the_browser_and_by_choice(site: Site, new_page: NewPage) -> None:
    page = await new_page(locale="en-GB")
    await page.goto("/activate")
    await heading(page, "Enter the code from your card")
    assert await page.get_attribute("html", "lang") == "en"
    await page.get_by_role("link", name="Русский").click()
    await heading(page, "Введите код с карточки")
    assert await page.get_attribute("html", "lang") == "ru"
    other = await new_page(locale="fr-FR")
    await other.goto("/activate")
    await heading(other, "Введите код с карточки")


async def test_linked_people_are_warned_that_the_password_changes(site: Site, page: Page) -> None:
    await enter(page, await site.school.card("belova"))
    await expect(page.get_by_text("на всех устройствах произойдёт выход")).to_be_visible()
    await page.get_by_role("button", name="Да, это я").click()
    await page.get_by_role("button", name="Продолжить без согласия").click()
    await choose_password(page)
    await heading(page, "Вы вошли!")
    assert site.school.password("belova") == PASSWORD


async def test_the_session_lasts_thirty_days_and_ends_with_a_revocation(site: Site, page: Page) -> None:
    await enter(page, await site.school.card("orlov"))
    await page.get_by_role("button", name="Да, это я").click()
    await choose_password(page)
    await heading(page, "Вы вошли!")
    (cookie,) = [c for c in await page.context.cookies() if c["name"] == "zvonok_session"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    await page.goto("/welcome")
    await heading(page, "Вы вошли!")
    await site.school.linking.revoke(PersonId("orlov"), "operator")
    await page.goto("/welcome")
    await heading(page, "Войти")
