"""What students and teachers read of a variant, but for its tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from zvonok_botkit import Say
from zvonok_botkit.answers import Outgoing
from zvonok_core.text import Text, ntext, text
from zvonok_exam_prep.collection.missing import name_of
from zvonok_exam_prep.items import Item
from zvonok_exam_prep.presenting import Voice, of_points, task
from zvonok_exam_prep.variants.variant import Given, Variant
from zvonok_exam_prep.variants.wanted import Wanted

LONGEST_SHOWN = 60
"""Letters of an answer in a list."""
MOVES = text("You can also write: skip, back, task 3, list, hand in.")
NO_HELP = text("There are no hints in a variant. If you don't know, write “skip”.")
FIRST = text("This is the first one.")
ALONE = text("I've written to you alone.")


def name(wanted: Wanted) -> Text:
    """What a variant is called: «Английский язык, ОГЭ»."""
    named: Text = name_of(wanted.wish)
    if wanted.tasks:
        named = text("{wish}, tasks {tasks}", wish=named, tasks=", ".join(wanted.tasks))
    if wanted.tags:
        named = text("{wish}, {tags}", wish=named, tags=" ".join(f"#{tag}" for tag in wanted.tags))
    return named


def moment(at: datetime, zone: ZoneInfo, language: str) -> str:
    """«27 ноября (пятница), 20:00»."""
    local = at.astimezone(zone)
    day = format_date(local.date(), "d MMMM (EEEE)", locale=language)
    return f"{day}, {format_time(local.time(), 'HH:mm', locale=language)}"


def until(at: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """The same; of today but the time."""
    if at.astimezone(zone).date() == now.astimezone(zone).date():
        return format_time(at.astimezone(zone).time(), "HH:mm", locale=language)
    return moment(at, zone, language)


def how_much(variant: Variant) -> Text:
    """«10 заданий, 12 баллов»."""
    count = ntext("{n} task", "{n} tasks", len(variant.slots))
    return text("{tasks}, {points}", tasks=count, points=ntext("{n} point", "{n} points", variant.points))


def announcement(variant: Variant, zone: ZoneInfo, voice: Voice, over: Text | None = None) -> str:
    """What the room reads. `over` stands instead of how to begin."""
    lines: list[Text | str] = [
        text("📝 A variant. {title}: {much}.", title=variant.title, much=how_much(variant)),
        text("To be handed in by {when}.", when=moment(variant.closes, zone, voice.language)),
    ]
    if over:
        lines.append(over)
    else:
        if variant.minutes:
            lines.append(
                ntext(
                    "You have {n} minute, from your own beginning.",
                    "You have {n} minutes, from your own beginning.",
                    variant.minutes,
                )
            )
        lines.append(
            text(
                "To begin, write “begin” to me alone. If we have no direct chat yet, react to this message with anything, and I'll write to you."
            )
        )
    return "\n".join(voice.say(line) for line in lines)


def offer(variant: Variant, zone: ZoneInfo, voice: Voice) -> str:
    """What a student reads who is yet to begin."""
    lines: list[Text | str] = [
        text("There is a variant for you. {title}: {much}.", title=variant.title, much=how_much(variant)),
        text("To be handed in by {when}.", when=moment(variant.closes, zone, voice.language)),
    ]
    if variant.minutes:
        lines.append(
            ntext(
                "There is {n} minute for it, from when you begin. Write “begin” when you are ready.",
                "There are {n} minutes for it, from when you begin. Write “begin” when you are ready.",
                variant.minutes,
            )
        )
    else:
        lines.append(text("Write “begin” when you are ready."))
    return "\n".join(voice.say(line) for line in lines)


def numbered(item: Item, place: int, count: int, given: Given | None, voice: Voice) -> list[Outgoing]:
    """A task of a variant, with the answer that it has."""
    first, *pictures = task(item, voice)
    assert isinstance(first, Say)
    words = f"{voice.say(text('Task {n} of {count}', n=place + 1, count=count))}\n{voice.say(first.words)}"
    if given:
        words += f"\n\n{voice.say(text('Your answer so far: {words}', words=shortened(given.words)))}"
    return [replace(first, words=words), *pictures]


def after(words: str, shown: Sequence[Outgoing], voice: Voice) -> list[Outgoing]:
    """What is shown, with words before it in the same message."""
    first, *rest = shown
    assert isinstance(first, Say)
    return [replace(first, words=f"{words}\n\n{voice.say(first.words)}"), *rest]


def shortened(words: str, longest: int = LONGEST_SHOWN) -> str:
    """An answer or a question in one line."""
    line = " ".join(words.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def listed(count: int, answers: Mapping[int, Given]) -> str:
    """All answers of a student, by number."""
    return "\n".join(
        f"{place + 1}. {shortened(answers[place].words) if place in answers else '—'}"
        for place in range(count)
    )


def open_places(count: int, answers: Mapping[int, Given]) -> list[int]:
    """The places that have no answer."""
    return [place for place in range(count) if place not in answers]


def numbers(places: Sequence[int]) -> str:
    """«3, 7»."""
    return ", ".join(str(place + 1) for place in places)


def result(points: int, of: int, unmarked: int) -> Text:
    """What a student has got; open answers may still have to be marked."""
    if not unmarked:
        return of_points(points, of)
    return ntext(
        "{points}, and {n} answer is yet to be marked by the teacher",
        "{points}, and {n} answers are yet to be marked by the teacher",
        unmarked,
        points=of_points(points, of),
    )
