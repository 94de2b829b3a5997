"""Which columns of which OneRoster files are read, and the records that they become.

Only what rooms need is listed here, and what is not listed is never kept: no address, no
telephone, no password, no birth date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from zvonok_appservice.roster.snapshot import Origin

R = TypeVar("R", bound="Record")


class Org(NamedTuple):
    """A row of orgs.csv."""

    origin: Origin
    id: str
    name: str
    type: str


class Session(NamedTuple):
    """A row of academicSessions.csv."""

    origin: Origin
    id: str
    start_date: str
    end_date: str


class Course(NamedTuple):
    """A row of courses.csv."""

    origin: Origin
    id: str
    title: str
    subjects: str
    subject_codes: str


class ClassRecord(NamedTuple):
    """A row of classes.csv: a homeroom or something that is taught."""

    origin: Origin
    id: str
    title: str
    grades: str
    course: str
    type: str
    school: str
    terms: str
    subjects: str
    subject_codes: str
    cohort: str
    classes: str
    subgroup: str
    subgroup_id: str


class User(NamedTuple):
    """A row of users.csv. `orgs`, `role` and `position` are of 1.1 alone."""

    origin: Origin
    id: str
    enabled: str
    given: str
    family: str
    middle: str
    agents: str
    orgs: str
    role: str
    restricted_agents: str
    associations: str
    chairs: str
    position: str


class RoleRecord(NamedTuple):
    """A row of roles.csv, which 1.2 brought."""

    origin: Origin
    id: str
    user: str
    role: str
    begin_date: str
    end_date: str
    org: str
    position: str


class Enrollment(NamedTuple):
    """A row of enrollments.csv."""

    origin: Origin
    id: str
    class_: str
    school: str
    user: str
    role: str
    primary: str
    begin_date: str
    end_date: str


Record = Org | Session | Course | ClassRecord | User | RoleRecord | Enrollment


@dataclass(frozen=True)
class Table(Generic[R]):
    """A file. A record has its origin, then the columns, then the extensions, in order.

    `columns` are those of the specification, which have to be there (those in `only_1_1`
    are asked for, and read, in that version alone); `extensions` may be missing.
    `person` is the column that tells whose a row is.
    """

    file: str
    record: Callable[[Iterable[object]], R]
    columns: tuple[str, ...]
    extensions: tuple[str, ...] = ()
    only_1_1: frozenset[str] = frozenset()
    person: str | None = None

    def headers(self, version: str) -> tuple[str | None, ...]:
        """The column that each field of a record is read from, None where the version
        has no such column."""
        return tuple(
            None if column in self.only_1_1 and version != "1.1" else column
            for column in (*self.columns, *self.extensions)
        )


ORGS = Table("orgs.csv", Org._make, ("sourcedId", "name", "type"))
SESSIONS = Table("academicSessions.csv", Session._make, ("sourcedId", "startDate", "endDate"))
COURSES = Table("courses.csv", Course._make, ("sourcedId", "title", "subjects", "subjectCodes"))
CLASSES = Table(
    "classes.csv",
    ClassRecord._make,
    (
        "sourcedId",
        "title",
        "grades",
        "courseSourcedId",
        "classType",
        "schoolSourcedId",
        "termSourcedIds",
        "subjects",
        "subjectCodes",
    ),
    ("metadata.cohort", "metadata.classes", "metadata.subgroup", "metadata.subgroupId"),
)
USERS = Table(
    "users.csv",
    User._make,
    (
        "sourcedId",
        "enabledUser",
        "givenName",
        "familyName",
        "middleName",
        "agentSourcedIds",
        "orgSourcedIds",
        "role",
    ),
    ("metadata.restrictedAgents", "metadata.associations", "metadata.chairs", "metadata.position"),
    frozenset({"orgSourcedIds", "role", "metadata.position"}),
    "sourcedId",
)
ROLES = Table(
    "roles.csv",
    RoleRecord._make,
    ("sourcedId", "userSourcedId", "role", "beginDate", "endDate", "orgSourcedId"),
    ("metadata.position",),
    person="userSourcedId",
)
ENROLLMENTS = Table(
    "enrollments.csv",
    Enrollment._make,
    (
        "sourcedId",
        "classSourcedId",
        "schoolSourcedId",
        "userSourcedId",
        "role",
        "primary",
        "beginDate",
        "endDate",
    ),
    person="userSourcedId",
)

TABLES: dict[str, tuple[Table[Record], ...]] = {
    "1.1": (ORGS, SESSIONS, COURSES, CLASSES, USERS, ENROLLMENTS),  # type: ignore[dict-item]
    "1.2": (ORGS, SESSIONS, COURSES, CLASSES, USERS, ROLES, ENROLLMENTS),  # type: ignore[dict-item]
}
"""The files that are read of each version. Version 1.0, which has no manifest, is read as
1.1."""

MANIFEST = "manifest.csv"
DEMOGRAPHICS = "demographics.csv"
"""Has to be there in 1.0, and is never opened."""
