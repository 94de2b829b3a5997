"""Mutes and pauses: what they change in the rooms as they ought to be, and what they don't."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import (
    BOT,
    ENGLISH,
    SCHOOL,
    SchoolBuilder,
    as_desired,
    circumstances,
    picture_of,
    shipped,
    small_school,
    user,
)
from support.rooms import desire
from support.simulation import abilities, done

from zvonok_appservice.reconcile.contents import power_levels
from zvonok_appservice.reconcile.desired import desired_state
from zvonok_appservice.reconcile.explain import why
from zvonok_appservice.reconcile.guard import Limits, guard
from zvonok_appservice.reconcile.leavers import LONG_AGO, leavers
from zvonok_appservice.reconcile.model import (
    ActualState,
    DesiredState,
    Held,
    Membership,
    Redact,
    RoomKey,
)
from zvonok_appservice.reconcile.plan import plan
from zvonok_appservice.reconcile.today import Today
from zvonok_appservice.views import Directory
from zvonok_core.ids import ClassId, PersonId, UserId
from zvonok_core.roles import Role
from zvonok_core.text import Catalogs

CLASS = RoomKey("class", SCHOOL, ClassId("7А"))
PARENTS = RoomKey("class_guardians", SCHOOL, ClassId("7А"))
NEWS = RoomKey("class_announcements", SCHOOL, ClassId("7А"))
SPACE = RoomKey("class_space", SCHOOL, ClassId("7А"))
CALM = desire(small_school())
PETROV, EZHOVA, BELOVA = user("petrov"), user("ezhova"), user("belova")
WRITING = {"m.room.message", "m.reaction", "m.room.redaction", "org.matrix.msc3381.poll.response"}
TIGHT = Limits(count=0, share=0.0, floor=0)
"""Under which anybody who loses anything is too many."""


def can(state: ActualState, person: UserId, key: RoomKey = CLASS) -> set[str]:
    """What of writing somebody may do in a room."""
    return abilities(state.rooms[key].power_levels, person) & WRITING


def carried_out(desired: DesiredState, actual: ActualState, held: Held | None = None) -> ActualState:
    steps = plan(desired, actual, held or Held())
    return done(actual, (*steps.revocations, *steps.grants))


# ---------------------------------------------------------------- mutes


def test_the_muted_write_nothing_in_that_room_and_everything_elsewhere() -> None:
    muted = desire(small_school(), mutes=[(CLASS, "petrov")])
    after = carried_out(muted, as_desired(CALM))
    assert can(after, PETROV) == set()
    assert can(after, EZHOVA) == can(after, BELOVA) == WRITING
    common = RoomKey("class_common", SCHOOL, ClassId("7А"))
    assert can(after, PETROV, common) == WRITING
    assert after.rooms[CLASS].members == as_desired(CALM).rooms[CLASS].members


def test_what_is_over_leaves_no_trace() -> None:
    muted = as_desired(desire(small_school(), mutes=[(CLASS, "petrov")], pauses=[CLASS]))
    steps = plan(CALM, muted)
    assert steps.revocations == (), "to let somebody write again takes nothing from anybody"
    assert done(muted, steps.grants) == as_desired(CALM)


def test_whoever_leads_the_room_by_the_journal_is_muted_by_nobody() -> None:
    assert desire(small_school(), mutes=[(CLASS, "belova")]) == CALM
    became_head = small_school().homeroom("ezhov", "7А").role("ezhov", Role.TEACHER)
    now = desire(became_head, mutes=[(PARENTS, "ezhov")]).rooms[PARENTS]
    assert now.levels[user("ezhov")] == 100


def test_a_mute_of_somebody_who_is_not_due_changes_nothing_and_waits_for_them() -> None:
    assert desire(small_school(), mutes=[(CLASS, "sidorov")]) == CALM
    moved = small_school().enrol("zueva", "7А")
    assert desire(moved, mutes=[(CLASS, "sidorov")]) == desire(moved)
    there = desire(small_school().enrol("sidorov", "7А"), mutes=[(CLASS, "sidorov")])
    assert there.rooms[CLASS].levels[user("sidorov")] == -1


def test_a_mute_in_a_room_that_most_only_read_takes_their_reactions() -> None:
    after = carried_out(desire(small_school(), mutes=[(NEWS, "petrov")]), as_desired(CALM))
    assert can(after, PETROV, NEWS) == set()
    assert can(after, EZHOVA, NEWS) == WRITING - {"m.room.message"}


# ---------------------------------------------------------------- pauses


def test_a_pause_leaves_writing_to_those_who_lead_and_reactions_to_all() -> None:
    after = carried_out(desire(small_school(), pauses=[CLASS]), as_desired(CALM))
    assert can(after, PETROV) == WRITING - {"m.room.message"}
    assert can(after, BELOVA) == can(after, BOT) == WRITING


def test_a_pause_of_a_room_that_is_read_only_anyway_or_of_a_space_is_none() -> None:
    assert desire(small_school(), pauses=[NEWS, SPACE]) == CALM


# ---------------------------------------------------------------- the guard


@pytest.mark.parametrize("before", [CALM, desire(small_school(), mutes=[(CLASS, "zhuk")])])
def test_mutes_and_pauses_are_no_removals(before: DesiredState) -> None:
    whole_class = [(CLASS, person) for person in ("petrov", "ezhova", "zhuk")]
    wanted = desire(small_school(), mutes=whole_class, pauses=[CLASS, PARENTS])
    actual = as_desired(before)
    listed = {**actual.rooms[CLASS].power_levels["users"], PETROV: 0}
    room = replace(actual.rooms[CLASS], power_levels={**actual.rooms[CLASS].power_levels, "users": listed})
    actual = replace(actual, rooms={**actual.rooms, CLASS: room})
    verdict = guard(plan(wanted, actual), wanted, actual, TIGHT, frozenset())
    assert verdict.removals == frozenset()
    assert carried_out(wanted, actual, verdict.held) == as_desired(wanted)


def test_whoever_loses_a_level_and_is_muted_besides_counts() -> None:
    actual = as_desired(CALM)
    without = small_school()
    without.homerooms = [row for row in without.homerooms if row.class_ != "7А"]
    wanted = desire(without.enrol("belova", "7А").role("belova", Role.STUDENT), mutes=[(CLASS, "belova")])
    assert wanted.rooms[CLASS].levels[BELOVA] == -1
    verdict = guard(plan(wanted, actual), wanted, actual, TIGHT, frozenset())
    assert any(removal.startswith(f"level {BELOVA}") for removal in verdict.removals)
    after = carried_out(wanted, actual, verdict.held)
    assert after.rooms[CLASS].power_levels["users"][BELOVA] == 100, "held, and so as it was"


@pytest.mark.parametrize("held", [Held(rooms=frozenset({CLASS})), Held(users=frozenset({PETROV, EZHOVA}))])
def test_moderators_go_on_where_the_guard_holds(held: Held) -> None:
    wanted = desire(small_school(), mutes=[(CLASS, "petrov")], pauses=[CLASS])
    after = carried_out(wanted, as_desired(CALM), held)
    assert can(after, PETROV) == set()
    assert can(after, EZHOVA) == WRITING - {"m.room.message"}
    assert carried_out(CALM, after, held) == as_desired(CALM)


# ---------------------------------------------------------------- what is told


def test_why_says_until_when_and_by_whom_and_gives_the_level_that_holds() -> None:
    school = small_school()
    given = circumstances(school.snapshot(), mutes=[(CLASS, "petrov")])
    today = Today(school.snapshot(), picture_of(school.snapshot()).today.day)
    found = why(today, shipped(), CLASS, PersonId("petrov"), given)
    assert (found.due, found.level) == (True, -1)
    assert ENGLISH.say(found.links[-1].text, "en") == (
        "Петров Иван Сергеевич: may not write in this room until 18:00 on 1 October 2026;"
        " decided by Белова Ольга Юрьевна"
    )
    head = why(today, shipped(), CLASS, PersonId("belova"), given)
    assert head.level == 100
    assert "may not write" not in ENGLISH.say(head.links[-1].text, "en")


def test_who_decided_may_have_left_the_school() -> None:
    school = small_school().leave("belova")
    given = circumstances(school.snapshot(), mutes=[(CLASS, "petrov")])
    found = why(
        Today(school.snapshot(), picture_of(school.snapshot()).today.day),
        shipped(),
        CLASS,
        PersonId("petrov"),
        given,
    )
    assert str(found.links[-1].text).endswith(f"decided by {BELOVA}")


def test_the_directory_shows_the_level_that_is_desired_now() -> None:
    picture = picture_of(small_school().snapshot(), mutes=[(CLASS, "petrov"), (CLASS, "belova")])
    view = Directory(picture, Catalogs({})).room(picture.actual.rooms[CLASS].room)
    assert view is not None
    levels = {member.person: member.level for member in view.members}
    assert (levels[PersonId("petrov")], levels[PersonId("ezhova")], levels[PersonId("belova")]) == (
        -1,
        0,
        100,
    )


# ---------------------------------------------------------------- who left

NOW = 1_800_000_000_000
LINKED = NOW - 2 * LONG_AGO


def left_at(moment: int, school: SchoolBuilder, linked_at: int = LINKED) -> list[tuple[str, UserId]]:
    """Who is said to have left, where Petrov did at a moment."""
    given = circumstances(school.snapshot())
    accounts = [replace(account, linked_at=linked_at) for account in given.accounts.values()]
    wanted = desired_state(picture_of(school.snapshot()).today, shipped(), given, ENGLISH)
    actual = as_desired(CALM)
    room = actual.rooms[CLASS]
    members = {name: how for name, how in room.members.items() if name not in (PETROV, EZHOVA)}
    room = replace(room, members=members, left={PETROV: moment})
    actual = replace(actual, rooms={**actual.rooms, CLASS: room})
    return leavers(plan(wanted, actual), actual, accounts, NOW)


def test_who_left_by_themselves_and_is_put_back_is_found_and_nobody_else() -> None:
    room = as_desired(CALM).rooms[CLASS].room
    assert left_at(NOW - 1000, small_school()) == [(room, PETROV)], "Ёжова was put out by another hand"


@pytest.mark.parametrize(
    ("moment", "linked_at", "reason"),
    [
        (NOW - LONG_AGO, LINKED, "nobody remembers it: they were not due in between"),
        (NOW - 1000, NOW - 999, "closing the account made them leave"),
    ],
)
def test_what_was_nobodys_wish_or_is_long_ago_is_not_told(moment: int, linked_at: int, reason: str) -> None:
    assert left_at(moment, small_school(), linked_at) == [], reason


def test_whoever_is_not_put_back_is_told_nothing() -> None:
    assert left_at(NOW - 1000, small_school().disable("petrov")) == []
    calm = as_desired(CALM)
    room = replace(calm.rooms[CLASS], left={PETROV: NOW - 1000})
    there = replace(calm, rooms={**calm.rooms, CLASS: room})
    assert room.members[PETROV] is Membership.JOIN
    assert leavers(plan(CALM, there), there, (), NOW) == []


@pytest.mark.parametrize(
    ("level", "write_level", "taken"),
    [(0, 0, False), (-1, 0, True), (0, 50, True), (50, 50, False), (None, 0, False), (None, 50, True)],
)
def test_words_said_by_leaving_are_taken_back_from_whoever_may_not_write(
    level: int | None, write_level: int, taken: bool
) -> None:
    room = as_desired(CALM).rooms[CLASS]
    levels = {} if level is None else {PETROV: level}
    wanted = replace(CALM.rooms[CLASS], levels=levels, write_level=write_level)
    there = replace(room, parting_words={PETROV: "$words"}, power_levels=power_levels(write_level, levels))
    steps = plan(
        replace(CALM, rooms={CLASS: wanted}), replace(as_desired(CALM), rooms={CLASS: there})
    ).revocations
    assert [step for step in steps if isinstance(step, Redact)] == (
        [Redact(room.room, CLASS, PETROV, "$words")] if taken else []
    )
