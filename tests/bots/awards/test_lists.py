"""Who sees which awards, and where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zvonok_awards.bot import bot
from zvonok_awards.catalogue import AwardsSettings
from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.directory import Named
from zvonok_core.ids import PersonId, UserId
from zvonok_core.roles import Role

IVAN = "Петров Иван Сергеевич"


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
    view = talk.directory.views[room.id]
    left = tuple(member for member in view.members if member.user != anna.user)
    talk.directory.views[room.id] = replace(view, members=left)
    talk.program.rooms.forget(room.id)
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
        for name, count in zip(names, (3, 5, 2, 3, 4, 1, 0), strict=True):
            for badge in ("curious", "bookworm", "artist", "music", "wordsmith")[:count]:
                await anna.says(f"!наградить {name} {badge} за дело")
        assert await students[6].says("!награды рейтинг") == [
            "Больше всего наград в этом учебном году:\n"
            "1. Белов Иван: 5\n2. Дымов Иван: 4\n3. Аитов Иван: 3\n3. Громов Иван: 3\n5. Волков Иван: 2"
        ]
        assert await (await students[0].writes_directly()).says("награды рейтинг") == [
            "Рейтинг можно посмотреть в чате класса."
        ]
