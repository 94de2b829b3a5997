"""The kit as people meet it: what they say, and what a bot answers."""

from __future__ import annotations

import pytest

from zvonok_botkit.testing import ME, Talk, TalkPerson, TalkRoom, words_of

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
