"""Who somebody is in the school, and what each power level means.

Roles are OneRoster's (section "Role" of the rostering spec, 1.2), with `parent`,
`guardian` and `relative` taken as one. Positions are the duties that rooms and
rules know by name. The constants of power levels stand here and nowhere else.
"""

from enum import IntEnum, StrEnum


class Role(StrEnum):
    """What the journal says a person is. The order is the order of precedence."""

    PRINCIPAL = "principal"
    COUNSELOR = "counselor"
    TEACHER = "teacher"
    AIDE = "aide"
    GUARDIAN = "guardian"
    STUDENT = "student"


STAFF_ROLES = frozenset({Role.PRINCIPAL, Role.COUNSELOR, Role.TEACHER, Role.AIDE})


class Position(StrEnum):
    """A duty in the school beyond the role. Whoever holds any position is staff."""

    HEAD = "head"
    DEPUTY_STUDIES = "deputy_studies"
    DEPUTY_UPBRINGING = "deputy_upbringing"
    DEPUTY = "deputy"
    PSYCHOLOGIST = "psychologist"
    SOCIAL_PEDAGOGUE = "social_pedagogue"
    NURSE = "nurse"
    LIBRARIAN = "librarian"
    SECRETARY = "secretary"
    OTHER = "other"


ADMINISTRATION = frozenset(
    {Position.HEAD, Position.DEPUTY_STUDIES, Position.DEPUTY_UPBRINGING, Position.DEPUTY}
)


class Level(IntEnum):
    """Power levels of managed rooms. Nobody but the room's creator reaches SEALED."""

    MUTED = -1
    MEMBER = 0
    MODERATOR = 50
    BOT = 50
    ADMIN = 100
    SEALED = 101
    TOMBSTONE = 150
