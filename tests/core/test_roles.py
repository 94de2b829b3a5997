"""Roles, positions and levels: the one table, as the design has it."""

from __future__ import annotations

from zvonok_core import ids
from zvonok_core.roles import ADMINISTRATION, STAFF_ROLES, Level, Position, Role


def test_staff_are_all_but_guardians_and_students() -> None:
    assert set(Role) - STAFF_ROLES == {Role.GUARDIAN, Role.STUDENT}


def test_the_administration_is_the_head_and_every_deputy() -> None:
    deputies = {position for position in Position if position.startswith("deputy")}
    assert {Position.HEAD} | deputies == ADMINISTRATION
    assert len(deputies) == 3


def test_the_weightiest_role_comes_first() -> None:
    assert next(iter(Role)) is Role.PRINCIPAL
    assert list(Role)[-2:] == [Role.GUARDIAN, Role.STUDENT]


def test_nobody_but_the_creator_reaches_the_sealed_level() -> None:
    given = (Level.MUTED, Level.MEMBER, Level.MODERATOR, Level.BOT, Level.ADMIN)
    assert max(given) < Level.SEALED < Level.TOMBSTONE
    assert [int(level) for level in given] == [-1, 0, 50, 50, 100]


def test_ids_are_plain_strings_at_run_time() -> None:
    assert ids.PersonId("p") == "p"
    assert ids.RoomId("!r") == "!r"
