"""What the letters say: a message as it is quoted, and the whole letter read aloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from support.linking import catalogs

from zvonok_appservice.complaints import wording
from zvonok_appservice.complaints.model import Chat, Matter, Report, Reported
from zvonok_appservice.complaints.quoting import LONGEST, MOST_LINES, quotation, within_a_line
from zvonok_appservice.complaints.wording import Case, permalink
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_core.text import Catalogs, Text

ENGLISH = Catalogs({})
ZONE = ZoneInfo("Europe/Moscow")
REPORT = Report(
    Matter.MESSAGE, 5, 0, UserId("@a:s"), UserId("@b:s"), RoomId("!room:s"), EventId("$event/with?signs")
)


def _english(lines: list[Text | str]) -> list[str]:
    return [ENGLISH.say(line, "en") for line in lines]


def _message(content: Mapping[str, Any], type: str = "m.room.message") -> Reported:
    return Reported(type=type, content=content)


@pytest.mark.parametrize(
    ("reported", "said"),
    [
        (_message({"msgtype": "m.text", "body": "Дурак"}), ["> Дурак"]),
        (_message({"msgtype": "m.notice", "body": "один\n\n  \nдва"}), ["> один", "> два"]),
        (_message({"msgtype": "m.text", "body": "  "}), ["The message is empty."]),
        (_message({"msgtype": "m.text"}), ["The message is empty."]),
        (_message({"msgtype": 7, "body": {"no": "text"}}), ["The message is empty."]),
        (_message({"msgtype": "m.image", "body": "a.png"}), ["A picture: a.png"]),
        (
            _message({"msgtype": "m.video", "body": "Смотрите", "filename": "b\n.mp4"}),
            ["A video: b .mp4", "> Смотрите"],
        ),
        (_message({"msgtype": "m.audio", "body": "", "filename": None}), ["A recording: —"]),
        (_message({"msgtype": "m.file", "body": "c.pdf", "filename": "c.pdf"}), ["A file: c.pdf"]),
        (_message({"body": "кот"}, "m.sticker"), ["A sticker: кот"]),
        (_message({"m.relates_to": {"key": "🐷"}}, "m.reaction"), ["> 🐷"]),
        (_message({"m.relates_to": "🐷"}, "m.reaction"), ["The message is empty."]),
        (
            _message({"org.matrix.msc1767.text": "Кто хуже?\n1. Я"}, "org.matrix.msc3381.poll.start"),
            ["A poll:", "> Кто хуже?", "> 1. Я"],
        ),
        (
            _message({"ciphertext": "x"}, "m.room.encrypted"),
            ["The message is encrypted: only those in the chat can read it."],
        ),
        (_message({"name": "x"}, "m.room.name"), ["It is no message, but a change of the chat itself."]),
        (Reported(), ["The message itself is no longer kept on the server."]),
        (
            Reported(type="m.room.message", content={"body": "Дурак"}, deleted=True),
            ["The message has been deleted since. It said:", "> Дурак"],
        ),
        (
            Reported(type="m.room.message", deleted=True),
            ["The message has been deleted; its text is no longer kept."],
        ),
        (
            Reported(type="m.room.message", content={"body": "было"}, changed={"body": "стало"}),
            ["The message says now:", "> стало", "Before it was changed:", "> было"],
        ),
    ],
)
def test_how_a_message_is_quoted(reported: Reported, said: list[str]) -> None:
    assert _english(quotation(reported)) == said


def test_a_long_message_is_cut_and_cannot_pass_for_the_letter() -> None:
    long = _english(quotation(_message({"body": "я" * 5000})))
    assert len(long) == 1 and len(long[0]) == LONGEST + 2 and long[0].endswith("…")
    forged = "Complaint No. 7\n" * 50 + "From: the head"
    lines = _english(quotation(_message({"body": forged})))
    assert len(lines) == MOST_LINES and lines[-1] == "> …"
    assert all(line.startswith("> ") for line in lines)
    assert "\n" not in within_a_line("reason\nFrom: the head")


def _case(**changes: Any) -> Case:
    case = Case(
        number=12,
        reporters=(Text("Ёжова Мария, ученица 7А"),),
        reasons=("обзывается",),
        author=Text("Петров Иван, ученик 7А"),
        chat=wording.managed("7А. Класс"),
        about=REPORT,
        reported=Reported(type="m.room.message", sent_at=1_790_844_000_000, content={"body": "Дура"}),
        within_reach=True,
    )
    return replace(case, **changes)


def _russian(lines: list[Text | str]) -> str:
    return "\n".join(catalogs().say(line, "ru") for line in lines)


def test_a_letter_in_russian() -> None:
    assert _russian(wording.complaint(_case(), [Text("Зуева Анна")], ZONE)) == (
        "Жалоба № 12\n"
        "Жалуется: Ёжова Мария, ученица 7А\n"
        "На кого: Петров Иван, ученик 7А\n"
        "Где: чат «7А. Класс»\n"
        "Когда написано: 01.10 в 11:40\n"
        "Причина: «обзывается»\n"
        "\n"
        "> Дура\n"
        "\n"
        "Сообщение в чате: https://matrix.to/#/!room%3As/%24event%2Fwith%3Fsigns\n"
        "\n"
        "Об этом знают также: Зуева Анна\n"
        "\n"
        "Когда разберётесь, ответьте на это сообщение (нажмите на него и удерживайте, затем «Ответить»):"
        " в двух словах, что сделано. Тот, кто жаловался, ответа не увидит."
    )


def test_what_is_not_known_is_left_out_or_said() -> None:
    said = _russian(
        wording.complaint(_case(author=None, reasons=(), reported=Reported(), within_reach=False), [], ZONE)
    )
    assert "На кого: неизвестно" in said and "Причина не указана." in said
    assert "Когда написано" not in said and "Об этом знают" not in said
    assert "Самого сообщения на сервере уже нет." in said and "откроется у тех" in said


def test_a_complaint_about_a_person_has_no_message() -> None:
    about = Report(Matter.PERSON, 1, 0, UserId("@a:s"), UserId("@b:s"))
    said = _russian(wording.complaint(_case(about=about, chat=None, reported=Reported()), [], ZONE))
    assert "matrix.to" not in said and "Где" not in said and "сервере" not in said


def test_many_complaints_in_one_letter() -> None:
    cases = [_case(number=number) for number in range(7, 17)]
    said = _russian(wording.several(cases, 25))
    assert said.startswith("25 жалоб в одном сообщении")
    assert said.count("https://matrix.to/") == 10 and "№ 7. Жалуется" in said and "… и ещё 15" in said
    assert "и ещё" not in _russian(wording.several(cases, 10))


@pytest.mark.parametrize(
    ("chat", "said"),
    [
        (Chat("", 2), "личная переписка двух человек"),
        (Chat("", 1), "личная переписка двух человек"),
        (Chat("", 5), "чат без названия, 5 участников"),
        (Chat("Без\nучителей", 2), "«Без учителей», чат, который участники завели сами"),
    ],
)
def test_chats_that_the_school_does_not_manage(chat: Chat, said: str) -> None:
    assert catalogs().say(wording.unmanaged(chat), "ru") == said


def test_links_are_quoted_as_the_specification_says() -> None:
    assert permalink(RoomId("!a/b"), EventId("$c")) == "https://matrix.to/#/!a%2Fb/%24c"


def test_a_child_hears_where_to_go_and_everybody_who_looks_into_it() -> None:
    offices = [Text("классный руководитель"), Text("заместитель")]
    child, grown_up = (_russian(wording.received(offices, child=child)) for child in (True, False))
    assert "классный руководитель и заместитель." in child
    assert "подойди" in child and "подойди" not in grown_up
