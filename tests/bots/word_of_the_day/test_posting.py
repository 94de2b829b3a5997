"""Each day's word: when it comes, when it does not, and what a list's end sounds like."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from bots.word_of_the_day.conftest import SET_UP, Class, class_in
from PIL import Image

from zvonok_botkit.calendar import Holiday
from zvonok_botkit.fakes import FakeChat
from zvonok_botkit.testing import Talk, conversation
from zvonok_core.clock import ManualClock
from zvonok_core.roles import Role
from zvonok_word_of_the_day.bot import bot
from zvonok_word_of_the_day.words import shipped

NEW_YEAR = Holiday(date(2026, 12, 29), date(2027, 1, 10))
WINTER = datetime(2026, 12, 28, 6, 0, tzinfo=UTC)


def word_of(said: Sequence[str]) -> list[str]:
    """The words that came."""
    return [
        words.split("\n")[0].removeprefix("Слово дня: ") for words in said if words.startswith("Слово дня: ")
    ]


async def sends_list(class_: Class, *words: str, room: str = "английский") -> None:
    await class_.anna.says(f"!слово-дня по будням в 8:30, {room}, свой список")
    table = "слово;перевод\n" + "".join(f"{word};{word}-перевод\n" for word in words)
    said = await class_.anna.sends_file(
        "слова.csv", table.encode(), **class_.anna.in_thread(class_.sent()[-1].id)
    )
    assert said[1].startswith(f"Список принят: {len(words)} ")


async def test_a_word_is_a_picture_and_all_of_it_in_words(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    assert await class_.until("2026-11-25T08:29") == []
    (said,) = await class_.until("2026-11-25T08:30")
    word = next(one for one in shipped("en", 2) if one.word == word_of([said])[0])
    assert said == (
        f"Слово дня: {word.word}\n[{word.transcription}], {word.part}\n{word.meaning}\nПример: {word.example}\n"
        "Как это по-русски? Ответьте в обсуждении под этим сообщением: перевод и свой пример – текстом, голосом, "
        "видео или картинкой."
    )
    assert word.translation not in said, "the class is to find it out"
    content = class_.sent()[-1].content
    assert content["msgtype"] == "m.image" and content["m.mentions"] == {}
    png = class_.talk.chat.files[content["url"]]
    assert Image.open(io.BytesIO(png)).width == 1020


async def test_a_russian_word_shows_where_it_comes_from(class_: Class) -> None:
    await class_.anna.says("!слово-дня русский")
    (said,) = await class_.until("2026-11-25T08:30")
    word = next(one for one in shipped("ru", 0) if one.word == word_of([said])[0])
    assert f"Откуда слово: {word.origin}\nКак бы вы это объяснили?" in said


async def test_no_word_comes_twice_whatever_the_list(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    came = []
    day = date(2026, 11, 25)
    for _ in range(12):
        came += word_of(await class_.until(f"{day}T08:30"))
        day += timedelta(days=1)
    assert len(came) == len(set(came)) == 8, "nothing on Saturday and Sunday"
    await class_.anna.says("!слово-дня стоп")
    await class_.anna.says(SET_UP)
    assert not set(word_of(await class_.until("2026-12-08T08:30"))) & set(came)


async def test_what_was_missed_is_left_out_and_the_day_itself_made_up_for(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    # Nothing runs until Friday noon.
    (only,) = word_of(await class_.until("2026-11-27T12:00"))
    assert await class_.until("2026-11-27T12:10") == []
    assert len(word_of(await class_.until("2026-11-30T08:30"))) == 1
    assert only
    assert await class_.talk.program.database.fetchval("SELECT COUNT(*) FROM word_of_the_day_days") == 2


async def test_a_day_that_ends_before_the_bot_is_back_is_left_out(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    assert await class_.until("2026-11-25T22:00") == [], "these are quiet hours"
    assert await class_.until("2026-11-26T07:00") == []
    assert len(word_of(await class_.until("2026-11-26T08:30"))) == 1


async def test_looking_how_it_stands_at_the_very_moment_takes_no_word_away(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    talk = class_.talk
    talk.clock.advance(hours=20.5)
    command = {"msgtype": "m.text", "body": "!слово-дня"}
    talk.chat.add(class_.room.id, class_.anna.user, "m.room.message", command)
    await talk.hear()
    await talk.program.handle_all(bot.name)  # before the bot looks at the clock
    said = [str(event.content["body"]) for event in await talk.settle()]
    assert "завтра, 26 ноября" in said[0] and len(word_of(said)) == 1


async def test_a_job_that_comes_twice_brings_one_word(
    class_: Class, caplog: pytest.LogCaptureFixture
) -> None:
    await class_.anna.says(SET_UP)
    assert len(await class_.until("2026-11-25T08:30")) == 1
    await class_.talk.program.database.execute(
        """INSERT INTO kit_jobs (bot, name, key, due, room, data)
        VALUES ('word-of-the-day', 'post_word', 'again', 0, $1, '{"day": "2026-11-25"}')""",
        class_.room.id,
    )
    assert await class_.until("2026-11-25T08:31") == []
    assert len(await class_.until("2026-11-26T08:30")) == 1
    assert "bug" not in caplog.text


async def test_the_same_day_has_one_word_though_the_time_is_changed(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    await class_.until("2026-11-25T08:30")
    assert "завтра, 26 ноября" in (await class_.anna.says("!слово-дня в 9:00"))[0]
    assert await class_.until("2026-11-25T12:00") == []
    assert await class_.until("2026-11-26T08:59") == []
    assert len(await class_.until("2026-11-26T09:00")) == 1


@pytest.mark.parametrize("zone", ["Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka"])
async def test_holidays_and_the_new_year_by_the_school_s_own_clock(database_url: str, zone: str) -> None:
    clock = ManualClock(WINTER)
    async with conversation(
        bot, database_url=database_url, chat=FakeChat(clock), clock=clock, zone=zone, holidays=[NEW_YEAR]
    ) as talk:
        class_ = replace(class_in(talk), zone=zone)
        said = await class_.anna.says("!слово-дня каждый день в 8:30, английский, средний")
        today = {
            "Europe/Kaliningrad": "сегодня",
            "Europe/Moscow": "11 января (понедельник)",
            "Asia/Kamchatka": "11 января (понедельник)",
        }
        assert said[0].split("\n")[1] == f"Следующее слово – {today[zone]}."
        if zone == "Europe/Kaliningrad":  # where it is eight in the morning
            assert len(word_of(await class_.until("2026-12-28T08:30"))) == 1
        for day in ("2026-12-29", "2026-12-31", "2027-01-01", "2027-01-10"):
            assert word_of(await class_.until(f"{day}T08:30")) == []
        assert await class_.until("2027-01-11T08:29") == []
        assert len(word_of(await class_.until("2027-01-11T08:30"))) == 1
        assert len(word_of(await class_.until("2027-01-12T08:30"))) == 1


async def test_holidays_that_are_entered_later_count(database_url: str) -> None:
    chat = FakeChat(ManualClock(WINTER))
    async with conversation(bot, database_url=database_url, chat=chat, clock=chat.clock) as talk:
        class_ = class_in(talk)
        await class_.anna.says(SET_UP)
        people = talk.directory
    async with conversation(
        bot, database_url=database_url, chat=chat, clock=chat.clock, holidays=[NEW_YEAR]
    ) as talk:
        talk.directory.people, talk.directory.views = people.people, people.views
        again = replace(class_, talk=talk)
        await talk.settle()
        assert await again.until("2026-12-29T08:30") == []
        assert len(word_of(await again.until("2027-01-11T08:30"))) == 1


async def test_a_pause_ends_by_itself(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    await class_.anna.says("!слово-дня пауза до 1 декабря")
    assert await class_.until("2026-11-30T23:00") == []
    assert len(word_of(await class_.until("2026-12-01T08:30"))) == 1
    assert "пауза" not in (await class_.anna.says("!слово-дня"))[0]


async def test_a_list_says_that_it_ends_a_week_before_and_with_its_last_word(class_: Class) -> None:
    words = ["one", "two", "three", "four", "five", "six", "seven"]
    await sends_list(class_, *words)
    days = ("11-25", "11-26", "11-27", "11-30", "12-01", "12-02", "12-03", "12-04", "12-07")
    heard = [
        [words for words in await class_.until(f"2026-{day}T08:30") if words.startswith("Слово дня")]
        for day in days
    ]
    assert [word_of(said) for said in heard] == [[word] for word in words] + [[], []], (
        "in the teacher's order"
    )
    ends = [[words for words in said if words.startswith("Слово дня (чат")] for said in heard]
    assert ends[1] == ["Слово дня (чат «7А. Класс»): осталось 5 слов, на неделю."]
    assert ends[6][0].startswith(
        "Слово дня (чат «7А. Класс»): сегодняшнее слово в списке последнее.\nПришлите мне список"
    )
    assert [number for number, said in enumerate(ends) if said] == [1, 6]
    assert (await class_.anna.says("!слово-дня"))[0].split("\n")[1:3] == [
        "Сейчас пауза. Чтобы продолжить, напишите: !слово-дня продолжить",
        "Жду ваш список.",
    ]


async def test_after_the_last_word_of_a_shipped_list_another_level_goes_on(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    database = class_.talk.program.database
    for number, word in enumerate(shipped("en", 2)[1:]):
        await database.execute(
            "INSERT INTO word_of_the_day_days (room, day, week, word) VALUES ($1, $2, '2020-W01', $3)",
            class_.room.id,
            f"2020-{number // 28 + 1:02}-{number % 28 + 1:02}",
            f'{{"word": "{word.word}"}}',
        )
    said = await class_.until("2026-11-25T08:30")
    assert word_of(said) == ["ability"]
    assert said[1] == (
        "Слово дня (чат «7А. Класс»): сегодняшнее слово в списке последнее.\n"
        "Чтобы продолжить, выберите в том чате другой уровень или источник: !слово-дня продвинутый"
    )
    assert await class_.until("2026-11-26T08:30") == []
    assert "Все слова списка уже были." in (await class_.anna.says("!слово-дня"))[0]
    await class_.anna.says("!слово-дня продвинутый")
    assert len(word_of(await class_.until("2026-11-27T08:30"))) == 1


async def test_a_list_that_has_not_come_is_asked_for_once(class_: Class) -> None:
    await class_.anna.says("!слово-дня по будням в 8:30, английский, свой список")
    (said,) = await class_.until("2026-11-25T08:30")
    assert said.startswith("Сегодня слова нет: я всё ещё жду ваш список.\nПришлите мне список")
    assert class_.sent()[-1].content["body"] != said, "only the teacher is told"
    assert await class_.until("2026-11-26T08:30") == []
    alone = await class_.anna.writes_directly()
    table = "слово;перевод\napple;яблоко\n".encode()
    assert (await alone.sends_file("слова.csv", table))[
        1
    ] == "Список принят: 1 слово.\nСледующее слово – завтра, 27 ноября."
    assert word_of(await class_.until("2026-11-27T08:30")) == ["apple"]


async def test_a_word_without_a_font_comes_in_words(class_: Class) -> None:
    await sends_list(class_, "苹果", room="китайский")
    said = await class_.until("2026-11-25T08:30")
    assert word_of(said) == ["苹果"]
    assert class_.sent()[-1].content["msgtype"] == "m.text"


async def test_while_the_directory_is_away_the_word_waits_and_comes(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    class_.talk.directory.away = True
    assert await class_.until("2026-11-25T08:30") == []
    assert await class_.until("2026-11-25T08:40") == []
    class_.talk.directory.away = False
    assert len(word_of(await class_.until("2026-11-25T08:51"))) == 1
    assert len(word_of(await class_.until("2026-11-26T08:30"))) == 1


async def test_with_the_directory_away_all_day_only_that_day_is_lost(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    class_.talk.directory.away = True
    await class_.until("2026-11-25T08:30")
    class_.talk.directory.away = False
    assert len(word_of(await class_.until("2026-11-26T08:30"))) == 1


async def test_in_a_room_of_last_year_it_ends(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    views = class_.talk.directory.views
    views[class_.room.id] = replace(views[class_.room.id], archived=True)
    class_.talk.program.rooms.forget(class_.room.id)
    assert await class_.until("2026-11-25T08:30") == []
    assert await class_.until("2026-11-26T08:30") == []
    database = class_.talk.program.database
    assert await database.fetchval("SELECT COUNT(*) FROM word_of_the_day_practices") == 0


async def test_another_teacher_is_told_when_the_first_one_has_left(class_: Class) -> None:
    await sends_list(class_, "one")
    oleg = class_.room.enter("Орлов Олег Игоревич, учитель", Role.TEACHER)
    views = class_.talk.directory.views
    view = views[class_.room.id]
    left = tuple(member for member in view.members if member.user != class_.anna.user)
    views[class_.room.id] = replace(view, members=left)
    class_.talk.program.rooms.forget(class_.room.id)
    await class_.until("2026-11-25T08:30")
    assert class_.talk.said[-1].room == f"!direct-{oleg.user}"


async def test_many_rooms_at_once(talk: Talk) -> None:
    classes = [class_in(talk, f"{number}А") for number in range(1, 12)]
    for one in classes:
        await one.anna.says(SET_UP)
    said = await classes[0].until("2026-11-25T08:30")
    assert len(word_of(said)) == 11
    assert len(set(word_of(said))) > 5, "each room has an order of its own"
