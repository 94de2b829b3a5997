"""From people and codes to a PDF. Words and names go to typst as JSON, never as markup."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import segno
import typst
from babel.dates import format_date

from zvonok_appservice.config import Config
from zvonok_appservice.introductions import children, introduction
from zvonok_appservice.letters.selection import Group
from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.names import full_name
from zvonok_appservice.verify import grouped
from zvonok_core.ids import PersonId
from zvonok_core.text import Catalogs, Text, text

_LONGEST = 160
"""Letters of a name or a role that are printed: no name breaks a card."""


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """An account that was made without a letter."""

    person: PersonId
    name: str
    user: str
    password: str


TWO_SCHOOLS = text(
    "If you have children in two schools, you have an account in each, and a letter from each: "
    "a school knows only its own."
)


def letters(
    picture: Picture,
    groups: Iterable[Group],
    codes: Mapping[PersonId, str],
    expires: date,
    config: Config,
    catalogs: Catalogs,
    language: str,
) -> bytes:
    """A PDF: for each group its cards, its sheets, and an issue list for the sheets.
    `expires` is the last day on which the codes work."""
    return _compile(_letters(picture, groups, codes, expires, config, catalogs, language))


def preview(
    picture: Picture,
    groups: Iterable[Group],
    codes: Mapping[PersonId, str],
    expires: date,
    config: Config,
    catalogs: Catalogs,
    language: str,
) -> list[bytes]:
    """The same pages as PNG pictures."""
    data = _letters(picture, groups, codes, expires, config, catalogs, language)
    pages = typst.compile(_template(), font_paths=_fonts(), format="png", ppi=90, sys_inputs=_inputs(data))
    return pages if isinstance(pages, list) else [pages]


def password_list(
    picture: Picture, rows: Sequence[FirstPassword], config: Config, catalogs: Catalogs, language: str
) -> bytes:
    """A PDF with a table of names, user names and first passwords."""

    def say(message: Text) -> str:
        return catalogs.say(message, language)

    data = _frame(picture, config, catalogs, language)
    table = [
        [str(number), row.name[:_LONGEST], row.user, _spaced(row.password)]
        for number, row in enumerate(rows, 1)
    ]
    title = say(text("First passwords"))
    data["groups"] = [{"title": title, "cards": [], "sheets": [], "issue": [], "passwords": table}]
    data["labels"]["password_columns"] = [
        say(word) for word in (text("No."), text("Full name"), text("User name"), text("Password"))
    ]
    return _compile(data)


def _spaced(password: str) -> str:
    # A thin space helps the eye; it is not typed.
    return "\u2009".join(password[start : start + 4] for start in range(0, len(password), 4))


def _letters(
    picture: Picture,
    groups: Iterable[Group],
    codes: Mapping[PersonId, str],
    expires: date,
    config: Config,
    catalogs: Catalogs,
    language: str,
) -> dict[str, Any]:
    today = picture.today

    def say(message: Text) -> str:
        return catalogs.say(message, language)

    day = format_date(expires, "long", locale=language)
    until = say(text("The code works once, until {day}. Show it to nobody.", day=day))
    address = _activation(config)

    def card(person: PersonId) -> dict[str, str]:
        return {
            "name": full_name(today.snapshot.people[person])[:_LONGEST],
            "role": say(introduction(today, person))[:_LONGEST],
            "code": grouped(codes[person]),
            "qr": _qr(f"{address}#{codes[person]}"),
            "expires": until,
        }

    data = _frame(picture, config, catalogs, language)
    data["address"] = address.partition("://")[2]
    data["groups"] = [
        {
            "title": title,
            "cards": [card(person) for person in group.cards],
            "sheets": [card(person) for person in group.sheets],
            "issue_title": say(text("Issue list of parents' letters, {class_}", class_=title)),
            "issue": [
                [
                    str(number),
                    full_name(today.snapshot.people[person])[:_LONGEST],
                    children(today, person)[:_LONGEST],
                    "",
                    "",
                ]
                for number, person in enumerate(group.sheets, 1)
            ],
            "passwords": [],
        }
        for group in groups
        for title in [today.snapshot.classes[group.class_].title if group.class_ else "—"]
    ]
    return data


def _frame(picture: Picture, config: Config, catalogs: Catalogs, language: str) -> dict[str, Any]:
    def say(message: Text) -> str:
        return catalogs.say(message, language)

    return {
        "language": language,
        "school": config.school.short_name or picture.today.snapshot.school.title,
        "bell": _asset("bell.svg"),
        "address": "",
        "labels": {
            "title": say(text("Letters for activation")),
            "steps": [
                say(text("Point a phone's camera at the square, or open this address in a browser.")),
                say(text("Type the code below; then check that it is you.")),
                say(text("Choose a password. That's all: you are in your school's chats.")),
            ],
            "english": "English: open the address, enter the code, choose a password.",
            "in_person": say(text("To be handed over in person:")),
            "sealed": say(text("Inside is a personal code. Only the addressee may open this letter.")),
            "fold_first": say(text("1. Fold here first, print inside")),
            "fold_second": say(text("2. Then fold here the other way: the address stays outside. Seal the edge.")),
            "guardian": [
                say(message)
                for message in (
                    text("With this letter you enter your school's own messenger, where only people of the school are."),
                    text("The page will also ask for your consent to the processing of your child's data. A younger child can be activated only after that."),
                    text("Please don't give the code to the child: children have cards of their own. If the letter was open when you got it, tell the class head."),
                    *([TWO_SCHOOLS] if config.federation else []),
                )
            ],
            "issue_columns": [
                say(message)
                for message in (text("No."), text("Full name"), text("Whose parent"), text("Date"), text("Signature"))
            ],
            "password_columns": [],
        },
    }  # fmt: skip


def _activation(config: Config) -> str:
    return f"{config.appservice.public_url.rstrip('/')}/activate"


def _qr(link: str) -> str:
    out = io.BytesIO()
    segno.make(link, error="m", micro=False).save(out, kind="svg", border=1, xmldecl=False, dark="#000")
    return out.getvalue().decode()


def _compile(data: Mapping[str, Any]) -> bytes:
    pdf = typst.compile(_template(), font_paths=_fonts(), format="pdf", sys_inputs=_inputs(data))
    assert isinstance(pdf, bytes)
    return pdf


def _inputs(data: Mapping[str, Any]) -> dict[str, str]:
    return {"data": json.dumps(data, ensure_ascii=False)}


def _template() -> bytes:
    return _asset("letters.typ").encode()


@cache
def _fonts() -> typst.Fonts:
    # Only the fonts inside the wheel, so that a letter looks the same on every machine.
    return typst.Fonts(include_system_fonts=False)


@cache
def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
