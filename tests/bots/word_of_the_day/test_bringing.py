"""Students bring words in turn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bots.word_of_the_day.conftest import ROTA, SET_UP, Class, class_in

from zvonok_botkit.testing import Talk
from zvonok_core.ids import EventId

IN_ROOM = (
    "Следующее слово приносит {}: {}. Пришлите его мне в личный чат или ответом на это сообщение: само слово, "
    "что оно значит и пример."
)
ALONE = (
    "Следующее слово дня приносите вы: {}. Напишите его сюда, а я спрошу, что оно значит, и попрошу пример."
)
BELOVA, ELKINA, PETROV = "Белова Анна Олеговна", "Ёлкина Зоя Петровна", "Петров Иван Сергеевич"
WHOLE = "serendipity – счастливая случайность – It was pure serendipity."
THANKS = "Спасибо, отличная находка! Класс увидит «{}»: завтра, 25 ноября."
NOTICE = (
    f"{BELOVA} приносит слово дня: завтра, 25 ноября.\nserendipity\nсчастливая случайность\n"
    "It was pure serendipity.\nЕсли его лучше не показывать, поставьте 👎."
)
CARD = (
    "Слово дня: serendipity\nсчастливая случайность\nПример: It was pure serendipity.\n"
    f"Спасибо за слово, {BELOVA}!\nКак бы вы это объяснили? Ответьте в обсуждении под этим сообщением: значение "
    "своими словами и пример – текстом, голосом, видео или картинкой."
)
KINDLY = "Слова на этот раз не получилось? Ничего страшного, ваша очередь ещё подойдёт."
EXAMPLE = "И пример: предложение с этим словом. Если примера нет, напишите «нет»."
WHICH = "Какое слово вы выбрали? Одно слово или короткое выражение."


def announced(class_: Class) -> EventId:
    """The newest word in the room on whose turn it is."""
    return next(e.id for e in reversed(class_.sent()) if "Следующее слово приносит" in str(e.content["body"]))


async def begun(class_: Class) -> None:
    said = await class_.anna.says(ROTA)
    state = (
        "📖 Слово дня: по будням в 8:30; английский, слова приносят ученики.\n"
        f"Следующее слово – завтра, 25 ноября.\nЕго приносит {BELOVA}.\n"
        f"Дальше по очереди: {ELKINA} и {PETROV}."
    )
    day = "завтра, 25 ноября"
    assert sorted(said) == sorted([state, IN_ROOM.format(BELOVA, day), ALONE.format(day)])


async def test_a_word_is_brought_piece_by_piece_in_the_direct_chat(class_: Class) -> None:
    await begun(class_)
    assert class_.sent()[-1].content["m.mentions"] == {"user_ids": [class_.belova.user]}
    alone = await class_.belova.writes_directly()
    assert await alone.says("ой, а можно завтра?") == [WHICH]
    assert await alone.says("serendipity") == ["«serendipity». Что это значит?"]
    without = NOTICE.replace("It was pure serendipity.\n", "")
    assert sorted(await alone.says("счастливая случайность")) == sorted([EXAMPLE, without]), (
        "the teacher sees whatever may be shown"
    )
    assert sorted(await alone.says("It was pure serendipity.")) == sorted(
        [THANKS.format("serendipity"), f"* {NOTICE}"]
    )
    assert (await alone.says("спасибо"))[0].startswith("Такого я пока не умею")
    assert "Его приносит Белова Анна Олеговна, и оно уже у меня." in (await class_.anna.says("!слово-дня"))[0]
    said = await class_.until("2026-11-25T08:30")
    assert sorted(said) == sorted(
        [CARD, IN_ROOM.format(ELKINA, "завтра, 26 ноября"), ALONE.format("завтра, 26 ноября")]
    )


@pytest.mark.parametrize(
    "words", [WHOLE, WHOLE.replace(" – ", "\n"), f"Моё слово {WHOLE}", f"!моё слово {WHOLE}"]
)
async def test_a_word_is_brought_at_once(class_: Class, words: str) -> None:
    await begun(class_)
    alone = await class_.belova.writes_directly()
    assert sorted(await alone.says(words)) == sorted([THANKS.format("serendipity"), NOTICE])


async def test_a_word_is_brought_in_reply_in_the_room(class_: Class) -> None:
    await begun(class_)
    asked = announced(class_)
    assert await class_.belova.replies(asked, "joy") == ["«joy». Что это значит?"]
    assert (await class_.belova.replies(class_.sent()[-1].id, "радость"))[0].startswith("И пример")
    said = await class_.belova.replies(class_.sent()[-1].id, "нет")
    assert not any("приносит слово дня" in words for words in said), "the teacher has seen it already"
    assert THANKS.format("joy") in said
    assert (await class_.until("2026-11-25T08:30"))[0].startswith("Слово дня: joy\nрадость\nСпасибо за слово")


async def test_a_word_is_brought_by_the_command_in_the_room_or_in_a_thread(class_: Class) -> None:
    await begun(class_)
    assert await class_.belova.says("!моё слово") == [WHICH]
    assert await class_.belova.says("joy") == ["«joy». Что это значит?"]
    thread = class_.belova.in_thread(announced(class_))
    assert (await class_.belova.says("радость", **thread))[0].startswith("И пример")
    assert await class_.belova.says("!моё слово ???") == [WHICH]


async def test_an_example_is_no_condition(class_: Class) -> None:
    await begun(class_)
    alone = await class_.belova.writes_directly()
    await alone.says("joy – радость")
    assert (await class_.until("2026-11-25T08:30"))[0].startswith("Слово дня: joy\nрадость\nСпасибо")


async def test_it_is_nobody_else_s_turn(class_: Class) -> None:
    await begun(class_)
    no = ["Сейчас не ваша очередь приносить слово. Когда она подойдёт, я скажу."]
    assert await class_.petrov.says(f"!моё слово {WHOLE}") == no
    assert await class_.anna.says(f"!моё слово {WHOLE}") == no
    assert await class_.petrov.replies(announced(class_), WHOLE) == []
    assert await class_.petrov.says("чур я", **class_.petrov.in_thread(announced(class_))) == []
    alone = await class_.petrov.writes_directly()
    assert (await alone.says("serendipity"))[0].startswith("Такого я пока не умею")


async def test_a_word_without_a_meaning_is_not_shown(class_: Class) -> None:
    await begun(class_)
    await (await class_.belova.writes_directly()).says("serendipity")
    assert KINDLY in await class_.until("2026-11-25T08:30")


async def test_whoever_comes_first_has_the_evening_for_it(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    await class_.until("2026-11-25T08:00")
    assert IN_ROOM.format(BELOVA, "завтра, 26 ноября") in await class_.anna.says(ROTA)
    assert await class_.until("2026-11-25T08:30") == [], "nobody is passed over for what was planned before"
    await (await class_.belova.writes_directly()).says(WHOLE)
    assert CARD in await class_.until("2026-11-26T08:30")


async def test_a_word_can_be_changed_until_it_is_shown(class_: Class) -> None:
    await begun(class_)
    alone = await class_.belova.writes_directly()
    await alone.says(WHOLE)
    said = await alone.says("joy – радость – What joy!")
    assert THANKS.format("joy") in said
    assert any(words.startswith(f"{BELOVA} приносит слово дня") and "joy" in words for words in said)
    assert THANKS.format("luck") in await alone.says("моё слово luck – удача – Good luck!")
    assert (await class_.until("2026-11-25T08:30"))[0].startswith("Слово дня: luck\n")


async def test_the_teacher_may_decline_a_word(class_: Class) -> None:
    await begun(class_)
    alone = await class_.belova.writes_directly()
    await alone.says(WHOLE)
    teacher = await class_.anna.writes_directly()
    notice = class_.sent(teacher.room)[-1].id
    assert await teacher.reacts(notice, "👍") == []
    assert sorted(await teacher.reacts(notice, "👎")) == sorted(
        [
            "Хорошо, это слово не покажу и попрошу другое.",
            "Учитель просит выбрать другое слово вместо «serendipity». Какое возьмёте?",
        ]
    )
    late = ["Уже поздно: это слово показано или его больше нет."]
    assert await teacher.reacts(notice, "👎") == late
    assert await alone.says("joy") == ["«joy». Что это значит?"]
    await alone.says("радость")
    await class_.until("2026-11-25T08:30")
    assert await teacher.reacts(notice, "👎") == late


async def test_who_is_no_teacher_any_more_declines_nothing(class_: Class) -> None:
    await begun(class_)
    await (await class_.belova.writes_directly()).says(WHOLE)
    teacher = await class_.anna.writes_directly()
    views = class_.talk.directory.views
    view = views[class_.room.id]
    left = tuple(member for member in view.members if member.user != class_.anna.user)
    views[class_.room.id] = replace(view, members=left)
    class_.talk.program.rooms.forget(class_.room.id)
    assert await teacher.reacts(class_.sent(teacher.room)[-1].id, "👎") == []
    assert (await class_.until("2026-11-25T08:30"))[0].startswith("Слово дня: serendipity")


async def test_whoever_brings_nothing_is_passed_over_kindly_and_comes_again(class_: Class) -> None:
    await begun(class_)
    said = await class_.until("2026-11-25T08:30")
    assert sorted(said) == sorted(
        [KINDLY, IN_ROOM.format(ELKINA, "завтра, 26 ноября"), ALONE.format("завтра, 26 ноября")]
    )
    assert not any(BELOVA in str(event.content["body"]) for event in class_.sent()[-1:])
    assert KINDLY not in [event.content["body"] for event in class_.sent()], "nobody else hears of it"
    said = await class_.until("2026-11-26T08:30")
    assert IN_ROOM.format(PETROV, "завтра, 27 ноября") in said
    said = await class_.until("2026-11-27T08:30")
    assert IN_ROOM.format(BELOVA, "30 ноября (понедельник)") in said, "she comes again"


async def test_the_teacher_skips_who_is_absent(class_: Class) -> None:
    await begun(class_)
    said = await class_.anna.says("!пропустить")
    assert sorted(said) == sorted(
        [
            "На этот раз слово принесёт кто-нибудь другой, а ваша очередь ещё подойдёт.",
            IN_ROOM.format(ELKINA, "завтра, 25 ноября"),
            ALONE.format("завтра, 25 ноября"),
        ]
    )
    assert await class_.anna.says("!пропустить Петрова") == [f"Хорошо, {PETROV} – в конце очереди."]
    assert (
        f"Его приносит {ELKINA}.\nДальше по очереди: {BELOVA} и {PETROV}."
        in (await class_.anna.says("!слово-дня"))[0]
    )
    alone = await class_.elkina.writes_directly()
    await alone.says(WHOLE)
    assert await class_.anna.says("!пропустить") == [f"Слово уже принесено: {ELKINA}."]
    assert await class_.anna.says("!пропустить Никого") == [
        "Здесь нет никого по имени «Никого». О ком речь?\n"
        f"1. {BELOVA}, ученик\n2. {ELKINA}, ученик\n3. {PETROV}, ученик\n4. Смирнова Ольга Павловна, учитель"
    ]


async def test_without_a_rota_there_is_nobody_to_skip(class_: Class) -> None:
    no = ["Здесь слова берутся из списка, пропускать некого."]
    assert await class_.anna.says("!пропустить") == no
    await class_.anna.says(SET_UP)
    assert await class_.anna.says("!пропустить") == no


async def test_who_has_not_come_in_is_left_out(class_: Class) -> None:
    views = class_.talk.directory.views
    view = views[class_.room.id]
    members = tuple(replace(one, joined=one.user != class_.belova.user) for one in view.members)
    views[class_.room.id] = replace(view, members=members)
    class_.talk.program.rooms.forget(class_.room.id)
    assert IN_ROOM.format(ELKINA, "завтра, 25 ноября") in await class_.anna.says(ROTA)


async def test_a_room_without_students_has_no_rota(talk: Talk) -> None:
    class_ = class_in(talk)
    views = talk.directory.views
    members = tuple(one for one in views[class_.room.id].members if one.user == class_.anna.user)
    views[class_.room.id] = replace(views[class_.room.id], members=members)
    talk.program.rooms.forget(class_.room.id)
    nobody = "В этом чате нет учеников, которые могли бы приносить слова."
    assert await class_.anna.says(ROTA) == [nobody]
    await class_.anna.says(SET_UP)
    assert "английский, средний уровень" in (await class_.anna.says("!слово-дня"))[0]


async def test_when_the_last_student_leaves_the_teacher_is_told(class_: Class) -> None:
    await begun(class_)
    views = class_.talk.directory.views
    members = tuple(one for one in views[class_.room.id].members if one.user == class_.anna.user)
    views[class_.room.id] = replace(views[class_.room.id], members=members)
    class_.talk.program.rooms.forget(class_.room.id)
    said = await class_.until("2026-11-25T08:30")
    assert "В этом чате нет учеников, которые могли бы приносить слова." in said
    assert await class_.until("2026-11-26T08:30") == [], "once is enough"
    new = class_.room.enter("Новиков Глеб, ученик")
    said = await class_.anna.says("!слово-дня продолжить")
    assert ALONE.format("завтра, 27 ноября") in said
    assert (await (await new.writes_directly()).says("joy"))[0] == "«joy». Что это значит?"


async def test_a_change_of_the_days_takes_the_turn_along(class_: Class) -> None:
    await begun(class_)
    said = await class_.anna.says("!слово-дня пт в 9:00")
    assert said[0].split("\n")[1:3] == ["Следующее слово – 27 ноября (пятница).", f"Его приносит {BELOVA}."]
    assert len(said) == 1, "nobody is asked anew"
    alone = await class_.belova.writes_directly()
    assert (await alone.says(WHOLE))[0] == THANKS.format("serendipity").replace(
        "завтра, 25 ноября", "27 ноября (пятница)"
    )
    assert (await class_.until("2026-11-27T09:00"))[0] == CARD


async def test_a_turn_outlives_days_when_the_bot_was_away(class_: Class) -> None:
    await begun(class_)
    await (await class_.belova.writes_directly()).says(WHOLE)
    assert await class_.until("2026-11-25T22:00") == []
    assert (await class_.until("2026-11-26T08:30"))[0] == CARD


async def test_the_rota_ends_with_another_source(class_: Class) -> None:
    await begun(class_)
    await class_.anna.says(SET_UP)
    assert await class_.belova.says(f"!моё слово {WHOLE}") == [
        "Сейчас не ваша очередь приносить слово. Когда она подойдёт, я скажу."
    ]


async def test_of_two_rooms_the_nearer_turn_is_meant(talk: Talk) -> None:
    first, second = class_in(talk, "7А"), class_in(talk, "Кружок")
    await first.anna.says(ROTA.replace("по будням", "пт"))
    await second.anna.says(ROTA)
    alone = await first.belova.writes_directly()
    no = ["Сейчас не ваша очередь приносить слово. Когда она подойдёт, я скажу."]
    third = class_in(talk, "Хор")
    assert await third.belova.says(f"!моё слово {WHOLE}") == no, "another room is another turn"
    assert THANKS.format("serendipity") in await alone.says(WHOLE)
    assert second.belova.user == first.belova.user
