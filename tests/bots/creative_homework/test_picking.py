"""Students take topics."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bots.creative_homework.conftest import Class, class_in

from zvonok_core.ids import RoomId, UserId

TAKEN = "Тема «Радуга» уже занята. Свободны темы: 2, 3."


async def test_by_a_number_in_reply_to_the_list(class_: Class) -> None:
    await class_.ivan.replies(class_.list, "беру 2")
    assert class_.marked(class_.ivan)
    assert class_.topics() == ["1. Радуга — свободна", "2. Молния — Петров Иван", "3. Эхо — свободна"]


async def test_in_the_discussion(class_: Class) -> None:
    await class_.ivan.says("Молния", **class_.ivan.in_thread(class_.list))
    assert class_.marked(class_.ivan) and class_.topics()[1] == "2. Молния — Петров Иван"


async def test_by_a_reaction(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    await class_.ivan.reacts(class_.list, "🔥")
    assert class_.topics()[1] == "2. Молния — Петров Иван"


async def test_by_a_command(class_: Class) -> None:
    await class_.ivan.says("!тема 2")
    assert class_.marked(class_.ivan) and class_.topics()[1] == "2. Молния — Петров Иван"
    assert await class_.anna.says("!тема") == ["Какую тему берёте? Хватит номера."]
    assert await class_.anna.says("любую") == ["Какую тему берёте?\n1. Радуга\n3. Эхо"]
    await class_.anna.says("эхо")
    assert class_.topics()[2] == "3. Эхо — Белова Анна"
    assert await class_.teacher.says("!тема 1") == ["Темы выбирают ученики этого чата."]


async def test_in_the_direct_chat(class_: Class) -> None:
    alone = await class_.ivan.writes_directly()
    await alone.says("тема 2")
    assert class_.words(class_.ivan)[-1] == (
        "Тема «Молния» ваша. Запись пришлите в чат класса или сюда, если хотите, чтобы её услышал только учитель."
    )
    assert class_.topics()[1] == "2. Молния — Петров Иван"


async def test_in_the_direct_chat_the_round_is_meant_that_closes_first_and_is_open(class_: Class) -> None:
    other = class_in(class_.talk)
    await other.teacher.says("!творческое Сыр; Хлеб (до завтра, по двое)")
    ivan = await class_.ivan.writes_directly()
    await ivan.says("тема 2")
    assert class_.words(class_.ivan)[-1].startswith("Тема «Хлеб» ваша.")
    await other.records(other.ivan)
    await ivan.says("тема 2")
    assert class_.words(class_.ivan)[-1].startswith("Тема «Молния» ваша.")
    await class_.records(class_.ivan)
    assert (await ivan.says("тема 1"))[0].startswith("Вы уже рассказали на тему «Хлеб».")
    stranger = await class_in(class_.talk).teacher.writes_directly()
    assert await stranger.says("тема 1") == ["Сейчас творческого задания здесь нет."]


async def test_of_two_at_the_same_moment_one_gets_it_and_the_other_is_told_kindly(class_: Class) -> None:
    talk, shown = class_.talk, class_.list
    for person in (class_.anna, class_.ivan):
        relates = {"m.relates_to": {"m.in_reply_to": {"event_id": shown}}}
        talk.chat.add(
            class_.room.id, person.user, "m.room.message", {"msgtype": "m.text", "body": "1", **relates}
        )
    said = await talk.settle()
    assert class_.topics()[0] == "1. Радуга — Белова Анна"
    (told,) = [event for event in said if event.content.get("body") == TAKEN]
    assert told.content["m.relates_to"] == {"m.in_reply_to": {"event_id": class_.ivan.last}}
    assert told.content["m.mentions"] == {"user_ids": [class_.ivan.user]}


async def test_whoever_is_late_with_a_reaction_is_told_alone(class_: Class) -> None:
    await class_.anna.reacts(class_.list, "1️⃣")
    hint = "\nЧтобы взять другую, напишите мне: тема и её номер."
    assert await class_.ivan.reacts(class_.list, "1️⃣") == [TAKEN + hint]
    assert class_.words(class_.ivan) == [TAKEN + hint]
    assert await class_.ivan.reacts(class_.list, "9️⃣") == [
        "Темы идут под номерами от 1 до 3. Какую берёте?" + hint
    ]
    alone = await class_.ivan.writes_directly()
    await alone.says("тема 3")
    assert class_.topics()[2] == "3. Эхо — Петров Иван"


async def test_an_answer_in_the_discussion_stays_there(class_: Class) -> None:
    below = class_.ivan.in_thread(class_.list)
    (said,) = await class_.ivan.says("7", **below)
    assert said == "Темы идут под номерами от 1 до 3. Какую берёте?"
    relates = class_.sent()[-1].content["m.relates_to"]
    assert (relates["rel_type"], relates["event_id"]) == ("m.thread", class_.list)
    assert relates["m.in_reply_to"] == {"event_id": class_.ivan.last}


async def test_the_last_topics(nobody_yet: Class) -> None:
    await nobody_yet.teacher.says("!творческое Радуга; Молния (без срока, по одному)")
    await nobody_yet.anna.reacts(nobody_yet.list, "1️⃣")
    await nobody_yet.zoya.reacts(nobody_yet.list, "2️⃣")
    assert await nobody_yet.ivan.replies(nobody_yet.list, "2") == [
        "Тема «Молния» уже занята. Свободных тем не осталось. Скажите об этом учителю — вместе что-нибудь придумаете."
    ]


async def test_several_may_take_one(nobody_yet: Class) -> None:
    await nobody_yet.teacher.says("!творческое Радуга; Молния (без срока, по двое)")
    assert nobody_yet.topics()[0] == "1. Радуга — свободно 2 места"
    await nobody_yet.anna.reacts(nobody_yet.list, "1️⃣")
    assert nobody_yet.topics()[0] == "1. Радуга — Белова Анна; ещё 1 место"
    await nobody_yet.zoya.reacts(nobody_yet.list, "1️⃣")
    assert nobody_yet.topics()[0] == "1. Радуга — Белова Анна, Ёлкина Зоя"
    assert await nobody_yet.ivan.replies(nobody_yet.list, "1") == [
        "Тема «Радуга» уже занята. Свободны темы: 2."
    ]


async def test_one_may_change_one_s_mind_until_one_has_told(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "1️⃣")
    await class_.ivan.replies(class_.list, "3")
    assert class_.topics() == ["1. Радуга — свободна", "2. Молния — свободна", "3. Эхо — Петров Иван"]
    await class_.anna.reacts(class_.list, "1️⃣")
    assert await class_.ivan.replies(class_.list, "1") == ["Тема «Радуга» уже занята. Свободны темы: 2, 3."]
    assert class_.topics()[2] == "3. Эхо — Петров Иван"
    await class_.records(class_.ivan)
    assert await class_.ivan.replies(class_.list, "2") == [
        "Вы уже рассказали на тему «Эхо». Чтобы взять другую, сначала удалите свой рассказ."
    ]
    await class_.ivan.replies(class_.list, "3")
    assert class_.marked(class_.ivan)


async def test_what_is_taken_back_is_free_again(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "1️⃣")
    await class_.ivan.takes_back(class_.ivan.last)
    assert class_.topics()[0] == "1. Радуга — свободна"
    await class_.ivan.replies(class_.list, "2")
    await class_.ivan.takes_back(class_.ivan.last)
    assert class_.topics()[1] == "2. Молния — свободна"


async def test_what_has_been_told_of_stays_taken(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "1️⃣")
    chosen = class_.ivan.last
    await class_.records(class_.ivan)
    await class_.ivan.takes_back(chosen)
    assert class_.topics()[0] == "1. Радуга — Петров Иван"


async def test_an_edit_is_another_choice(class_: Class) -> None:
    ivan = class_.ivan
    await ivan.replies(class_.list, "1")
    choice = ivan.last
    marks = [event for event in class_.talk.said if event.type == "m.reaction"]
    await class_.edits(ivan, choice, "2")
    assert class_.topics() == ["1. Радуга — свободна", "2. Молния — Петров Иван", "3. Эхо — свободна"]
    await class_.anna.reacts(class_.list, "1️⃣")
    assert await class_.edits(ivan, choice, "1") == ["Тема «Радуга» уже занята. Свободны темы: 2, 3."]
    assert class_.topics()[1] == "2. Молния — Петров Иван"
    await class_.edits(class_.zoya, choice, "3")  # not hers
    assert class_.topics()[2] == "3. Эхо — свободна"
    await class_.edits(ivan, choice, "ещё подумаю")
    assert class_.topics()[1] == "2. Молния — свободна"
    assert [event for event in class_.talk.said if event.type == "m.reaction"] == marks


async def test_words_become_a_choice_by_an_edit(class_: Class) -> None:
    await class_.ivan.replies(class_.list, "ээ")
    await class_.edits(class_.ivan, class_.ivan.last, "2")
    assert class_.topics()[1] == "2. Молния — Петров Иван"


@pytest.mark.parametrize("words", ["привет", "2 3", "А 2 это про что?"])
async def test_other_words_are_no_choice(class_: Class, words: str) -> None:
    assert await class_.ivan.replies(class_.list, words) == []
    assert not class_.marked(class_.ivan)


async def test_a_number_elsewhere_is_no_choice(class_: Class) -> None:
    await class_.ivan.says("2")
    await class_.anna.says("привет")
    await class_.ivan.replies(class_.anna.last, "2")
    await class_.teacher.replies(class_.list, "2")
    assert not class_.marked(class_.teacher)
    await class_.records(class_.zoya)
    relates = {
        "rel_type": "m.thread",
        "event_id": class_.list,
        "m.in_reply_to": {"event_id": class_.zoya.last},
    }
    await class_.ivan.says("2", **{"m.relates_to": relates})  # a mark for her story, perhaps
    assert class_.topics()[1] == "2. Молния — свободна"


async def test_whoever_leaves_gives_the_topic_back_and_has_it_again_when_they_return(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "1️⃣")
    moves(class_, class_.ivan.user, "leave")
    assert len(await class_.wait(hours=1)) == 1
    assert class_.topics()[0] == "1. Радуга — свободна"
    moves(class_, class_.zoya.user, "leave")
    assert await class_.wait(hours=1) == []
    class_.talk.directory.away = True
    assert await class_.wait(hours=1) == []
    for _ in range(5):
        assert await class_.wait(minutes=1) == []
    class_.talk.directory.away = False
    moves(class_, class_.ivan.user, "join")
    await class_.wait(hours=1)
    assert class_.topics()[0] == "1. Радуга — Петров Иван"
    await class_.teacher.says("!закончить")
    moves(class_, class_.ivan.user, "leave")
    assert await class_.wait(days=1) == []


async def test_the_place_of_somebody_who_has_left_can_be_taken_at_once(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "1️⃣")
    moves(class_, class_.ivan.user, "leave")
    await class_.anna.reacts(class_.list, "1️⃣")
    assert class_.topics()[0] == "1. Радуга — Белова Анна"


def moves(class_: Class, user: UserId, membership: str) -> None:
    """Somebody is taken out of the class, or is back."""
    views, room = class_.talk.directory.views, RoomId(class_.room.id)
    members = tuple(
        replace(member, joined=membership == "join") if member.user == user else member
        for member in views[room].members
    )
    views[room] = replace(views[room], members=members)
    class_.talk.chat.add(room, user, "m.room.member", {"membership": membership}, state_key=user)


async def test_when_it_is_over_nothing_can_be_taken(class_: Class) -> None:
    shown = class_.list
    await class_.ivan.reacts(shown, "1️⃣")
    chosen = class_.ivan.last
    await class_.teacher.says("!закончить")
    assert await class_.anna.reacts(shown, "2️⃣") == ["Это задание уже закончено."]
    assert await class_.anna.replies(shown, "2") == []
    assert await class_.ivan.takes_back(chosen) == []
    assert await class_.ivan.says("!тема 2") == ["Сейчас творческого задания здесь нет."]
