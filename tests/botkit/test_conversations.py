"""The kit as people meet it: what they say, and what a bot answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from support.example_bot import bot

from zvonok_botkit.chat import RoomRights
from zvonok_botkit.testing import ME, NOON, Talk, TalkPerson, TalkRoom, conversation, words_of
from zvonok_core.errors import TemporaryError
from zvonok_core.roles import Role


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(bot, database_url=database_url) as opened:
        yield opened


@pytest.fixture
def room(talk: Talk) -> TalkRoom:
    room = talk.room()
    for name in ("Петров Иван Сергеевич", "Петров Илья Олегович", "Петрова Мария Ивановна", "Ёлкина Зоя"):
        room.enter(f"{name}, ученик")
    return room


@pytest.fixture
def teacher(room: TalkRoom) -> TalkPerson:
    return room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)


@pytest.fixture
def student(room: TalkRoom) -> TalkPerson:
    return room.enter("Белов Олег Игоревич, ученик")


# ---------------------------------------------------------------- commands, however they are written


async def test_a_whole_command_is_done_at_once(teacher: TalkPerson) -> None:
    assert await teacher.says("!похвалить Елкина помощь в саду") == ["Ёлкина Зоя: помощь, 1"]
    assert await teacher.says("!praise Маша Петрова хорошая идея") == [
        "Петрова Мария Ивановна: хорошая идея, 1"
    ]
    assert await teacher.says("!ПОХВАЛИТЬ Ёлкиной, помощь") == ["Ёлкина Зоя: помощь, 2"]


@pytest.mark.parametrize(
    "words",
    [
        "!руки Кто идёт?",
        "! руки Кто идёт?",
        "!руки: Кто идёт?",
        "бот, руки Кто идёт?",
        "Bot: hands Кто идёт?",
        "Звонок: руки Кто идёт?",
        "Звонок, !руки Кто идёт?",
        f"{ME}: руки Кто идёт?",
        f"{ME} руки Кто идёт?",
        "zvonok: руки Кто идёт?",
    ],
)
async def test_the_bot_is_called_in_any_way(student: TalkPerson, words: str) -> None:
    assert await student.says(words) == ["Кто идёт?"]


@pytest.mark.parametrize(
    "words", ["руки Кто идёт?", "Звонок был?", "бот руки", "Привет!", "!!!", "! важно", "!важно всем", "10!"]
)
async def test_what_is_said_to_others_is_none_of_its_business(student: TalkPerson, words: str) -> None:
    assert await student.says(words) == []


async def test_a_mention_as_element_writes_it(student: TalkPerson) -> None:
    pill = f'<a href="https://matrix.to/#/{ME}">Звонок</a>'
    mention = {"format": "org.matrix.custom.html", "m.mentions": {"user_ids": [ME]}}
    assert await student.says("Звонок руки Кто?", formatted_body=f"{pill} руки Кто?", **mention) == ["Кто?"]
    assert await student.says("Звонок: руки Кто?", formatted_body=f"{pill}: руки Кто?", **mention) == ["Кто?"]


async def test_a_person_is_named_by_a_pill(teacher: TalkPerson, room: TalkRoom) -> None:
    talk = room.talk
    ivan = next(user for user, view in talk.directory.people.items() if view.given == "Иван")
    html = f'!похвалить <a href="https://matrix.to/#/{ivan.replace("@", "%40")}">Петров Иван</a> помощь'
    said = await teacher.says("!похвалить Петров Иван помощь", formatted_body=html)
    assert said == ["Петров Иван Сергеевич: помощь, 1"]
    assert await teacher.says(f"!похвалить [Петров](https://matrix.to/#/{ivan}) помощь") == [
        "Петров Иван Сергеевич: помощь, 2"
    ]
    assert await teacher.says(f"!похвалить {ivan}: помощь") == ["Петров Иван Сергеевич: помощь, 3"]
    (question,) = await teacher.says("!похвалить @stranger:else.where помощь")
    assert "@stranger:else.where" in question


async def test_a_command_in_a_thread_is_answered_there(student: TalkPerson, talk: Talk) -> None:
    fallback = {"m.in_reply_to": {"event_id": "$root"}, "is_falling_back": True}
    await student.says(
        "!руки Кто?", **{"m.relates_to": {"rel_type": "m.thread", "event_id": "$root", **fallback}}
    )
    answer = talk.said[-3]
    assert answer.content["m.relates_to"] == {
        "rel_type": "m.thread",
        "event_id": "$root",
        "is_falling_back": False,
        "m.in_reply_to": {"event_id": student.last},
    }


async def test_a_reply_is_read_without_what_it_quotes(student: TalkPerson) -> None:
    relates = {"m.relates_to": {"m.in_reply_to": {"event_id": "$old"}}}
    assert await student.says("> <@a:b> вчера\n> и сегодня\n\n!руки Кто?", **relates) == ["Кто?"]
    assert await student.says("> !руки Кто?") == [], "a quotation of one's own is no command"


async def test_an_answer_is_a_reply_that_calls_whoever_has_asked(teacher: TalkPerson, talk: Talk) -> None:
    await teacher.says("!похвалить Ёлкина помощь")
    content = talk.said[-1].content
    zoya = next(user for user, view in talk.directory.people.items() if view.given == "Зоя")
    assert content["msgtype"] == "m.text"
    assert content["m.mentions"] == {"user_ids": sorted([teacher.user, zoya])}
    assert content["m.relates_to"] == {"m.in_reply_to": {"event_id": teacher.last}}


async def test_in_a_direct_chat_nothing_has_to_be_put_before(student: TalkPerson, talk: Talk) -> None:
    alone = await student.writes_directly()
    assert await alone.says("руки Кто?") == ["Кто?"]
    assert "m.relates_to" not in talk.said[-3].content and talk.said[-3].content["m.mentions"] == {}
    assert await alone.says("!руки Кто?") == ["Кто?"]
    assert await alone.says("что ты умеешь делать") == [
        "Такого я пока не умею. Напишите «!помощь», и я расскажу, что могу."
    ]


async def test_a_reply_to_what_the_bot_has_said_is_no_command_even_in_a_direct_chat(
    student: TalkPerson, talk: Talk
) -> None:
    alone = await student.writes_directly()
    await alone.says("руки Кто?")
    question = next(event for event in talk.said if event.type == "m.room.message")
    assert await alone.replies(question.id, "я") == ["Белов Олег Игоревич: я"]
    assert await alone.replies(question.id, "руки Ещё?") == ["Ещё?"]


async def test_a_group_of_three_is_no_direct_chat(talk: Talk) -> None:
    anna = talk.room().enter("Анна")
    assert len(talk.chat.members[anna.room.id]) == 3
    assert await anna.says("руки Кто?") == []


async def test_an_edit_and_a_notice_are_no_commands(student: TalkPerson) -> None:
    new = {"m.new_content": {"msgtype": "m.text", "body": "!руки Кто?"}}
    relates = {"m.relates_to": {"rel_type": "m.replace", "event_id": "$old"}}
    assert await student.says("!руки Кто?", **new, **relates) == []
    assert await student.says("!руки Кто?", msgtype="m.notice") == []
    assert await student.says("!руки Кто?", msgtype=7) == []
    assert await student.sends("m.room.message", {"msgtype": "m.text", "body": {"a": 1}}) == []
    assert await student.sends("m.room.message", {"m.relates_to": "nonsense", "m.mentions": [1]}) == []
    assert await student.says("!руки Ещё здесь?") == ["Ещё здесь?"]


# ---------------------------------------------------------------- slips, and questions


@pytest.mark.parametrize(
    "words", ["!похвалит Ёлкина помощь", "!пахвалить Ёлкина помощь", "!gj[dfkbnm Ёлкина помощь"]
)
async def test_a_slip_gets_the_nearest_command(teacher: TalkPerson, words: str) -> None:
    assert await teacher.says(words) == ["Вы имели в виду !похвалить? Ответьте «да», и я всё сделаю."]
    assert await teacher.says("Да!") == ["Ёлкина Зоя: помощь, 1"]
    assert await teacher.says("да") == [], "it was done"


async def test_whoever_says_no_is_left_alone(teacher: TalkPerson) -> None:
    await teacher.says("!похвалит Ёлкина помощь")
    assert await teacher.says("нет, это не вам") == []
    assert await teacher.says("да") == []


async def test_a_half_command_is_asked_about_and_an_answer_completes_it(teacher: TalkPerson) -> None:
    assert await teacher.says("!похвалить") == ["Whom?"]
    (question,) = await teacher.says("Петров")
    assert question.splitlines() == [
        "«Петров» — таких несколько. Кто именно?",
        "1. Петров Иван Сергеевич, ученик",
        "2. Петров Илья Олегович, ученик",
    ]
    (question,) = await teacher.says("2")
    assert question.splitlines() == ["Что выбрать?", "1. помощь", "2. хорошая идея"]
    assert await teacher.says("2") == ["Петров Илья Олегович: хорошая идея, 1"]


async def test_what_was_said_already_is_not_asked_for_again(teacher: TalkPerson) -> None:
    (question,) = await teacher.says("!похвалить Петров помощь с уборкой")
    assert "таких несколько" in question
    assert await teacher.says("Петров И. О.") == ["Петров Илья Олегович: помощь, 1"]


async def test_a_question_can_be_called_off(teacher: TalkPerson) -> None:
    await teacher.says("!похвалить")
    assert await teacher.says("отмена") == ["Хорошо, не буду."]
    assert await teacher.says("Ёлкина") == []


async def test_another_command_takes_the_place_of_a_question(teacher: TalkPerson) -> None:
    await teacher.says("!похвалить")
    assert await teacher.says("!руки Кто?") == ["Кто?"]
    assert await teacher.says("Ёлкина") == []


async def test_who_talks_to_others_meanwhile_is_left_alone(teacher: TalkPerson, student: TalkPerson) -> None:
    await teacher.says("!похвалить")
    assert await student.says("Ёлкина") == [], "it was not asked"
    assert await teacher.says("Дети, завтра контрольная") == []
    assert await teacher.says("Ёлкина") == []


async def test_who_answers_the_question_itself_is_asked_again(teacher: TalkPerson, talk: Talk) -> None:
    await teacher.says("!похвалить")
    (question,) = await teacher.replies(talk.said[-1].id, "Сидоров")
    assert question.startswith("Здесь нет никого по имени «Сидоров»")
    (question,) = await teacher.replies(talk.said[-1].id, "Ёлкина")
    assert question.startswith("Что выбрать?")


async def test_a_slip_is_no_answer_to_a_question(teacher: TalkPerson) -> None:
    await teacher.says("!похвалить")
    assert await teacher.says("!рукии Кто?") == ["Вы имели в виду !руки? Ответьте «да», и я всё сделаю."]
    assert await teacher.says("да") == ["Кто?"]


async def test_what_is_said_at_once_is_taken_one_after_another(student: TalkPerson, talk: Talk) -> None:
    """Both come while the question is open; the first one closes it."""
    alone = await student.writes_directly()
    await alone.says("напомнить")
    for words in ("5", "печь", "руки Кто?"):
        talk.chat.add(alone.room.id, alone.user, "m.room.message", {"msgtype": "m.text", "body": words})
    assert words_of(await talk.settle()) == ["Что написать?", "I will.", "Кто?"]

    await student.says("!напомнить 5")
    for words in ("печь", "а я не пойду"):
        talk.chat.add(student.room.id, student.user, "m.room.message", {"msgtype": "m.text", "body": words})
    assert words_of(await talk.settle()) == ["I will."]


async def test_a_question_is_forgotten_after_a_while(teacher: TalkPerson, talk: Talk) -> None:
    await teacher.says("!похвалить")
    talk.clock.advance(minutes=11)
    assert await teacher.says("Ёлкина") == []


async def test_a_number_that_is_none_is_asked_for(student: TalkPerson) -> None:
    assert await student.says("!напомнить завтра про печь") == [
        "«завтра» — это не число. Какое число записать?"
    ]
    assert await student.says("5") == ["I will."]


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
    del talk.directory.rooms[teacher.room.id]
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
