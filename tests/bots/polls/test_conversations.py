"""Polls in a room, talked with."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bots.polls.conftest import Class

from zvonok_botkit import Answer, Bot, Context, Rest, services
from zvonok_botkit.testing import ME, TalkPerson, conversation
from zvonok_core.roles import Role
from zvonok_polls import native
from zvonok_polls.bot import bot

POLL = "!опрос Куда едем? Музей; Театр; Парк"


async def test_one_person_has_one_vote_whichever_way_it_came(class_: Class) -> None:
    await class_.teacher.says(POLL)
    ivan, anna, zoya = class_.students
    assert await ivan.votes(class_.poll, "a1") == []
    assert "1. Музей — 1 голос (100 %)" in await class_.results()
    await ivan.replies(class_.text, "2")
    assert class_.last("m.reaction").content["m.relates_to"]["key"] == "✅"
    assert "2. Театр — 1 голос (100 %)" in await class_.results()
    await ivan.reacts(class_.text, "3️⃣")
    assert "3. Парк — 1 голос (100 %)" in await class_.results()
    await ivan.says("!голос 1")
    await anna.says("бот, голос 2")
    await zoya.votes(class_.poll, "a2")
    said = await class_.results()
    assert said == (
        "📊 Куда едем?\n1. Музей — 1 голос (33 %)\n2. Театр — 2 голоса (67 %)\n3. Парк — 0 голосов (0 %)\n"
        "Проголосовали 3 человека."
    )


async def test_a_vote_that_is_taken_back_gives_the_one_before_its_force(class_: Class) -> None:
    await class_.teacher.says(POLL)
    ivan = class_.students[0]
    await ivan.votes(class_.poll, "a1")
    await ivan.reacts(class_.text, "2️⃣")
    reaction = ivan.last
    await ivan.takes_back(reaction)
    assert "1. Музей — 1 голос (100 %)" in await class_.results()
    await class_.wait(seconds=20)
    before = len(class_.talk.said)
    await ivan.takes_back(next(e.id for e in class_.talk.chat.timeline if e.type == native.RESPONSE))
    await class_.wait(seconds=20)
    assert "Голосов нет." in class_.talk.said[before].content["m.new_content"]["body"]
    await ivan.votes(class_.poll, "a1")
    await ivan.votes(class_.poll)
    assert "Голосов нет." in await class_.results()


async def test_what_is_no_vote_is_told_or_left_alone(class_: Class) -> None:
    await class_.teacher.says(POLL)
    ivan = class_.students[0]
    assert await ivan.replies(class_.text, "А когда?") == []
    assert await ivan.replies(class_.text, "у меня 2 вопроса") == []
    assert await ivan.reacts(class_.text, "👍") == []
    assert await ivan.reacts(class_.text, "9️⃣") == []
    assert await ivan.says("!голос 4") == ["У вариантов номера от 1 до 3. Какой вы выбираете?"]
    assert await ivan.says("!голос 1 2") == ["Выберите, пожалуйста, один вариант."]
    assert await ivan.says("!голос") == ["Какой вариант вы выбираете? Достаточно номера."]
    assert await ivan.says("2") == []
    assert "2. Театр — 1 голос" in await class_.results()


async def test_several_may_be_chosen(class_: Class) -> None:
    said = await class_.teacher.says(f"{POLL} (до двух вариантов)")
    assert "Можно выбрать не больше 2 вариантов: «1 3»." in said[0]
    assert class_.last(native.START).content[native.START]["max_selections"] == 2
    ivan, anna, zoya = class_.students
    await ivan.replies(class_.text, "1 и 3")
    await anna.reacts(class_.text, "1️⃣")
    await anna.reacts(class_.text, "2️⃣")
    await zoya.votes(class_.poll, "a3", "a2", "a1")
    said_now = await class_.results()
    assert [line.split("—")[1].split()[0] for line in said_now.splitlines()[1:4]] == ["2", "2", "2"]


async def test_a_hidden_poll_shows_nothing_before_its_end(class_: Class) -> None:
    said = await class_.teacher.says(f"{POLL} (итоги в конце)")
    assert "Итоги покажу, когда опрос закончится." in said[0]
    assert class_.last(native.START).content[native.START]["kind"] == native.UNDISCLOSED
    await class_.students[0].votes(class_.poll, "a1")
    assert await class_.wait(seconds=60) == []
    assert await class_.students[1].says("!итоги") == [
        "Ответил 1 человек.",
        "Итоги покажу, когда всё закончится.",
    ]
    said = await class_.teacher.says("!завершить")
    assert "1. Музей — 1 голос (100 %)" in said[0]


async def test_the_picture_is_changed_seldom_however_many_vote(class_: Class) -> None:
    await class_.teacher.says(POLL)
    changed = 0
    for second in range(60):
        await class_.students[second % 3].votes(class_.poll, f"a{second % 2 + 1}")
        changed += len(await class_.wait(seconds=1))
    assert 5 <= changed <= 7
    changed = 0
    for turn in range(100):
        await class_.students[turn % 3].votes(class_.poll, f"a{turn % 2 + 1}")
        changed += len(await class_.wait(milliseconds=300))
    assert changed >= 3, "who votes faster than it draws does not hold it up"
    await class_.wait(seconds=30)
    assert await class_.wait(seconds=30) == [], "nobody has voted"
    pictures = class_.sent("m.room.message")[1:]
    assert [("m.new_content" in one.content) for one in pictures] == [False, *[True] * (len(pictures) - 1)]
    last = pictures[-1].content["m.new_content"]
    assert last["msgtype"] == "m.image" and "Проголосовали 3 человека." in last["body"], "for screen readers"


async def test_only_its_author_and_teachers_end_a_poll(class_: Class) -> None:
    ivan, anna, _ = class_.students
    await ivan.says(POLL)
    assert await anna.says("!завершить") == ["Это может сделать только автор опроса или учитель."]
    await anna.votes(class_.poll, "a1")
    (_, said) = await ivan.says("!завершить")
    assert said.startswith("Опрос закончен.") and said.endswith(
        "Больше всего голосов у варианта «Музей»: 1 голос."
    )
    end = class_.last(native.END).content
    assert end["m.relates_to"] == {"rel_type": "m.reference", "event_id": class_.poll}
    assert end[native.TEXT] == said
    assert await anna.says("!голос 1") == ["Не вижу здесь опроса. Ответьте этой командой на сообщение с ним."]
    await class_.wait(seconds=1)
    assert await anna.replies(class_.text, "2") == []
    await anna.votes(class_.poll, "a2")
    assert "1. Музей — 1 голос" in await class_.results()
    await ivan.says(POLL)
    assert (await class_.teacher.says("!завершить"))[0].endswith("Голосов нет.")


async def test_a_command_is_about_the_poll_that_it_replies_to(class_: Class) -> None:
    await class_.teacher.says(POLL)
    old = class_.text
    await class_.teacher.says("!опрос Когда? Утром; Вечером")
    ivan = class_.students[0]
    await ivan.replies(old, "!голос 3")
    await ivan.says("!голос 2")
    assert "2. Вечером — 1 голос" in await class_.results()
    (said,) = await class_.teacher.replies(old, "!итоги")
    assert "3. Парк — 1 голос" in said


async def test_a_deadline_ends_it_and_later_votes_do_not_count(class_: Class) -> None:
    (said,) = await class_.teacher.says(f"{POLL} (до пятницы 18:00)")
    assert "Голосуем до 27 ноября (пятница), 18:00." in said
    await class_.students[0].votes(class_.poll, "a1")
    await class_.wait(days=3, hours=5)
    class_.talk.clock.advance(hours=2)
    await class_.students[1].votes(class_.poll, "a2")
    said = await class_.results()
    assert "1. Музей — 1 голос (100 %)" in said
    assert any(str(e.content["body"]).startswith("Опрос закончен") for e in class_.sent("m.room.message"))


async def test_a_deadline_in_quiet_hours_is_told_in_the_morning(class_: Class) -> None:
    (said,) = await class_.teacher.says(f"{POLL} (до 22:30)")
    assert "Голосуем сегодня до 22:30." in said
    assert await class_.wait(hours=11) == []
    assert await class_.students[0].says("!голос 1") == ["Этот опрос уже закончился."]
    assert await class_.wait(hours=9) != []


async def test_a_deadline_that_has_passed(class_: Class) -> None:
    assert await class_.teacher.says(f"{POLL} (до 01.11.2026)") == [
        "Этот срок уже прошёл. Напишите, пожалуйста, всё ещё раз с другим сроком."
    ]


async def test_the_same_again_from_the_beginning(class_: Class) -> None:
    await class_.teacher.says(f"{POLL} (можно несколько)")
    await class_.students[0].votes(class_.poll, "a1")
    await class_.teacher.says("!завершить")
    first = class_.poll
    await class_.teacher.replies(class_.text, "!повторить опрос")
    assert class_.poll != first
    assert class_.last(native.START).content[native.START]["max_selections"] == 3
    assert "Голосов нет." in await class_.results()


async def test_who_is_missing_is_told_to_the_teacher_alone_and_reminded_without_names(class_: Class) -> None:
    await class_.teacher.says(POLL)
    ivan, anna, zoya = class_.students
    await ivan.votes(class_.poll, "a1")
    for command in ("!кто не голосовал", "!напомнить об опросе"):
        assert await anna.says(command) == ["Это здесь могут делать только учителя."]
    said = await class_.teacher.says("!кто не ответил")
    assert sorted(said) == sorted([
        "📊 Куда едем?\nЕщё не ответили 2 человека:\nБелова Анна Олеговна\nЁлкина Зоя Петровна",
        "Ответ — в нашем личном чате.",
    ])  # fmt: skip
    told = next(event for event in class_.talk.said if "Белова" in str(event.content.get("body")))
    assert told.room != class_.room.id
    (said_to_all,) = await class_.teacher.says("!напомнить об опросе")
    assert said_to_all == "Кто ещё не проголосовал: опрос «Куда едем?» ждёт вас. Ответьте, пожалуйста."
    assert class_.last("m.room.message").content["m.mentions"] == {"user_ids": sorted([anna.user, zoya.user])}
    await anna.votes(class_.poll, "a1")
    await zoya.votes(class_.poll, "a1")
    assert await class_.teacher.says("!напомнить об опросе") == ["Все уже ответили."]


# ---------------------------------------------------------------- polls of clients


ANSWERS = [{"id": "x", native.TEXT: "Да"}, {"id": "y", native.TEXT: "Нет"}]
MADE = {
    native.TEXT: "Идём?",
    native.START: {"kind": native.DISCLOSED, "question": {native.TEXT: "Идём?"}, "answers": ANSWERS},
}


async def end(person: TalkPerson, poll: str, **content: str) -> list[str]:
    relates = {"m.relates_to": {"rel_type": "m.reference", "event_id": poll}}
    return await person.sends(native.END, {**relates, native.END: {}, **content})


async def test_a_poll_that_a_client_made_is_counted_and_closed(class_: Class) -> None:
    ivan, anna, zoya = class_.students
    await ivan.sends(native.START, MADE)
    poll = ivan.last
    await anna.votes(poll, "x")
    await zoya.votes(poll, "y")
    (said,) = await class_.teacher.replies(poll, "!итоги")
    assert "1. Да — 1 голос (50 %)" in said
    said = (await class_.teacher.replies(poll, "!завершить"))[-1]
    assert "Поровну, по 1 голосу: «Да» и «Нет»." in said
    assert class_.last(native.END).content["m.relates_to"] == {"rel_type": "m.reference", "event_id": poll}


async def test_an_end_without_words_is_said_again_with_them(class_: Class) -> None:
    ivan, anna, _ = class_.students
    await ivan.sends(native.START, MADE)
    poll = ivan.last
    await anna.votes(poll, "x")
    assert await end(anna, poll) == [], "it is not hers"
    said = await end(ivan, poll)
    assert said[-1].startswith("Опрос закончен.")
    assert class_.last(native.END).content[native.TEXT]
    assert await end(ivan, poll) == []


async def test_an_end_that_clients_heed_is_left_as_it_is(class_: Class) -> None:
    await class_.teacher.says(POLL)
    assert await end(class_.teacher, class_.poll, **{native.TEXT: "Всё"}) != []
    assert class_.sent(native.END) == []
    await class_.students[0].says(POLL)
    await end(class_.students[0], class_.poll, **{native.TEXT: "Всё"})
    assert len(class_.sent(native.END)) == 1, "clients heed no student's end of the bot's poll"


async def test_votes_for_a_poll_of_another_room_are_none(class_: Class) -> None:
    await class_.teacher.says(POLL)
    stranger = class_.talk.room().enter("Чужой Олег, ученик")
    await stranger.votes(class_.poll, "a1")
    assert await stranger.replies(class_.poll, "!итоги") == [
        "Не вижу здесь опроса. Ответьте этой командой на сообщение с ним."
    ]
    assert "Голосов нет." in await class_.results()


# ---------------------------------------------------------------- half commands, limits, services


async def test_a_half_command_is_completed_step_by_step(class_: Class) -> None:
    ivan = class_.students[0]
    assert await ivan.says("!опрос") == ["О чём спросить? Например: Куда едем? Музей; Театр; Парк"]
    assert await ivan.says("Куда едем?") == [
        "Какие будут варианты ответа? Напишите каждый с новой строки или через «;»."
    ]
    (said,) = await ivan.says("Музей\nТеатр")
    assert said.startswith("📊 Куда едем?\n1. Музей\n2. Театр\n")
    assert await ivan.says("!опрос Куда едем") != []
    (said,) = await ivan.says("музей, театр, до пятницы")
    assert said.startswith("📊 Куда едем\n1. музей\n2. театр\nЧтобы") and said.endswith("20:00.")


async def test_too_much_is_told(class_: Class) -> None:
    many = "; ".join(map(str, range(1, 22)))
    assert await class_.teacher.says(f"!опрос «Сколько?» {many}") == ["Вариантов может быть не больше 20."]
    assert (await class_.teacher.says(f"!опрос {'о' * 501}? да; нет"))[0].startswith("Так длинно")
    (said,) = await class_.teacher.says(f"!опрос «Сколько?» {many.removesuffix('; 21')}")
    assert "20. 20" in said


async def test_other_bots_start_polls(database_url: str) -> None:
    asks: Bot[None, None] = Bot("asks")

    @asks.command("ask", "спроси")
    async def ask(ctx: Context, what: Rest) -> Answer:
        """Ask: `!ask What?`"""
        polls = ctx.service(services.Polls)
        await polls.start(str(what), ["Да", "Нет"], by=ctx.asker.user, room=ctx.room)
        await polls.start(
            "2 + 2?", ["4", "5"], by=ctx.asker.user, room=ctx.room, right=[0], explanation="Да."
        )
        return None

    async with conversation(asks, bot, database_url=database_url) as talk:
        room = talk.room()
        teacher = room.enter("Смирнова Ольга Павловна, учитель", Role.TEACHER)
        said = await teacher.says("!спроси Идём?")
        assert [words.split("\n")[0] for words in said] == ["📊 Идём?", "📊 2 + 2?"]
        assert "«2 + 2?» Верно! Это 1 балл.\nДа." in await teacher.says("!голос 1")


async def test_other_bots_give_tests(database_url: str) -> None:
    asks: Bot[None, None] = Bot("asks")

    @asks.command("examine", "проверь")
    async def examine(ctx: Context, count: int) -> Answer:
        """Examine: `!examine 4`"""
        polls = ctx.service(services.Polls)
        answers = tuple(str(number) for number in range(count))
        question = services.Question("2 + 1?", answers, 3, "Потому что.")
        until = ctx.now + timedelta(hours=2)
        await polls.test("Счёт", [question] * 2, by=ctx.asker.user, room=ctx.room, until=until)
        return None

    async with conversation(asks, bot, database_url=database_url) as talk:
        room = talk.room()
        pupil = room.enter("Петров Иван Сергеевич, ученик")
        teacher = room.enter("Смирнова Ольга Павловна, учитель", Role.TEACHER)
        (said,) = await teacher.says("!проверь 4")
        assert said.startswith("📝 Счёт\nВ тесте 2 вопроса.") and "Голосуем сегодня до 14:00." in said
        (asked,) = await pupil.reacts(talk.said[-1].id, "👍")
        alone = await pupil.writes_directly()
        right = next(line[0] for line in asked.split("\n") if line[1:] == ". 3")
        await alone.says(right)
        (asked,) = [event.content["body"] for event in talk.said[-1:]]
        wrong = next(line[0] for line in asked.split("\n") if line[1:] == ". 1")
        assert await alone.says(wrong) == [
            "Это был последний вопрос, спасибо!\nВаш результат: 1 из 2 баллов."
        ]
        talk.clock.advance(hours=2)
        over = [str(event.content["body"]) for event in await talk.settle()]
        assert any("Потому что." in words for words in over), "whoever misses a question reads why"
        assert any("Петров Иван Сергеевич: 1 из 2 баллов" in words for words in over)
        assert (await teacher.says("!проверь 21"))[0].startswith("Вариантов может быть не больше 20")


async def test_an_old_poll_is_forgotten_with_its_votes(class_: Class) -> None:
    await class_.teacher.says(POLL)
    await class_.students[0].votes(class_.poll, "a1")
    first = class_.text
    await class_.teacher.says("!опрос Никем не законченный? да; нет")
    await class_.wait(days=300)
    await class_.teacher.replies(first, "!завершить")
    await class_.wait(days=66)
    database = class_.talk.program.database
    assert [row["title"] for row in await database.fetch("SELECT title FROM polls_polls")] == ["Куда едем?"]
    await class_.wait(days=300)
    for table in ("polls_polls", "polls_votes"):
        assert await database.fetchval(f"SELECT COUNT(*) FROM {table}") == 0


@pytest.mark.parametrize("language", ["en"])
async def test_it_speaks_english(language: str, database_url: str) -> None:
    async with conversation(bot, database_url=database_url, language=language) as talk:
        teacher = talk.room().enter("Smith Ann", Role.TEACHER)
        (said,) = await teacher.says("!poll Where shall we go? Museum; Theatre (several, until Friday 18:00)")
        assert said.endswith(
            "Several may be chosen, such as “1 3”.\nVotes count until 27 November (Friday), 18:00."
        )
        await teacher.says("!vote 1")
        said = (await teacher.says("!close poll"))[-1]
        assert said.startswith("The poll is over.\n📊 Where shall we go?\n1. Museum – 1 vote (100%)")
        assert talk.said[0].sender == ME
