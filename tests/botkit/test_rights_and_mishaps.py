"""Who may do what, what happens besides words, when, and what goes wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.example_bot import bot

from zvonok_botkit.chat import RoomRights
from zvonok_botkit.testing import NOON, Talk, TalkPerson, TalkRoom, conversation, words_of
from zvonok_core.errors import TemporaryError
from zvonok_core.roles import Role

# ---------------------------------------------------------------- rights, help, the directory


async def test_only_a_teacher_of_this_room_may(talk: Talk, room: TalkRoom, student: TalkPerson) -> None:
    assert await student.says("!похвалить Ёлкина помощь") == ["Это здесь могут делать только учителя."]
    elsewhere = talk.room("Родители", "class_guardians")
    teacher = room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)
    parent = elsewhere.enter("Смирнова Анна Павловна, учитель", Role.GUARDIAN)
    assert teacher.user == parent.user
    assert await parent.says("!похвалить Ёлкина помощь") == ["Это здесь могут делать только учителя."]


async def test_help_shows_what_one_may_do_here(teacher: TalkPerson, student: TalkPerson) -> None:
    (shown,) = await student.says("!помощь")
    assert shown.startswith("Вот что я умею в этом чате:\n• !руки")
    assert "похвалить" not in shown
    (shown,) = await teacher.says("!help")
    assert "• !похвалить" in shown
    assert await teacher.says("!помощь руки") == [
        "Вот что я умею в этом чате:\n• !руки – Count hands: `!hands Who comes along?`"
    ]


async def test_with_the_directory_away_what_needs_no_right_goes_on(
    talk: Talk, teacher: TalkPerson, student: TalkPerson
) -> None:
    talk.directory.away = True
    sorry = "Сейчас мне не у кого узнать, кому что можно. Попробуйте, пожалуйста, через несколько минут."
    assert await teacher.says("!похвалить Ёлкина помощь") == [sorry]
    assert await student.says("!руки Кто?") == ["Кто?"]
    assert await student.says("!помощь") != []
    talk.directory.away = False
    assert await teacher.says("!похвалить Ёлкина помощь") == ["Ёлкина Зоя: помощь, 1"]


async def test_a_right_that_is_taken_away_is_gone_within_a_minute(talk: Talk, teacher: TalkPerson) -> None:
    assert await teacher.says("!похвалить Ёлкина помощь") == ["Ёлкина Зоя: помощь, 1"]
    del talk.directory.views[teacher.room.id]
    del talk.directory.people[teacher.user]
    talk.clock.advance(seconds=59)
    assert await teacher.says("!похвалить Ёлкина помощь") == ["Ёлкина Зоя: помощь, 2"]
    talk.clock.advance(seconds=2)
    assert await teacher.says("!похвалить Ёлкина помощь") == ["Это здесь могут делать только учителя."]


async def test_without_a_directory_power_levels_decide(database_url: str) -> None:
    async with conversation(bot, database_url=database_url, directory=False) as talk:
        room = talk.room(managed=False)
        room.enter("Зоя Ёлкина")
        boss, other = room.enter("Анна", level=50), room.enter("Олег", level=49)
        assert await boss.says("!похвалить Ёлкина помощь") == ["Зоя Ёлкина: помощь, 1"]
        assert await other.says("!похвалить Ёлкина помощь") == ["Это здесь могут делать только учителя."]


async def test_without_a_directory_a_creator_stands_above_all_levels(database_url: str) -> None:
    async with conversation(bot, database_url=database_url, directory=False) as talk:
        room = talk.room(managed=False)
        creator = room.enter("Анна", level=0)
        talk.chat.levels[room.id] = RoomRights(frozenset({creator.user}), {creator.user: 0})
        assert "!похвалить" in (await creator.says("!помощь"))[0]


async def test_whoever_is_locked_is_nobody(talk: Talk, teacher: TalkPerson) -> None:
    alone = await teacher.writes_directly()
    assert "!похвалить" in (await alone.says("помощь"))[0]
    known = talk.directory.people[teacher.user]
    talk.directory.people[teacher.user] = replace(known, locked=True)
    assert "!похвалить" not in (await alone.says("помощь"))[0]


async def test_in_english_everything_is_in_english(database_url: str) -> None:
    async with conversation(bot, database_url=database_url, language="en") as talk:
        someone = talk.room().enter("Smith Ann")
        assert (await someone.says("!help"))[0].startswith("Here is what I can do for you here:\n• !hands")
        assert await someone.says("!praise Bob help") == ["Only teachers may do this here."]


# ---------------------------------------------------------------- what is not said in words


async def test_reactions_replies_and_their_withdrawal_reach_the_bot(student: TalkPerson, talk: Talk) -> None:
    await student.says("!руки Кто?")
    question, hand, eyes = talk.said[-3:]
    assert hand.content["m.relates_to"] == {"rel_type": "m.annotation", "event_id": question.id, "key": "✋"}
    assert eyes.content["m.relates_to"] == {"rel_type": "m.annotation", "event_id": student.last, "key": "👀"}
    assert await student.reacts(question.id, "👀") == ["* Hands: 0"]
    assert await student.reacts(question.id, "✋") == ["* Hands: 1"]
    edit = talk.said[-1].content
    assert edit["m.relates_to"] == {"rel_type": "m.replace", "event_id": question.id}
    assert edit["m.new_content"]["body"] == "Hands: 1"
    assert await student.takes_back(student.last) == ["* Hands: 0"]
    assert await student.replies(question.id, "я") == ["Белов Олег Игоревич: я"]
    assert await student.reacts("$other", "✋") == []
    assert await student.takes_back("$other") == []


async def test_a_command_may_be_about_something(student: TalkPerson, talk: Talk) -> None:
    await student.says("!руки Кто?")
    asked, question = student.last, next(e.id for e in talk.said if e.type == "m.room.message")
    assert await student.replies(question, "!какой") == [f"hands:{asked}"]
    assert await student.says("!какой") == ["ни о чём"]


async def test_in_a_thread_only_a_real_reply_is_one(student: TalkPerson, talk: Talk) -> None:
    await student.says("!руки Кто?")
    question = next(event.id for event in talk.said if event.type == "m.room.message")
    thread = {"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": question}}
    assert await student.says("я", **{"m.relates_to": {**thread, "is_falling_back": True}}) == []
    assert await student.says("я", **{"m.relates_to": thread}) == ["Белов Олег Игоревич: я"]


async def test_a_native_poll_and_its_votes(student: TalkPerson, talk: Talk) -> None:
    await student.says("!опросить")
    poll = talk.said[-1]
    assert (poll.type, poll.content) == ("org.matrix.msc3381.poll.start", {"question": "?"})
    await student.votes(poll.id, "a")
    assert talk.said[-1].content["m.relates_to"]["event_id"] == student.last


async def test_what_was_said_can_be_withdrawn(student: TalkPerson, talk: Talk) -> None:
    await student.says("!руки Кто?")
    question = talk.said[-3]
    await student.says(f"!исчезнуть hands:{student.last}")
    assert talk.said[-1].redacts == question.id


async def test_an_encrypted_chat_is_told_once(student: TalkPerson, teacher: TalkPerson) -> None:
    (sentence,) = await student.sends("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2"})
    assert sentence.startswith("Этот чат зашифрован")
    assert await teacher.sends("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2"}) == []


async def test_an_encrypted_chat_is_told_once_though_many_write_at_once(
    student: TalkPerson, talk: Talk
) -> None:
    for _ in range(3):
        talk.chat.add(student.room.id, student.user, "m.room.encrypted", {})
    assert len(words_of(await talk.settle())) == 1


# ---------------------------------------------------------------- time


async def test_a_job_is_done_when_it_is_due(student: TalkPerson, talk: Talk) -> None:
    await student.says("!напомнить 10 Выключить печь")
    talk.clock.advance(minutes=9)
    assert words_of(await talk.settle()) == []
    talk.clock.advance(minutes=1)
    assert words_of(await talk.settle()) == ["Выключить печь"]
    assert "m.relates_to" not in talk.said[-1].content
    talk.clock.advance(days=1)
    assert words_of(await talk.settle()) == []


async def test_a_job_waits_for_the_end_of_quiet_hours(student: TalkPerson, talk: Talk) -> None:
    await student.says("!напомнить 600 Ночью")  # at 22:00 in Moscow
    talk.clock.advance(hours=10)
    assert words_of(await talk.settle()) == []
    talk.clock.advance(hours=8, minutes=59)
    assert words_of(await talk.settle()) == []
    talk.clock.advance(minutes=1)
    assert words_of(await talk.settle()) == ["Ночью"]


async def test_an_old_command_is_not_answered_as_if_it_were_new(student: TalkPerson, talk: Talk) -> None:
    talk.chat.add(
        student.room.id, student.user, "m.room.message", {"msgtype": "m.text", "body": "!руки Кто?"}
    )
    talk.clock.advance(hours=1, seconds=1)
    assert words_of(await talk.settle()) == []
    assert talk.clock.now() > NOON
    talk.chat.add(
        student.room.id, student.user, "m.room.message", {"msgtype": "m.text", "body": "!руки Кто?"}
    )
    talk.clock.advance(minutes=59)
    assert words_of(await talk.settle()) == ["Кто?"]


# ---------------------------------------------------------------- what goes wrong


async def test_a_bug_undoes_everything_and_tells_a_number(
    student: TalkPerson, talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    (sorry,) = await student.says("!сломать")
    assert sorry.startswith("Простите, у меня что-то сломалось.")
    number = sorry.rstrip(".").rpartition(" ")[2]
    assert f"bug {number} in praise" in caplog.text and "example_bot.py" in caplog.text
    assert "Белов" not in caplog.text
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM praise") == 0
    assert await student.says("!руки Кто?") == ["Кто?"]


async def test_a_sentence_for_the_user_undoes_everything(student: TalkPerson, talk: Talk) -> None:
    assert await student.says("!сломать user") == ["No."]
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM praise") == 0


async def test_what_fails_for_somebody_elses_fault_is_tried_again(student: TalkPerson, talk: Talk) -> None:
    assert await student.says("!сломать later") == []
    assert await student.says("!руки Кто?") == ["Кто?"], "nobody waits for it"
    for _ in range(2):
        talk.clock.advance(minutes=1)
        assert words_of(await talk.settle()) == []
    talk.clock.advance(minutes=1)
    assert words_of(await talk.settle()) == [
        "Сейчас не получается. Попробуйте, пожалуйста, через несколько минут."
    ]


async def test_what_can_not_be_sent_is_sent_later_and_in_order(student: TalkPerson, talk: Talk) -> None:
    talk.chat.failing = [TemporaryError("429", 1.5)]
    assert await student.says("!руки Раз?") == []
    assert await student.says("!руки Два?") == ["Раз?", "Два?"]


async def test_a_gap_is_filled_from_the_history(student: TalkPerson, talk: Talk) -> None:
    await talk.settle()
    talk.chat.limit = 2
    for number in range(7):
        content = {"msgtype": "m.text", "body": f"!руки {number}?"}
        talk.chat.add(student.room.id, student.user, "m.room.message", content)
    assert words_of(await talk.settle()) == [f"{number}?" for number in range(7)]
