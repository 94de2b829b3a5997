"""Every page on the smallest phone and at a desk, by day and by night, in both languages:
nothing sticks out, everything has a label, and everything can be read (WCAG 2.1 AA).

With ZVONOK_SCREENSHOTS=DIR the pages are put there as pictures, for docs/, with a shorter name.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from support.browser import NewPage, Site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

FAULTS = """() => {
  const faults = [];
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const part = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const contrast = (one, other) => {
    const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  for (const element of document.querySelectorAll("body *")) {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (!box.width || style.visibility === "hidden" || element.closest(".unseen, thead, svg")) continue;
    const name = element.tagName + " " + (element.textContent.trim().slice(0, 30) || element.id);
    if (box.right > document.documentElement.clientWidth + 1) faults.push("sticks out: " + name);
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (own || element.matches("input:not([type=checkbox])")) {
      const large = parseFloat(style.fontSize) >= 24;
      const found = contrast(numbers(style.color), ground(element));
      if (found < (large ? 3 : 4.5)) faults.push(`contrast ${found.toFixed(2)}: ${name}`);
      if (parseFloat(style.fontSize) < 14) faults.push("small print: " + name);
    }
    if (element.matches("input:not([type=hidden])")) {
      if (!element.labels.length) faults.push("no label: " + name);
      const edge = contrast(numbers(style.borderTopColor), ground(element.parentElement));
      if (element.type !== "checkbox" && edge < 3) faults.push(`edge ${edge.toFixed(2)}: ${name}`);
    }
    if (element.matches("button, .button, input:not([type=hidden]):not([type=checkbox])") && box.height < 44)
      faults.push(`small target ${box.height}: ${name}`);
  }
  for (const element of document.querySelectorAll("[id]"))
    if (document.querySelectorAll("#" + CSS.escape(element.id)).length > 1) faults.push("id twice: " + element.id);
  for (const element of document.querySelectorAll("[aria-describedby], [aria-labelledby]"))
    for (const id of (element.getAttribute("aria-describedby") ?? element.getAttribute("aria-labelledby")).split(" "))
      if (!document.getElementById(id)) faults.push("describes nothing: " + id);
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) faults.push("scrolls sideways");
  return faults;
}"""

FOLDER = os.environ.get("ZVONOK_SCREENSHOTS")
LONG = "Константинопольская-Переяславская Александра-Виктория Константиновна-Всеволодовна"
NAME = "Переяславская Анна Сергеевна" if FOLDER else LONG


async def pages(site: Site, page: Page) -> AsyncIterator[str]:
    """Go through every page; yields its name while it is shown."""
    school = site.school

    async def send(css: str = "main form button[type=submit]") -> None:
        async with page.expect_navigation():
            await page.locator(css).first.click()

    async def enter(person: str) -> None:
        code = await school.card(person)
        await page.goto(f"/activate#{code}")
        await expect(page.locator("#code")).to_have_value(code)
        await send()

    await page.goto("/activate")
    yield "1-code"
    await page.locator("#code").fill("AEKMH-PCTYX-23456")
    await send()
    yield "1-code-wrong"
    await enter("long")
    yield "2-you"
    await send("button[value=yes]")
    yield "2-parents-first"
    await enter("mother")
    yield "2-you-parent"
    await send("button[value=no]")
    yield "2-not-me"
    await enter("mother")
    await send("button[value=yes]")
    yield "2-consent"
    await send("button[value=agree]")
    yield "2-consent-forgotten"
    await page.locator("input[type=checkbox]").first.check()
    await send("button[value=agree]")
    yield "3-password"
    await page.locator("#password").fill("коротко")
    await send()
    yield "3-password-bad"
    await page.locator("#password").fill("четыре слова подряд")
    await send()
    yield "4-welcome"
    await page.goto("/sign-in")
    yield "sign-in"
    await page.locator("#user").fill("belova")
    await page.locator("#password").fill("пароль-belova")
    await send("form > button[type=submit]")
    yield "class"
    await page.goto("/class/revoke?person=mother")
    yield "class-revoke"
    await page.goto("/class/card?person=mother")
    yield "class-card"
    await page.goto("/class/card?person=nobody")
    yield "problem"


@pytest.mark.parametrize(
    ("scheme", "language", "width"),
    # Every pair of two of these, rather than all eight.
    [("light", "ru", 320), ("dark", "en", 320), ("dark", "ru", 1280), ("light", "en", 1280)],
)
async def test_every_page_can_be_read(
    site: Site, new_page: NewPage, scheme: Any, language: str, width: int
) -> None:
    builder = site.school.builder
    builder.student("long", NAME, "7А").student("brother", "Переяславский Лев Ильич", "7Б")
    builder.guardian("mother", NAME, of="long").guardian("mother", of="brother")
    rows = [("long", "long"), ("mother", "konstantinopolskaya-pereyaslavskaya.ak"), ("brother", "brother")]
    await site.school.linking.database.executemany(
        "INSERT INTO people (person, localpart) VALUES ($1, $2)", rows
    )
    await site.school.hang()
    await site.school.link("petrova")
    page = await new_page(
        locale=language,
        color_scheme=scheme,
        viewport={"width": width, "height": 760},
        reduced_motion="reduce",
    )
    faults: dict[str, list[str]] = {}
    async for name in pages(site, page):
        found = await page.evaluate(FAULTS)
        if found:
            faults[name] = found
        if FOLDER:
            path = Path(FOLDER) / f"{name}-{language}-{scheme}-{width}.png"
            await page.screenshot(path=path, full_page=True)
    assert not faults
