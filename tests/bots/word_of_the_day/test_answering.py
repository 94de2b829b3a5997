"""What a class answers to a word: thanks by a sign, praise, taking back."""

from __future__ import annotations

import pytest
from bots.word_of_the_day.conftest import SET_UP, Class, class_in

from zvonok_botkit.testing import Talk, TalkPerson
from zvonok_core.roles import Role

MEANING = "любопытство, I am full of it"


@pytest.fixture
async def asked(class_: Class) -> Class:
    """A class that has got a word on Wednesday morning."""
    await class_.anna.says(SET_UP)
    await class_.until("2026-11-25T08:30")
    return class_


async def rows(class_: Class) -> list[tuple[str, str]]:
    """Who has answered, and how."""
    found = await class_.talk.program.database.fetch("SELECT student, kind FROM word_of_the_day_answers")
    return sorted((row["student"], row["kind"]) for row in found)


async def praises(class_: Class) -> int:
    return int(await class_.talk.program.database.fetchval("SELECT COUNT(*) FROM word_of_the_day_praises"))


async def test_every_kind_is_thanked_for_by_its_sign(asked: Class) -> None:
    student, thread = asked.petrov, asked.petrov.in_thread(asked.card)
    signs = []
    await asked.answers(student, MEANING)
    for name, mimetype, kind, voice in (
        ("voice.ogg", "audio/ogg", "audio", True),
        ("film.mp4", "video/mp4", "video", False),
        ("photo.jpg", "image/jpeg", "image", False),
        ("words.pdf", "application/pdf", "file", False),
    ):
        assert await student.sends_file(name, b"x", mimetype, kind, voice=voice, **thread) == []
        signs.append(student.last)
    assert [sign for sign, _ in asked.signs] == ["📝", "🎤", "🎬", "🖼️", "📎"]
    assert [beside for _, beside in asked.signs][1:] == signs
    assert [kind for _, kind in await rows(asked)] == ["file", "picture", "text", "video", "voice"]


async def test_one_sign_for_each_kind_is_thanks_enough(asked: Class) -> None:
    for words in (MEANING, "ещё один пример: curious cat", "и ещё один"):
        await asked.answers(asked.petrov, words)
    await asked.answers(asked.belova, MEANING)
    assert len(asked.signs) == 2
    assert len([e for e in asked.sent() if e.content["msgtype"] == "m.text"]) == 1, "it says nothing"


async def test_a_plain_reply_to_the_card_is_an_answer(asked: Class) -> None:
    assert await asked.petrov.replies(asked.card, MEANING) == []
    assert asked.signs == [("📝", asked.petrov.last)]


async def test_chatting_is_no_answer(asked: Class) -> None:
    first = await asked.answers(asked.petrov, MEANING)
    await asked.answers(asked.belova, "ок")
    await asked.answers(asked.belova, "👍👍👍")
    relates = {"rel_type": "m.thread", "event_id": asked.card, "m.in_reply_to": {"event_id": first}}
    await asked.belova.says("Ваня, а почему так?", **{"m.relates_to": relates})
    await asked.belova.says("а я пишу мимо обсуждения")
    assert await rows(asked) == [(asked.petrov.user, "text")]


async def test_an_edit_is_no_second_answer(asked: Class) -> None:
    first = await asked.answers(asked.petrov, MEANING)
    new = {"msgtype": "m.text", "body": "любознательность"}
    relates = {"rel_type": "m.replace", "event_id": first}
    await asked.petrov.says("* любознательность", **{"m.new_content": new, "m.relates_to": relates})
    # Of the card itself nobody's edit counts, either.
    relates = {"rel_type": "m.replace", "event_id": asked.card}
    await asked.petrov.says("* другое слово", **{"m.new_content": new, "m.relates_to": relates})
    assert await rows(asked) == [(asked.petrov.user, "text")]
    assert len(asked.signs) == 1


async def test_teachers_parents_and_strangers_don_t_count(asked: Class) -> None:
    parent = asked.room.enter("Петров Сергей Ильич, родитель", Role.GUARDIAN)
    for person in (asked.anna, parent):
        await person.says(MEANING, **person.in_thread(asked.card))
    assert await rows(asked) == []
    assert asked.signs == []


async def test_a_teacher_s_sign_is_praise_until_it_is_taken_back(asked: Class) -> None:
    answer = await asked.answers(asked.petrov, MEANING)
    await asked.anna.reacts(answer, "👎")
    assert await praises(asked) == 0
    await asked.anna.reacts(answer, "❤️")
    sign = asked.anna.last
    await asked.anna.reacts(asked.card, "❤️")
    await asked.petrov.reacts(answer, "🔥")
    assert await praises(asked) == 1, "nobody praises themselves"
    await asked.anna.takes_back(sign)
    assert await praises(asked) == 0


async def test_an_answer_that_is_taken_back_does_not_count_nor_does_its_praise(asked: Class) -> None:
    first = await asked.answers(asked.petrov, MEANING)
    await asked.anna.reacts(first, "❤️")
    second = await asked.answers(asked.petrov, "и ещё пример")
    await asked.petrov.takes_back(first)
    assert await rows(asked) == [(asked.petrov.user, "text")]
    assert await praises(asked) == 0
    await asked.anna.takes_back(second)  # as a moderator
    assert await rows(asked) == []
    await asked.answers(asked.petrov, MEANING)
    assert len(asked.signs) == 2, "a new first answer is thanked for"


async def test_an_answer_is_counted_while_the_directory_is_away(asked: Class) -> None:
    asked.talk.clock.advance(minutes=5)
    asked.talk.directory.away = True
    for person in (asked.petrov, asked.anna):
        await person.says(MEANING, **person.in_thread(asked.card))
    assert asked.signs == []
    asked.talk.directory.away = False
    assert "ответил 1 ученик" in (await asked.anna.says("!слово-дня"))[0], "the teacher is no student"


async def test_yesterday_s_word_may_still_be_answered(asked: Class) -> None:
    yesterday = asked.card
    await asked.until("2026-11-26T08:30")
    await asked.petrov.says(MEANING, **asked.petrov.in_thread(yesterday))
    days = await asked.talk.program.database.fetch("SELECT day FROM word_of_the_day_answers")
    assert [row["day"] for row in days] == ["2026-11-25"]


async def test_a_card_of_another_room_is_answered_there_only(asked: Class, talk: Talk) -> None:
    neighbours = class_in(talk, "7Б")
    other = neighbours.petrov
    await neighbours.anna.says(SET_UP.replace("8:30", "9:00"))
    await neighbours.until("2026-11-26T09:00")
    await asked.petrov.says(MEANING, **asked.petrov.in_thread(asked.card))
    await other.says(MEANING, **other.in_thread(asked.card))
    assert await rows(asked) == [(asked.petrov.user, "text")]
    assert len(neighbours.signs) == 0


async def test_a_whole_class_answers_without_a_word_of_the_bot(asked: Class) -> None:
    people: list[TalkPerson] = [asked.room.enter(f"Ученик{n} Имя{n}, ученик") for n in range(30)]
    before = len(asked.sent())
    for person in people:
        await person.says(f"{MEANING} {person.user}", **person.in_thread(asked.card))
    assert len(asked.sent()) == before and len(asked.signs) == 30
    (said,) = [await asked.anna.says("!слово-дня")]
    assert said[0].endswith("На этой неделе: 1 слово, ответили 30 учеников.")
