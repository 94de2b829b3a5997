"""What the bot says of practices and words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta

from babel.dates import format_date

from zvonok_core.text import Text, ntext, text
from zvonok_word_of_the_day.asking import Source
from zvonok_word_of_the_day.days import EVERY_DAY, WEEKDAYS
from zvonok_word_of_the_day.languages import NAMES
from zvonok_word_of_the_day.practice import Practice
from zvonok_word_of_the_day.words import Word

LEVELS = {1: text("for beginners"), 2: text("intermediate"), 3: text("advanced")}
DAYS = (
    text("Mondays"),
    text("Tuesdays"),
    text("Wednesdays"),
    text("Thursdays"),
    text("Fridays"),
    text("Saturdays"),
    text("Sundays"),
)
TITLE = text("Word of the day")
TRANSLATE = text(
    "What is it in Russian? Answer in the thread below this message: the translation and an example of your own, as text, voice, video or picture."
)
EXPLAIN = text(
    "How would you explain it? Answer in the thread below this message: the meaning in your own words and an example, as text, voice, video or picture."
)
LIST_WANTED = text(
    "Now send me your list, CSV or XLSX, in reply to this message or in our direct chat. Its first line names the columns: word, meaning, example, translation. A word and its meaning or translation are enough."
)


def when(days: frozenset[int], at: time) -> Text:
    """On which days, and at what time."""
    clock = f"{at.hour}:{at.minute:02}"
    if days == WEEKDAYS:
        return text("on weekdays at {time}", time=clock)
    if days == EVERY_DAY:
        return text("every day at {time}", time=clock)
    return text("on {days} at {time}", days=joined([DAYS[day] for day in sorted(days)]), time=clock)


def what(practice: Practice) -> Text:
    """Which words."""
    language = NAMES[practice.language]
    if practice.source is Source.ROTA:
        return text("{language}, students bring the words", language=language)
    if practice.source is Source.OWN:
        return text("{language}, the teacher's list", language=language)
    if practice.level:
        return text("{language}, {level}", language=language, level=LEVELS[practice.level])
    return language


def on(day: date, today: date, language: str) -> Text | str:
    """A day, as it is said after a dash."""
    if day == today:
        return text("today")
    if day == today + timedelta(days=1):
        return text("tomorrow, {date}", date=format_date(day, "d MMMM", locale=language))
    return format_date(day, "d MMMM (EEEE)", locale=language)


def short_date(day: date, language: str) -> str:
    """A day on a card."""
    return format_date(day, "d MMMM", locale=language)


def in_words(word: Word, giver: str) -> list[Text | str]:
    """All that stands on a card, for those who can't see it, and what is to be done."""
    beside = ", ".join(
        part for part in (f"[{word.transcription}]" if word.transcription else "", word.part) if part
    )
    return [
        text("Word of the day: {word}", word=word.word),
        beside,
        word.meaning,
        text("Example: {example}", example=word.example) if word.example else "",
        text("Where it comes from: {origin}", origin=word.origin) if word.origin else "",
        thanks(giver) if giver else "",
        TRANSLATE if word.translation else EXPLAIN,
    ]


def thanks(giver: str) -> Text:
    """To the student who has brought a word."""
    return text("Thank you for the word, {name}!", name=giver)


def told(word: Word) -> Text | str:
    """A word with what it means, in one line."""
    if not word.answer:
        return word.word
    return text("{word} – {meaning}", word=word.word, meaning=word.answer)


def answered(count: int) -> Text:
    """How many have answered in a week."""
    if not count:
        return text("nobody has answered")
    return ntext("{n} student has answered", "{n} students have answered", count)


def joined(names: Sequence[Text | str]) -> Text | str:
    """A, B and C."""
    found = names[0]
    for name in names[1:-1]:
        found = text("{first}, {second}", first=found, second=name)
    return text("{first} and {last}", first=found, last=names[-1]) if len(names) > 1 else found
