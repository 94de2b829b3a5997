"""A plan and the guard's verdict, read aloud."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from builders import (
    BOT,
    DAY,
    ENGLISH,
    LIMITS,
    SchoolBuilder,
    as_desired,
    picture_of,
    room_id,
    small_school,
    user,
)
from hypothesis import HealthCheck, given, settings
from support.any_school import Case, cases

from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.explain import hold_sentences, plan_sentences
from zvonok_appservice.reconcile.guard import guard
from zvonok_appservice.reconcile.model import CONTROL, ActualRoom, ActualState, AddMember, Membership, Plan
from zvonok_appservice.reconcile.plan import plan
from zvonok_appservice.reconcile.today import LoadKey, Today
from zvonok_core.ids import ClassId, RoomId, SubgroupId, SubjectId, UserId
from zvonok_core.roles import Role


def told(picture: Picture) -> list[str]:
    return [str(sentence) for sentence in plan_sentences(picture, plan(picture.desired, picture.actual))]


def drifted(room_name: str, **changes: Any) -> Picture:
    """The small school, one room of which is not as it ought to be."""
    picture = picture_of(small_school().snapshot())
    rooms = dict(picture.actual.rooms)
    key = next(key for key, room in rooms.items() if room.name == room_name)
    rooms[key] = replace(rooms[key], **changes)
    return picture_of(small_school().snapshot(), actual=replace(picture.actual, rooms=rooms))


def room_of(picture: Picture, name: str) -> ActualRoom:
    return next(room for room in picture.actual.rooms.values() if room.name == name)


def with_members(name: str, **members: Membership) -> Picture:
    present = room_of(picture_of(small_school().snapshot()), name).members
    added = {user(person): how for person, how in members.items()}
    return drifted(name, members={**present, **added})


def test_a_school_in_order_has_nothing_to_say() -> None:
    assert told(picture_of(small_school().snapshot())) == []


def test_a_move_takes_out_with_a_reason_and_puts_in_together() -> None:
    school = small_school()
    later = school.later().move("petrov", "7Б", DAY)
    before = picture_of(school.snapshot())
    sentences = told(picture_of(later.snapshot(), actual=before.actual, before=school.snapshot()))
    expected = (
        "take Петрова Нина Павловна out of “7А. Родители”: the child is in 7Б now (enrollments.csv, row 11)"
    )
    assert expected in sentences
    assert "put into “7Б. Общая”: Петров Иван Сергеевич, Петрова Нина Павловна" in sentences
    takes = [s.startswith("take ") for s in sentences]
    assert takes == sorted(takes, reverse=True), "whatever is taken is told first"


def test_many_who_come_are_counted_after_the_fifth() -> None:
    school = SchoolBuilder().klass("7А").teacher("belova").homeroom("belova", "7А")
    for number in range(8):
        school.student(f"s{number}", f"Ученик{number} Имя", "7А")
    whole = picture_of(school.snapshot())
    actual = as_desired(whole.desired, without=[user(f"s{number}") for number in range(7)])
    sentences = told(picture_of(school.snapshot(), actual=actual))
    assert (
        "put into “7А. Класс”: Ученик0 Имя, Ученик1 Имя, Ученик2 Имя, Ученик3 Имя, Ученик4 Имя and 2 more"
    ) in sentences


def test_a_new_room_is_told_with_its_people_and_once() -> None:
    school = small_school()
    accounts = picture_of(school.snapshot()).actual.accounts
    sentences = told(picture_of(school.snapshot(), actual=ActualState({}, accounts)))
    assert sentences[0] == "make “Школа № 1” with 4 people"
    assert len(sentences) == 16, "one for each room, and nothing besides"
    one = told(picture_of(school.snapshot(), actual=ActualState({}, {}), linked=["petrov"]))
    assert "make “7А. Класс” with 0 people" in one, "who has no account yet does not come now"


def test_a_new_room_with_one_person() -> None:
    school = SchoolBuilder().klass("7А").student("petrov", klass="7А")
    accounts = picture_of(school.snapshot()).actual.accounts
    sentences = told(picture_of(school.snapshot(), actual=ActualState({}, accounts)))
    assert "make “7А. Класс” with 1 person" in sentences


def test_strangers_invitations_and_knocks() -> None:
    assert told(with_members("7А. Класс", stranger=Membership.JOIN)) == [
        f"take {user('stranger')} out of “7А. Класс”: not an account of the journal"
    ]
    assert told(with_members("7А. Класс", sidorov=Membership.INVITE)) == [
        "take back the invitation of Сидоров Глеб Ильич to “7А. Класс”:"
        " nothing in the journal is a reason to be here"
    ]
    assert told(with_members("7А. Класс", sidorov=Membership.KNOCK)) == [
        "turn Сидоров Глеб Ильич away, who asks to come into “7А. Класс”:"
        " nothing in the journal is a reason to be here"
    ]


def test_levels_that_are_too_high_and_too_low() -> None:
    levels = dict(room_of(picture_of(small_school().snapshot()), "7А. Класс").power_levels)
    listed = levels["users"]

    def with_users(users: dict[UserId, int]) -> list[str]:
        return told(drifted("7А. Класс", power_levels={**levels, "users": users}))

    assert with_users({**listed, user("petrov"): 50}) == [
        "lower the level of Петров Иван Сергеевич in “7А. Класс”: the journal does not give this level"
    ]
    assert with_users({**listed, user("stranger"): 50}) == [
        f"lower the level of {user('stranger')} in “7А. Класс”: not an account of the journal"
    ]
    assert with_users({**listed, user("petrov"): 50, user("zhuk"): 100}) == [
        "lower the level in “7А. Класс”: Жук Лев Ильич, Петров Иван Сергеевич"
    ]
    assert with_users({BOT: 50}) == ["raise the level in “7А. Класс”: Белова Ольга Юрьевна"]
    assert told(drifted("7А. Класс", power_levels={**levels, "invite": 0})) == [
        "put the rights in “7А. Класс” right"
    ]
    assert told(drifted("7А. Класс", power_levels={**levels, "events_default": 50})) == [
        "put the rights in “7А. Класс” right"
    ]


def test_state_that_somebody_has_changed() -> None:
    assert told(drifted("7А. Класс", join_rule="public")) == ["let nobody into “7А. Класс” uninvited"]
    assert told(drifted("7А. Класс", guest_access="can_join")) == ["let no guests into “7А. Класс”"]
    assert told(drifted("7А. Класс", history_visibility="world_readable")) == [
        "show the history of “7А. Класс” to its members only"
    ]
    assert told(drifted("7А. Класс", name="Наш класс")) == ["rename “Наш класс” to “7А. Класс”"]
    assert told(drifted("7А. Класс", name="")) == ["rename “7А. Класс” to “7А. Класс”"]
    assert told(drifted("7А. Класс", topic="")) == ["put the topic of “7А. Класс” right"]
    assert told(drifted("7А. Класс", archived=True)) == ["take “7А. Класс” out of the archive"]


def test_spaces_that_somebody_has_rearranged() -> None:
    picture = picture_of(small_school().snapshot())
    space, room = room_of(picture, "7А"), room_of(picture, "7А. Класс")
    other = RoomId("!elsewhere")
    assert told(drifted("7А", children=space.children - {room.room})) == [
        "hang “7А. Класс” into the space “7А”"
    ]
    assert told(drifted("7А", children=space.children | {other})) == [
        "take “!elsewhere” out of the space “7А”"
    ]
    stray = room_of(picture, "Учительская").room
    assert told(drifted("7А", children=space.children | {stray})) == [
        "take “Учительская” out of the space “7А”"
    ]
    assert told(drifted("7А. Класс", parents=frozenset())) == ["hang “7А. Класс” into the space “7А”"]
    assert told(drifted("7А. Класс", parents=room.parents | {other})) == [
        "let “7А. Класс” no longer name a space that it is not in"
    ]


def test_a_room_torn_from_its_space_on_both_sides_is_told_once() -> None:
    picture = drifted("7А", children=frozenset())
    rooms = {
        key: replace(room, parents=frozenset()) if room.name == "7А. Класс" else room
        for key, room in picture.actual.rooms.items()
    }
    torn = picture_of(small_school().snapshot(), actual=replace(picture.actual, rooms=rooms))
    assert told(torn).count("hang “7А. Класс” into the space “7А”") == 1


def test_a_room_that_nobody_is_due_in_is_archived() -> None:
    school = small_school()
    actual = picture_of(school.snapshot()).actual
    later = school.later()
    later.association_members.clear()
    sentences = told(picture_of(later.snapshot(), actual=actual, before=school.snapshot()))
    assert "archive “МО учителей математики”: nobody is due in it any more" in sentences


def test_accounts_that_are_locked_let_in_again_named_and_closed() -> None:
    school = small_school()
    actual = picture_of(school.snapshot()).actual
    gone = school.later().vanish("petrov", DAY)
    assert "lock Петров Иван Сергеевич: missing from the journal since 1 October 2026" in told(
        picture_of(gone.snapshot(), actual=actual, before=school.snapshot())
    )
    closed = told(
        picture_of(school.later().leave("zhuk").snapshot(), actual=actual, before=school.snapshot())
    )
    assert (
        "close the account of Жук Лев Ильич: no longer in the journal, and the time of grace is over"
    ) in closed
    account = actual.accounts[user("petrov")]
    locked = {**actual.accounts, user("petrov"): replace(account, locked=True, display_name="Ваня")}
    assert told(picture_of(school.snapshot(), actual=replace(actual, accounts=locked))) == [
        "let Петров Иван Сергеевич in again",
        f"show {user('petrov')} as “Петров Иван Сергеевич, student”",
    ]


def test_whoever_nobody_knows_by_name_is_told_by_the_user_id() -> None:
    picture = picture_of(small_school().snapshot())
    key = next(iter(picture.actual.rooms))
    (sentence,) = plan_sentences(picture, Plan((), (AddMember(key, UserId("@new:school.example")),)))
    assert str(sentence) == "put into “Школа № 1”: @new:school.example"


# ---------------------------------------------------------------- the guard


def test_nothing_is_held_in_an_ordinary_change() -> None:
    assert hold_sentences(picture_of(small_school().snapshot())) == []


def emptied(teachers: int = 8) -> Picture:
    """A journal that has lost its teachers overnight."""
    school = SchoolBuilder()
    for number in range(teachers):
        school.teacher(f"t{number}", f"Учитель{number} Имя")
    school.klass("7А").student("petrov", "Петров Иван", "7А").homeroom("t0", "7А")
    later = school.later()
    later.roles = [row for row in later.roles if row.role is not Role.TEACHER]
    actual = picture_of(school.snapshot()).actual
    return picture_of(later.snapshot(), actual=actual, before=school.snapshot())


def test_a_hold_says_who_how_many_and_how_to_go_on() -> None:
    picture = emptied()
    sentences = [str(sentence) for sentence in hold_sentences(picture)]
    five = "Учитель0 Имя, Учитель1 Имя, Учитель2 Имя, Учитель3 Имя, Учитель4 Имя and 3 more"
    assert (
        "Too many at once among teachers: 8 of 8 would lose rooms, rights or the account"
        f" ({five})" in sentences
    )
    assert f"Too many at once in “Учительская”: 8 of 8 would leave it ({five})" in sentences
    removals = len(picture.verdict.removals)
    assert removals > 8
    assert sentences[-1] == (
        f"{removals} removals are held, and everything else goes on."
        f" To do them all the same: zvonok-appservice apply {picture.verdict.digest}"
    )


def test_one_removal_that_is_held_is_one() -> None:
    picture = emptied()
    alone = replace(picture, verdict=replace(picture.verdict, removals=frozenset({"member x"})))
    assert str(hold_sentences(alone)[-1]).startswith("1 removal is held, and everything else goes on.")


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_any_plan_and_any_verdict_can_be_said(case: Case) -> None:
    steps = plan(case.desired, case.actual)
    verdict = guard(steps, case.desired, case.actual, LIMITS, frozenset())
    picture = Picture(
        Today(case.snapshot, DAY), case.templates, case.given, case.desired, case.actual, verdict
    )
    sentences = plan_sentences(picture, steps)
    assert len(sentences) >= len(steps.revocations)
    assert bool(sentences) == (not steps.empty) or not steps.revocations
    for sentence in (*sentences, *hold_sentences(picture)):
        assert "{" not in ENGLISH.say(sentence, "en")
    assert bool(hold_sentences(picture)) == bool(verdict.holds)
    everything = "\n".join(map(str, sentences))
    for room in case.desired.rooms.values():
        if room.key not in case.actual.rooms:
            control = room.key.kind == CONTROL
            made = "make the room in which schools" if control else f"make “{room.name}” with"
            assert made in everything


def test_a_lesson_that_opens_a_room_is_told() -> None:
    algebra = LoadKey(SubjectId("Алгебра"), ClassId("7А"), SubgroupId(""))
    school = small_school()
    actual = picture_of(school.snapshot()).actual
    picture = picture_of(school.snapshot(), actual=actual, lessons=[algebra])
    assert told(picture) == ["make “7А. Алгебра” with 4 people"]
    assert all(room_id(key) != "" for key in picture.desired.rooms)
