"""Awards are taken back for a day, by whoever gave them."""

from __future__ import annotations

from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom
from zvonok_core.ids import EventId
from zvonok_core.roles import Role

IVAN = "Петров Иван Сергеевич"
NONE_TO_TAKE = "Отозвать здесь нечего: это может сделать тот, кто вручил награду, в течение 24 часов."
NOT_YOURS = "Отозвать награду может тот, кто её вручил, или администрация школы."
CURIOUS = "Награда «Хочу всё знать»: Петров Иван Сергеевич – за вопросы\nВручает Смирнова Анна Павловна, 24 ноября 2026"


def last_card(talk: Talk) -> EventId:
    return next(
        event.id
        for event in reversed(talk.said)
        if str(event.content.get("body", "")).startswith("Награда «")
    )


def redacted(talk: Talk) -> list[EventId | None]:
    return [event.redacts for event in talk.said if event.redacts]


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
