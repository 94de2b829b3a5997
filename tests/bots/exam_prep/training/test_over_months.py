"""A student over months, and a program that is started anew in the middle."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from fsrs import Card, Rating, Scheduler
from support.bringing import bring
from support.tasks import item

from zvonok_botkit.testing import NOON, FakeChat, Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.clock import ManualClock
from zvonok_core.errors import TemporaryError
from zvonok_core.people import Person
from zvonok_exam_prep.bot import bot
from zvonok_exam_prep.items import Item, ItemId, Word
from zvonok_exam_prep.repetition import LONGEST, SOON

TASKS = [
    item(
        Word((f"слово{number}",)),
        points=1,
        id=ItemId(f"w{number}"),
        subject="химия",
        topic=f"тема {number % 3}",
        question=f"Задание {number}?",
        hints=("Намёк.",),
    )
    for number in range(5)
]


class Expected:
    """What the library itself says of each task."""

    def __init__(self) -> None:
        self.scheduler = Scheduler(
            learning_steps=SOON, relearning_steps=SOON, maximum_interval=LONGEST, enable_fuzzing=False
        )
        self.cards: dict[ItemId, Card] = {}

    def answered(self, task: Item, rating: Rating, now: datetime) -> None:
        card = self.cards.get(task.id) or Card(card_id=0, due=now)
        self.cards[task.id], _ = self.scheduler.review_card(card, rating, now)

    def due(self, now: datetime) -> list[ItemId]:
        known = sorted(self.cards, key=lambda one: (self.cards[one].due, one))
        return [one for one in known if self.cards[one].due <= now]


def shown(said: list[str]) -> Item | None:
    """The task that is asked."""
    return next((task for task in TASKS if any(task.question in words for words in said)), None)


WAYS = [
    (Rating.Good, ("{right}", "дальше")),
    (Rating.Hard, ("подсказка", "{right}", "дальше")),
    (Rating.Again, ("не то слово", "{right}", "дальше")),
    (Rating.Again, ("сдаюсь", "дальше")),
]
"""What FSRS hears of a task, and what is said to it; after a hint the second word counts."""


async def answers(
    talk: Talk, ivan: TalkPerson, task: Item, expected: Expected, some: random.Random
) -> list[str]:
    """Answer a task in some way; returns what is said in the end."""
    rating, words = some.choices(WAYS, [8, 1, 2, 1])[0]
    said: list[str] = []
    for place, one in enumerate(words):
        if place == int(rating is Rating.Hard):
            expected.answered(task, rating, talk.clock.now())
        said = await ivan.says(one.replace("{right}", f"слово{task.id[1:]}"))
        talk.clock.advance(seconds=20)
    return said


async def test_what_comes_back_and_when_is_as_the_library_says(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, *TASKS)
    expected, some = Expected(), random.Random(7)
    answered = 0
    await ivan.says("!тренажёр химия")
    for day in range(120):
        await ivan.says("хватит")
        talk.clock.advance(days=1)
        said = await ivan.says("!тренажёр")
        while task := shown(said):
            due, again = expected.due(talk.clock.now()), "Повторяем" in said[-1]
            assert again == (task.id in expected.cards), day
            if again:
                assert task.id in due, day
            else:
                assert not due, day
            said = await answers(talk, ivan, task, expected, some)
            answered += 1
        assert "Повторить пора" in said[-1], day
        assert not expected.due(talk.clock.now() - timedelta(seconds=20)), day
        rows = await talk.program.database.fetch("SELECT item, due FROM exam_prep_reviews")
        found = {row["item"]: datetime.fromtimestamp(row["due"] / 1000, UTC) for row in rows}
        assert {one: card.due for one, card in expected.cards.items()} == found
    assert 40 < answered < 200
    assert len(expected.cards) == len(TASKS)


# ---------------------------------------------------------------- a new start in the middle


def directly(talk: Talk, chat: FakeChat) -> TalkPerson:
    """The same student after a new start."""
    user = next(user for user in chat.members if str(user).startswith("!direct-"))
    person = Person(next(one for one in chat.members[user] if one != chat.user), "Петров Иван")
    return TalkPerson(TalkRoom(talk, user), person)


async def test_after_a_new_start_it_goes_on_where_it_stopped(database_url: str) -> None:
    chat = FakeChat(ManualClock(NOON))
    async with conversation(bot, database_url=database_url, chat=chat, clock=chat.clock) as talk:
        await bring(talk, TASKS[0])
        ivan = await talk.room().enter("Петров Иван, ученик").writes_directly()
        await ivan.says("!тренажёр химия")
        assert (await ivan.says("мимо"))[0].startswith("Пока неверно.")
    chat.clock.advance(minutes=5)
    chat.add(ivan.room.id, ivan.user, "m.room.message", {"msgtype": "m.text", "body": "подсказка"})
    async with conversation(bot, database_url=database_url, chat=chat, clock=chat.clock) as talk:
        assert [event.content["body"] for event in await talk.settle()][-1] == "Подсказка: Намёк."
        ivan = directly(talk, chat)
        assert (await ivan.says("слово0"))[-1].startswith("Теперь верно!")
        await ivan.says("хватит")
    chat.clock.advance(days=30)
    async with conversation(bot, database_url=database_url, chat=chat, clock=chat.clock) as talk:
        await talk.settle()
        ivan = directly(talk, chat)
        assert (await ivan.says("!тренажёр"))[-2:] == [
            "Продолжаем: Химия.",
            "Повторяем: тема 0 · 1 балл\n\nЗадание 0?\n\nОтветьте словом или словами.",
        ]


async def test_what_was_cut_off_before_its_answer_is_answered_once(database_url: str) -> None:
    """The homeserver is away while the program is ended: the mark is there once, and is told once."""
    chat = FakeChat(ManualClock(NOON))
    async with conversation(bot, database_url=database_url, chat=chat, clock=chat.clock) as talk:
        await bring(talk, TASKS[0])
        ivan = await talk.room().enter("Петров Иван, ученик").writes_directly()
        await ivan.says("!тренажёр химия")
        chat.failing += [TemporaryError("away")]
        assert await ivan.says("слово0") == []
    async with conversation(bot, database_url=database_url, chat=chat, clock=chat.clock) as talk:
        said = [event.content["body"] for event in await talk.settle()]
        assert [words for words in said if words.startswith("Верно!")] == [
            "Верно! 1 балл из 1.\n\nДальше или хватит?"
        ]
        assert await talk.program.database.fetchval("SELECT COUNT(*) FROM exam_prep_answers") == 1
