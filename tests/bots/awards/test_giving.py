"""Who may give awards to whom, in which words, and how often."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from zvonok_awards.bot import bot
from zvonok_awards.catalogue import AwardsSettings
from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.clock import ManualClock
from zvonok_core.roles import Role

IVAN = "Петров Иван Сергеевич"


def card(name: str, badge: str, reason: str, by: str = "Смирнова Анна Павловна") -> str:
    return f"Награда «{badge}»: {name} – {reason}\nВручает {by}, 24 ноября 2026"


CURIOUS = card(IVAN, "Хочу всё знать", "за вопросы")


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
        "Такой награды нет. Может быть, вы имели в виду:\n1. Хочу всё знать"
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
        "На карточке хватает места на 200 знаков. Если коротко, за что?"
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
