"""The letters that complaints make, in words. Pure: data in, lines of text out.

A class head reads them on a phone between lessons: who, about whom, where, what, and what
to do. Lines are texts, or strings where they are somebody's own words; "" is an empty line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from urllib.parse import quote
from zoneinfo import ZoneInfo

from zvonok_appservice.complaints.model import Chat, Report, Reported
from zvonok_appservice.complaints.quoting import quotation, within_a_line
from zvonok_core.ids import EventId, RoomId
from zvonok_core.text import Text, ntext, text

Lines = list[Text | str]
MOST_LISTED = 10
"""Of many complaints in one letter: a screen or two of a phone."""


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint with all that a letter says of it. `reporters` and `author` are people
    with name and office; `author` is None where nobody knows whose message it was."""

    number: int
    reporters: tuple[Text, ...]
    reasons: tuple[str, ...]
    author: Text | None
    chat: Text | None
    about: Report
    reported: Reported
    within_reach: bool
    """Whether the reader is in the chat, so that the link opens."""


def complaint(case: Case, others: Sequence[Text], zone: ZoneInfo) -> Lines:
    """One complaint, to somebody who is to look into it. `others` have got it, too."""
    lines: Lines = [text("Complaint No. {number}", number=case.number)]
    lines += [text("From: {person}", person=person) for person in case.reporters]
    lines.append(text("About: {person}", person=case.author or text("unknown")))
    if case.chat is not None:
        lines.append(text("Where: {chat}", chat=case.chat))
    if case.reported.sent_at is not None:
        lines.append(text("Written: {moment}", moment=moment(case.reported.sent_at, zone)))
    lines += [text("Reason: “{reason}”", reason=reason) for reason in case.reasons] or [
        text("No reason was given.")
    ]
    if case.about.room is not None and case.about.event is not None:
        lines += ["", *quotation(case.reported), "", _link(case)]
    if others:
        lines += ["", text("Also told: {people}", people=listed(others))]
    return [*lines, "", _what_to_do()]


def several(cases: Sequence[Case], count: int) -> Lines:
    """Many complaints in one letter: the first MOST_LISTED of `count`."""
    lines: Lines = [
        ntext("{n} complaint at once", "{n} complaints at once", count),
        text("There are so many in a short time that they come in one message."),
    ]
    for case in cases:
        lines += [
            "",
            text("No. {number}. From: {people}", number=case.number, people=listed(case.reporters)),
            text("About: {person}", person=case.author or text("unknown")),
        ]
        if case.about.room is not None and case.about.event is not None:
            lines.append(permalink(case.about.room, case.about.event))
    if count > len(cases):
        lines += ["", ntext("… and {n} more", "… and {n} more", count - len(cases))]
    return [*lines, "", _what_to_do()]


def also(people: Sequence[tuple[int, Text, str]]) -> Lines:
    """More people have reported what was told before: the complaint's number, who, and the
    reason, empty where none was given."""
    lines: Lines = []
    for number, person, reason in people:
        lines.append(text("Complaint No. {number}, one more from: {person}", number=number, person=person))
        if reason:
            lines.append(text("Reason: “{reason}”", reason=reason))
    return lines


def reminder(number: int) -> Lines:
    """Nobody has answered for a day."""
    return [
        text(
            "Complaint No. {number} has been waiting for an answer for a day. Please look into it, and reply"
            " to the message with the complaint.",
            number=number,
        )
    ]


def answered(number: int, person: Text) -> Lines:
    """To the others: somebody has answered."""
    return [text("Complaint No. {number} has been answered: {person}.", number=number, person=person)]


def noted(number: int) -> Lines:
    """To whoever has answered."""
    return [
        text(
            "Thank you, your answer to complaint No. {number} is on record. Whoever complained learns only"
            " that it has been looked into.",
            number=number,
        )
    ]


def received(offices: Sequence[Text], *, child: bool) -> Lines:
    """To whoever has complained: it has arrived, and who will see to it."""
    lines: Lines = [
        text(
            "Thank you! The school has received your complaint. Who will look into it: {offices}.",
            offices=reduce(lambda one, other: text("{one} and {other}", one=one, other=other), offices),
        )
    ]
    if child:
        lines.append(text("If you need help right now, go to any grown-up at school whom you trust."))
    return lines


def closed(received_at: int, zone: ZoneInfo) -> Lines:
    """To whoever has complained: it was looked into."""
    return [
        text(
            "Your complaint of {moment} has been looked into. If it happens again, report it again.",
            moment=moment(received_at, zone),
        )
    ]


def managed(name: str) -> Text:
    """A room of the school."""
    return text("the chat “{name}”", name=name)


def unmanaged(chat: Chat) -> Text:
    """A room that people have made among themselves."""
    if chat.direct:
        return text("a private chat of two people")
    if chat.name:
        return text("“{name}”, a chat that people made themselves", name=within_a_line(chat.name))
    return ntext(
        "a chat without a name, with {n} member", "a chat without a name, with {n} members", chat.members
    )


def moment(at: int, zone: ZoneInfo) -> Text:
    """A moment where the school is: day, month, and time."""
    local = datetime.fromtimestamp(at / 1000, zone)
    return text("{day} at {time}", day=f"{local:%d.%m}", time=f"{local:%H:%M}")


def permalink(room: RoomId, event: EventId) -> str:
    """A link that every client opens (Matrix specification, appendix "URIs")."""
    return f"https://matrix.to/#/{quote(room, safe='!')}/{quote(event, safe='')}"


def listed(people: Iterable[Text]) -> Text:
    """People with their offices, in a line."""
    return reduce(lambda one, other: text("{one}; {other}", one=one, other=other), people)


def _link(case: Case) -> Text:
    assert case.about.room is not None
    assert case.about.event is not None
    link = permalink(case.about.room, case.about.event)
    if case.within_reach:
        return text("The message in the chat: {link}", link=link)
    return text("The message in the chat (opens for those who are in it): {link}", link=link)


def _what_to_do() -> Text:
    return text(
        "When you have looked into it, reply to this message (long press or swipe, “Reply”): a few words on"
        " what was done. Whoever complained won't see them."
    )
