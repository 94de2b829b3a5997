"""Awards, talked about: who may give them to whom, how often, and how they are taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from zvonok_awards.bot import bot
from zvonok_awards.catalogue import AwardsSettings
from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.clock import ManualClock
from zvonok_core.directory import Named
from zvonok_core.ids import EventId, PersonId, UserId
from zvonok_core.roles import Role

NONE_TO_TAKE = "Отозвать здесь нечего: это может сделать тот, кто вручил награду, в течение 24 часов."
NOT_YOURS = "Отозвать награду может тот, кто её вручил, или администрация школы."
IVAN = "Петров Иван Сергеевич"


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(bot, database_url=database_url) as opened:
        yield opened


@pytest.fixture
def room(talk: Talk) -> TalkRoom:
    return talk.room("7А")


@pytest.fixture
def ivan(room: TalkRoom) -> TalkPerson:
    return room.enter(f"{IVAN}, ученик")


@pytest.fixture
def masha(room: TalkRoom) -> TalkPerson:
    return room.enter("Петрова Мария Ивановна, ученица")


@pytest.fixture
def anna(room: TalkRoom, ivan: TalkPerson, masha: TalkPerson) -> TalkPerson:
    return room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)


@pytest.fixture
def oleg(room: TalkRoom) -> TalkPerson:
    return room.enter("Белов Олег Игоревич, учитель", Role.TEACHER)


def card(name: str, badge: str, reason: str, by: str = "Смирнова Анна Павловна") -> str:
    return f"Награда «{badge}»: {name} – {reason}\nВручает {by}, 24 ноября 2026"


CURIOUS = card(IVAN, "Хочу всё знать", "за вопросы")


def last_card(talk: Talk) -> EventId:
    return next(
        event.id
        for event in reversed(talk.said)
        if str(event.content.get("body", "")).startswith("Награда «")
    )


def redacted(talk: Talk) -> list[EventId | None]:
    return [event.redacts for event in talk.said if event.redacts]


# ---------------------------------------------------------------- giving


@pytest.mark.parametrize(
    "words",
    [
        "!наградить @u1:school.test хочу-всё-знать за вопросы",
        "!наградить Ваню ХОЧУ ВСЕ ЗНАТЬ за вопросы",
        "!award Петрова Ивана «Хочу всё знать» за вопросы",
        "!award Петров И. Curious Mind: за вопросы",
        "!наградить Ваня curious, за вопросы",
        "!наградить Ваня «хочу» за вопросы",
        "!наградить Ваня всё знать – за вопросы",
        "!наградить Ваня\nхочу всё знать\nза вопросы",
        "бот, наградить Иван знать за вопросы",
    ],
)
async def test_an_award_is_given_in_any_words(anna: TalkPerson, words: str) -> None:
    assert await anna.says(words) == [CURIOUS]


async def test_the_card_is_a_picture_that_notifies_the_student(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await anna.says("!наградить Иван Хочу всё знать за вопросы")
    content = talk.said[-1].content
    assert content["msgtype"] == "m.image"
    assert content["m.mentions"] == {"user_ids": [ivan.user]}
    assert content["filename"] == "curious.png"
    assert content["info"]["w"] == 640
    assert 250 < content["info"]["h"] < 1280
    assert talk.chat.files[content["url"]].startswith(b"\x89PNG")
    assert content["info"]["size"] < 150_000


async def test_in_reply_to_a_message_its_author_is_awarded(anna: TalkPerson, ivan: TalkPerson) -> None:
    await ivan.says("А почему небо чёрное, если звёзд бесконечно много?")
    assert await anna.replies(ivan.last, "!наградить хочу всё знать за вопросы") == [CURIOUS]


async def test_in_a_reply_what_is_missing_is_asked_and_the_author_kept(
    anna: TalkPerson, ivan: TalkPerson
) -> None:
    await ivan.says("А почему?")
    (question,) = await anna.replies(ivan.last, "!наградить")
    assert question.startswith("Какую награду вручить?\n1. Хочу всё знать\n2. ")
    assert await anna.says("1") == ["За что?"]
    assert await anna.says("за вопросы") == [CURIOUS]


async def test_a_slip_is_asked_back_and_the_reason_kept(anna: TalkPerson) -> None:
    assert await anna.says("!наградить Иван Хачу всё знат за вопросы") == [
        "Такой награды нет. Может быть, эту?\n1. Хочу всё знать"
    ]
    assert await anna.says("1") == [CURIOUS]


async def test_a_part_that_several_names_have_is_asked_back(database_url: str, tmp_path: object) -> None:
    async with conversation(bot, database_url=database_url, language="en") as talk:
        room = talk.room()
        room.enter("Petrov Ivan, student")
        anna = room.enter("Smirnova Anna, teacher", Role.TEACHER)
        assert await anna.says("!award Petrov mind for the questions") == [
            "There are several awards like this. Which one?\n1. Curious Mind\n2. Bright Mind"
        ]
        assert await anna.says("Bright Mind") == [
            "Award “Bright Mind”: Petrov Ivan, for the questions\nGiven by Smirnova Anna, 24 November 2026"
        ]


async def test_what_is_no_award_at_all_gets_the_whole_list(anna: TalkPerson) -> None:
    (question,) = await anna.says("!наградить Иван Ядерный чемодан за вопросы")
    assert question.startswith("Такой награды нет. Какую вручить?\n1. Хочу всё знать\n")
    assert "16. Зелёный росток" in question
    assert await anna.says("16") == [card(IVAN, "Зелёный росток", "за вопросы")]


async def test_a_long_reason_is_asked_for_again(anna: TalkPerson) -> None:
    assert await anna.says(f"!наградить Иван Хочу всё знать за {'о' * 198}") == [
        "Столько на карточку не поместится, там хватает места на 200 знаков. Если коротко, за что?"
    ]
    assert await anna.says("за вопросы") == [CURIOUS]


async def test_people_in_a_reason_stand_by_name(anna: TalkPerson, masha: TalkPerson) -> None:
    words = f"!наградить Иван Верный друг за помощь {masha.user} и @gone:school.test"
    assert await anna.says(words) == [
        card(IVAN, "Верный друг", "за помощь Петрова Мария Ивановна и …"),
    ]


async def test_only_teachers_award_only_students_and_nobody_themselves(
    anna: TalkPerson, oleg: TalkPerson, ivan: TalkPerson, room: TalkRoom
) -> None:
    mother = room.enter("Петрова Ольга Юрьевна, родитель", Role.GUARDIAN)
    for person in (ivan, mother):
        assert await person.says("!наградить Мария Верный друг за помощь") == [
            "Это здесь могут делать только учителя."
        ]
    for name in ("Белов Олег Игоревич", "Петрова Ольга Юрьевна"):
        assert await anna.says(f"!наградить {name} Верный друг за помощь") == [
            f"Награды здесь только для учеников, а {name} к ним не относится."
        ]
    assert await anna.says("!наградить Смирнова Верный друг за помощь") == ["Наградить самого себя нельзя."]


async def test_a_teacher_of_another_room_may_not(talk: Talk, anna: TalkPerson, room: TalkRoom) -> None:
    elsewhere = talk.room("8Б")
    guest = elsewhere.enter("Орлова Вера Львовна, учитель", Role.TEACHER)
    room.enter("Орлова Вера Львовна, учитель", Role.STUDENT, level=0)
    here = TalkPerson(room, guest.person)
    assert await here.says("!наградить Иван Верный друг за помощь") == [
        "Это здесь могут делать только учителя."
    ]


async def test_between_two_nobody_is_awarded(anna: TalkPerson) -> None:
    alone = await anna.writes_directly()
    assert await alone.says("наградить Иван Верный друг за помощь") == [
        "Это делают в общем чате, а не в личном."
    ]


async def test_without_a_directory_whoever_leads_the_room_awards_the_others(database_url: str) -> None:
    async with conversation(bot, database_url=database_url, directory=False) as talk:
        room = talk.room(managed=False)
        ivan = room.enter(IVAN)
        anna = room.enter("Смирнова Анна Павловна", level=50)
        room.enter("Белов Олег Игоревич", level=100)
        assert await anna.says("!наградить Иван хочу всё знать за вопросы") == [CURIOUS]
        assert await anna.says("!наградить Белов хочу всё знать за вопросы") == [
            "Награды здесь только для учеников, а Белов Олег Игоревич к ним не относится."
        ]
        assert await ivan.says("!наградить Белов хочу всё знать за вопросы") == [
            "Это здесь могут делать только учителя."
        ]


# ---------------------------------------------------------------- once in a period

AGAIN = "такая награда уже вручена: Петров Иван Сергеевич, «Хочу всё знать». Можно выбрать другую."


@pytest.mark.parametrize(
    ("once_in", "begins", "still", "over"),
    [
        ("day", "Сегодня", "2026-11-24T20:59", "2026-11-24T21:00"),
        ("week", "На этой неделе", "2026-11-29T20:59", "2026-11-29T21:00"),
        ("month", "В этом месяце", "2026-11-30T20:59", "2026-11-30T21:00"),
        ("year", "В этом учебном году", "2027-08-31T20:59", "2027-08-31T21:00"),
    ],
)
async def test_the_same_once_in_a_period_of_the_schools_clock(
    tmp_path: object, once_in: str, begins: str, still: str, over: str
) -> None:
    clock = ManualClock(datetime(2026, 11, 24, 9, tzinfo=UTC))
    settings = {"awards": AwardsSettings(once_in=once_in)}  # type: ignore[arg-type]
    url = f"sqlite:///{tmp_path}/bots.db"
    async with conversation(bot, database_url=url, settings=settings, clock=clock) as talk:
        room = talk.room()
        room.enter(f"{IVAN}, ученик")
        anna = room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)
        words = "!наградить Иван хочу всё знать за вопросы"
        assert await anna.says(words) == [CURIOUS]
        for moment, given in ((still, False), (over, True)):
            clock.moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)
            (said,) = await anna.says(words)
            assert said.startswith("Награда «") if given else said == f"{begins} {AGAIN}"


async def test_another_badge_another_student_and_another_room_are_others(
    talk: Talk, anna: TalkPerson, oleg: TalkPerson, ivan: TalkPerson
) -> None:
    await anna.says("!наградить Иван хочу всё знать за вопросы")
    assert await oleg.says("!наградить Иван хочу всё знать за опыт") == [f"На этой неделе {AGAIN}"]
    assert (await anna.says("!наградить Иван Книгочей за чтение"))[0].startswith("Награда «Книгочей»")
    assert (await anna.says("!наградить Мария хочу всё знать за опыт"))[0].startswith("Награда «Хочу")
    physics = talk.room("Физика")
    physics.enter(f"{IVAN}, ученик")
    physics.enter("Белов Олег Игоревич, учитель", Role.TEACHER)
    assert await TalkPerson(physics, oleg.person).says("!наградить Иван хочу всё знать за опыт") == [
        f"На этой неделе {AGAIN}"
    ]


# ---------------------------------------------------------------- taking back


async def test_an_award_is_taken_back_by_its_card_and_may_be_given_anew(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await anna.says("!наградить Иван хочу всё знать за вопросы")
    given = last_card(talk)
    assert await anna.replies(given, "!отозвать") == [f"Награда отозвана. {IVAN}: «Хочу всё знать»"]
    assert redacted(talk) == [given]
    assert await ivan.says("!награды") == ["В этом учебном году наград пока нет. Всё впереди!"]
    assert await anna.replies(given, "!отозвать") == ["Эта награда уже отозвана."]
    assert await anna.says("!наградить Иван хочу всё знать за вопросы") == [CURIOUS]
    assert await anna.says("!revoke Ваня «Хочу всё знать»") == [f"Награда отозвана. {IVAN}: «Хочу всё знать»"]


async def test_what_is_taken_back_is_named_in_part_or_asked_for(talk: Talk, anna: TalkPerson) -> None:
    for words in ("Иван Книгочей за чтение", "Мария Книгочей за чтение", "Иван Художник за плакат"):
        await anna.says(f"!наградить {words}")
        talk.clock.advance(minutes=1)
    assert await anna.says("!отозвать Мария") == ["Награда отозвана. Петрова Мария Ивановна: «Книгочей»"]
    assert await anna.says("!отозвать Иван") == [
        f"Какую награду отозвать?\n1. {IVAN}: «Художник»\n2. {IVAN}: «Книгочей»"
    ]
    assert await anna.says("2") == [f"Награда отозвана. {IVAN}: «Книгочей»"]
    assert await anna.says("!отозвать Петров Книгочей") == [NONE_TO_TAKE]
    assert await anna.says("!отозвать") == [f"Какую награду отозвать?\n1. {IVAN}: «Художник»"]
    assert await anna.says("1") == [f"Награда отозвана. {IVAN}: «Художник»"]
    assert await anna.says("!отозвать") == [NONE_TO_TAKE]


async def test_a_family_name_of_several_is_enough_where_one_has_an_award(
    talk: Talk, anna: TalkPerson, room: TalkRoom
) -> None:
    room.enter("Петров Илья Олегович, ученик")
    await anna.says("!наградить Иван Книгочей за чтение")
    assert await anna.says("!отозвать Петров Книгочей") == [f"Награда отозвана. {IVAN}: «Книгочей»"]


async def test_after_a_day_it_stays(talk: Talk, anna: TalkPerson) -> None:
    await anna.says("!наградить Иван хочу всё знать за вопросы")
    given = last_card(talk)
    talk.clock.advance(hours=24, seconds=1)
    assert await anna.replies(given, "!отозвать") == [NONE_TO_TAKE]
    assert await anna.says("!отозвать Иван") == [NONE_TO_TAKE]
    assert redacted(talk) == []


async def test_only_the_giver_and_the_administration_take_back(
    talk: Talk, anna: TalkPerson, oleg: TalkPerson, ivan: TalkPerson, room: TalkRoom
) -> None:
    deputy = room.enter("Крылова Нина Петровна, завуч", Role.PRINCIPAL)
    await anna.says("!наградить Иван хочу всё знать за вопросы")
    given = last_card(talk)
    assert await oleg.replies(given, "!отозвать") == [NOT_YOURS]
    assert await oleg.says("!отозвать Иван") == [NONE_TO_TAKE]
    assert await ivan.replies(given, "!отозвать") == ["Это здесь могут делать только учителя."]
    assert redacted(talk) == []
    assert await deputy.replies(given, "!отозвать") == [f"Награда отозвана. {IVAN}: «Хочу всё знать»"]
    rows = await talk.program.database.fetch("SELECT what, by_user FROM awards_audit ORDER BY at, what")
    assert [(row["what"], row["by_user"]) for row in rows] == [
        ("given", anna.user),
        ("taken back", deputy.user),
    ]
    kept = await talk.program.database.fetchrow("SELECT reason, taken_back_by FROM awards")
    assert kept is not None
    assert (kept["reason"], kept["taken_back_by"]) == ("", deputy.user)


# ---------------------------------------------------------------- who has got what


async def test_a_student_sees_their_own_and_nobody_elses(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, masha: TalkPerson
) -> None:
    await anna.says("!наградить Иван хочу всё знать за вопросы")
    mine = ["В этом учебном году у вас 1 награда:\n• 24 ноября: «Хочу всё знать», за вопросы"]
    assert await ivan.says("!награды") == mine
    assert await (await ivan.writes_directly()).says("награды") == mine
    assert await masha.says("!награды") == ["В этом учебном году наград пока нет. Всё впереди!"]


@pytest.mark.parametrize(
    ("count", "title"), [(1, "1 награда:"), (3, "3 награды:"), (5, "5 наград:"), (21, "21 награда:")]
)
async def test_many_awards_are_counted_and_the_newest_shown(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, count: int, title: str
) -> None:
    for day in range(count):
        await anna.says(f"!наградить Иван хочу всё знать за вопрос {day + 1}")
        talk.clock.advance(days=7)
    (said,) = await ivan.says("!награды")
    lines = said.split("\n")
    assert lines[0] == f"В этом учебном году у вас {title}"
    assert lines[1].endswith(f"за вопрос {count}")
    assert len(lines) == min(count, 20) + 1 + (count > 20)
    assert lines[-1] == "… и ещё 1" or count <= 20


async def test_the_new_school_year_begins_with_none_and_old_reasons_are_forgotten(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await anna.says("!наградить Иван хочу всё знать за вопросы")
    talk.clock.advance(days=300)
    assert await ivan.says("!награды") == ["В этом учебном году наград пока нет. Всё впереди!"]
    await anna.says("!наградить Иван хочу всё знать за опыт")
    rows = await talk.program.database.fetch("SELECT reason FROM awards ORDER BY given_at")
    assert [row["reason"] for row in rows] == ["", "за опыт"]


async def test_a_teacher_sees_the_class_in_private_only(
    talk: Talk, room: TalkRoom, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await anna.says("!наградить Иван хочу всё знать за вопросы")
    await anna.says("!наградить Иван Книгочей за чтение")
    view = "«7А», награды этого учебного года:\n• Петров Иван Сергеевич: 2\nПока без наград: Петрова Мария Ивановна"
    before = len(talk.said)
    assert sorted(await anna.says("!награды")) == sorted(["Ответ – в нашем личном чате.", view])
    where = {event.content["body"]: event.room for event in talk.said[before:]}
    assert where["Ответ – в нашем личном чате."] == room.id
    assert where[view] == f"!direct-{anna.user}"
    assert await (await anna.writes_directly()).says("награды") == [view]


async def test_a_teacher_alone_sees_only_chats_where_they_are_teachers_still(
    talk: Talk, room: TalkRoom, anna: TalkPerson
) -> None:
    await anna.says("!наградить Иван Книгочей за чтение")
    alone = await anna.writes_directly()
    view = talk.directory.rooms[room.id]
    left = tuple(member for member in view.members if member.user != anna.user)
    talk.directory.rooms[room.id] = replace(view, members=left)
    talk.program.dispatcher.rooms.forget(room.id)
    assert await alone.says("награды") == [
        "Напишите «!награды» в чате класса, и здесь появится, у кого сколько наград."
    ]


async def test_a_guardian_sees_their_children_in_private_only(
    talk: Talk, room: TalkRoom, anna: TalkPerson, ivan: TalkPerson
) -> None:
    mother = room.enter("Петрова Ольга Юрьевна, родитель", Role.GUARDIAN)
    children = tuple(
        Named(PersonId(user), user, name, True)
        for user, name in ((ivan.user, ivan.person.name), (UserId("@u99:school.test"), "Петров Глеб, ученик"))
    )
    known = talk.directory.people[mother.user]
    talk.directory.people[mother.user] = replace(known, children=children)
    await anna.says("!наградить Иван хочу всё знать за вопросы")
    await anna.says("!наградить Мария хочу всё знать за вопросы")
    view = (
        "Петров Иван Сергеевич: 1 награда в этом учебном году\n• 24 ноября: «Хочу всё знать», за вопросы\n"
        "Петров Глеб: в этом учебном году наград пока нет"
    )
    before = len(talk.said)
    assert sorted(await mother.says("!награды")) == sorted(["Ответ – в нашем личном чате.", view])
    assert {event.room for event in talk.said[before:] if event.content["body"] == view} == {
        f"!direct-{mother.user}"
    }
    assert await (await mother.writes_directly()).says("награды") == [view]


async def test_whom_awards_do_not_concern_is_told_so(talk: Talk, room: TalkRoom) -> None:
    guest = room.enter("Гость Пётр, родитель", Role.GUARDIAN)
    nothing = ["Награды вручают ученикам, и показать вам здесь пока нечего."]
    assert await guest.says("!награды") == nothing
    assert await (await guest.writes_directly()).says("награды") == nothing


async def test_the_leaderboard_is_off(anna: TalkPerson, ivan: TalkPerson) -> None:
    assert await ivan.says("!награды рейтинг") == ["Рейтинга наград в школе нет."]
    assert await anna.says("!awards top") == ["Рейтинга наград в школе нет."]


async def test_a_leaderboard_where_the_school_wants_one(database_url: str) -> None:
    settings = {"awards": AwardsSettings(leaderboard=True)}
    async with conversation(bot, database_url=database_url, settings=settings) as talk:
        room = talk.room()
        names = ["Аитов", "Белов", "Волков", "Громов", "Дымов", "Ежов", "Жуков"]
        students = [room.enter(f"{name} Иван, ученик") for name in names]
        anna = room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)
        assert await anna.says("!награды рейтинг") == ["В этом учебном году наград здесь ещё не вручали."]
        for name, count in zip(names, (1, 3, 1, 2, 2, 1, 0), strict=True):
            for badge in ("curious", "bookworm", "artist")[:count]:
                await anna.says(f"!наградить {name} {badge} за дело")
        assert await students[6].says("!награды рейтинг") == [
            "Больше всего наград в этом учебном году:\n"
            "1. Белов Иван: 3\n2. Громов Иван: 2\n2. Дымов Иван: 2\n"
            "4. Аитов Иван: 1\n4. Волков Иван: 1\n4. Ежов Иван: 1"
        ]
        assert await (await students[0].writes_directly()).says("награды рейтинг") == [
            "Рейтинг можно посмотреть в чате класса."
        ]
