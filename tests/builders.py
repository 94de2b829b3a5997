"""Small schools, written by hand for a test, so that the test reads as a story.

    school = SchoolBuilder()
    school.klass("7А").student("petrov", "Петров Иван", "7А").guardian("petrova", of="petrov")
    school.teacher("belova").homeroom("belova", "7А").load("belova", "Алгебра", "7А")
    picture = picture_of(school.snapshot())

Ids are what the test calls things: a class's id is its title, a subject's likewise. Rows
are numbered in each file from 2 on, in the order in which they were told.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Self

from zvonok_appservice.config import shipped_rooms
from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.abroad import ALONE, Abroad
from zvonok_appservice.reconcile.contents import hosts, power_levels
from zvonok_appservice.reconcile.desired import Account, Circumstances, desired_state
from zvonok_appservice.reconcile.guard import Limits, guard
from zvonok_appservice.reconcile.model import (
    CONTROL,
    ActualAccount,
    ActualRoom,
    ActualState,
    DesiredRoom,
    DesiredState,
    Membership,
    RoomKey,
)
from zvonok_appservice.reconcile.plan import plan
from zvonok_appservice.reconcile.restrictions import Mute, Pause
from zvonok_appservice.reconcile.templates import Template, templates
from zvonok_appservice.reconcile.today import LoadKey, Today
from zvonok_appservice.roster.snapshot import (
    ALWAYS,
    Association,
    AssociationMember,
    Class,
    ClassEnrolment,
    Dates,
    Guardianship,
    Homeroom,
    Load,
    Origin,
    Person,
    PositionRow,
    RoleRow,
    School,
    Snapshot,
    Subgroup,
    SubgroupEnrolment,
    Subject,
)
from zvonok_core.ids import (
    AssociationId,
    ClassId,
    PersonId,
    RoomId,
    SchoolId,
    SubgroupId,
    SubjectId,
    UserId,
)
from zvonok_core.roles import Position, Role
from zvonok_core.text import Catalogs

DAY = date(2026, 10, 1)
"""The day on which these schools are looked at."""
MORNING, EVENING = datetime(2026, 10, 1, 6, tzinfo=UTC), datetime(2026, 10, 1, 18, tzinfo=UTC)
SERVER = "school.example"
SCHOOL = SchoolId("school")
BOT = UserId(f"@zvonok_bot:{SERVER}")
ENGLISH = Catalogs({})
LIMITS = Limits(count=30, share=0.2, floor=3)


class SchoolBuilder:
    """A school in the making. Every verb returns the builder."""

    def __init__(self, title: str = "Школа № 1") -> None:
        self._school = School(SCHOOL, title)
        self._rows: Counter[str] = Counter()
        self.people: dict[PersonId, Person] = {}
        self.classes: dict[ClassId, Class] = {}
        self.subjects: dict[SubjectId, Subject] = {}
        self.subgroups: dict[SubgroupId, Subgroup] = {}
        self.associations: dict[AssociationId, Association] = {}
        self.roles: list[RoleRow] = []
        self.positions: list[PositionRow] = []
        self.class_enrolments: list[ClassEnrolment] = []
        self.subgroup_enrolments: list[SubgroupEnrolment] = []
        self.guardianships: list[Guardianship] = []
        self.loads: list[Load] = []
        self.homerooms: list[Homeroom] = []
        self.association_members: list[AssociationMember] = []
        self._vanished: dict[PersonId, date] = {}

    def _origin(self, file: str) -> Origin:
        self._rows[file] += 1
        return Origin(file, self._rows[file] + 1)

    # ------------------------------------------------------------ people

    def person(self, id: str, name: str = "", *, enabled: bool = True) -> Self:
        """Somebody without any role. `name` is family, given and patronymic in one."""
        if id in self.people:
            return self
        parts = (name or f"{id.capitalize()} Имя Отчество").split(maxsplit=2)
        family, given, patronymic = (*parts, "", "")[:3]
        self.people[PersonId(id)] = Person(
            PersonId(id), family, given, patronymic, enabled, self._origin("users.csv")
        )
        return self

    def role(self, person: str, role: Role, dates: Dates = ALWAYS) -> Self:
        """A role more for somebody who is there already."""
        self.roles.append(RoleRow(PersonId(person), role, dates, self._origin("roles.csv")))
        return self

    def position(self, person: str, position: Position, dates: Dates = ALWAYS) -> Self:
        """A position for somebody who is there already."""
        self.positions.append(PositionRow(PersonId(person), position, dates, self._origin("staff.csv")))
        return self

    def student(self, id: str, name: str = "", klass: str = "", dates: Dates = ALWAYS) -> Self:
        """A student; in a class from `dates` on where `klass` is given."""
        self.person(id, name).role(id, Role.STUDENT)
        return self.enrol(id, klass, dates) if klass else self

    def guardian(
        self, id: str, name: str = "", *, of: str, restricted: bool = False, dates: Dates = ALWAYS
    ) -> Self:
        """A guardian of one child; say it again for another child."""
        self.person(id, name)
        if not any(row.person == id and row.role is Role.GUARDIAN for row in self.roles):
            self.role(id, Role.GUARDIAN)
        row = Guardianship(PersonId(id), PersonId(of), restricted, dates, self._origin("guardians.csv"))
        self.guardianships.append(row)
        return self

    def teacher(self, id: str, name: str = "", dates: Dates = ALWAYS) -> Self:
        """A teacher."""
        return self.person(id, name).role(id, Role.TEACHER, dates)

    # ------------------------------------------------------------ classes and teaching

    def klass(self, title: str, id: str = "") -> Self:
        """A class; say it again with the same id to rename it."""
        known = self.classes.get(ClassId(id or title))
        digits = "".join(letter for letter in title if letter.isdigit())
        self.classes[ClassId(id or title)] = Class(
            ClassId(id or title),
            title,
            int(digits) if digits else None,
            known.order if known else len(self.classes),
            known.origin if known else self._origin("classes.csv"),
        )
        return self

    def enrol(self, student: str, klass: str, dates: Dates = ALWAYS) -> Self:
        """A student in a class."""
        origin = self._origin("enrollments.csv")
        self.class_enrolments.append(ClassEnrolment(PersonId(student), ClassId(klass), dates, origin))
        return self

    def move(self, student: str, klass: str, on: date) -> Self:
        """A student goes from the present class to another one on a day."""
        self.class_enrolments = [
            replace(row, dates=Dates(row.dates.begin, on)) if row.student == student else row
            for row in self.class_enrolments
        ]
        return self.enrol(student, klass, Dates(begin=on))

    def homeroom(self, teacher: str, klass: str, dates: Dates = ALWAYS) -> Self:
        """A class head."""
        origin = self._origin("enrollments.csv")
        self.homerooms.append(Homeroom(PersonId(teacher), ClassId(klass), dates, origin))
        return self

    def subgroup(self, id: str, label: str = "", *, classes: Iterable[str], students: Iterable[str]) -> Self:
        """A subgroup of one class or several, and who is in it."""
        self.subgroups[SubgroupId(id)] = Subgroup(
            SubgroupId(id), label, tuple(ClassId(c) for c in classes), self._origin("subgroups.csv")
        )
        for student in students:
            self.in_subgroup(student, id)
        return self

    def in_subgroup(self, student: str, subgroup: str, dates: Dates = ALWAYS) -> Self:
        """A student in a subgroup."""
        origin = self._origin("enrollments.csv")
        row = SubgroupEnrolment(PersonId(student), SubgroupId(subgroup), dates, origin)
        self.subgroup_enrolments.append(row)
        return self

    def load(
        self, teacher: str, subject: str, klass: str = "", subgroup: str = "", dates: Dates = ALWAYS
    ) -> Self:
        """A teacher teaches a subject to a class or to a subgroup."""
        self.subjects.setdefault(SubjectId(subject), Subject(SubjectId(subject), subject))
        self.loads.append(
            Load(
                PersonId(teacher),
                SubjectId(subject),
                ClassId(klass) if klass else None,
                SubgroupId(subgroup) if subgroup else None,
                dates,
                self._origin("loads.csv"),
            )
        )
        return self

    def association(self, id: str, title: str, *, chair: str = "", members: Iterable[str] = ()) -> Self:
        """A methodical association with its people."""
        self.associations[AssociationId(id)] = Association(
            AssociationId(id), title, self._origin("associations.csv")
        )
        for person in ([chair] if chair else []) + list(members):
            self.association_members.append(
                AssociationMember(
                    PersonId(person),
                    AssociationId(id),
                    person == chair,
                    ALWAYS,
                    self._origin("associations.csv"),
                )
            )
        return self

    # ------------------------------------------------------------ changes

    def disable(self, person: str) -> Self:
        """OneRoster's `enabledUser=false`."""
        self.people[PersonId(person)] = replace(self.people[PersonId(person)], enabled=False)
        return self

    def vanish(self, person: str, since: date = DAY) -> Self:
        """The journal lists somebody no longer; their rows are kept for the grace."""
        self._vanished[PersonId(person)] = since
        return self

    def leave(self, person: str) -> Self:
        """Somebody is gone from the journal for good, with all their rows."""
        del self.people[PersonId(person)]
        for table, columns in _PERSON_COLUMNS.items():
            kept = [row for row in getattr(self, table) if all(getattr(row, c) != person for c in columns)]
            setattr(self, table, kept)
        return self

    def later(self) -> SchoolBuilder:
        """A copy, to be changed into what the journal says next."""
        return copy.deepcopy(self)

    def snapshot(self) -> Snapshot:
        """What has been told so far."""
        tables: dict[str, Any] = {name: tuple(getattr(self, name)) for name in _PERSON_COLUMNS}
        return Snapshot(
            school=self._school,
            people=dict(self.people),
            classes=dict(self.classes),
            subjects=dict(self.subjects),
            subgroups=dict(self.subgroups),
            associations=dict(self.associations),
            vanished=dict(self._vanished),
            **tables,
        )

    def today(self, day: date = DAY) -> Today:
        """The school on a day."""
        return Today(self.snapshot(), day)


_PERSON_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "roles": ("person",),
    "positions": ("person",),
    "class_enrolments": ("student",),
    "subgroup_enrolments": ("student",),
    "guardianships": ("guardian", "child"),
    "loads": ("teacher",),
    "homerooms": ("teacher",),
    "association_members": ("person",),
}


def small_school() -> SchoolBuilder:
    """Two classes, a subgroup over both, and everybody whom the rules tell apart."""
    school = SchoolBuilder()
    school.klass("7А").klass("7Б")
    school.teacher("orlov", "Орлов Пётр Ильич").position("orlov", Position.HEAD)
    school.teacher("zueva", "Зуева Анна Олеговна").position("zueva", Position.DEPUTY_STUDIES)
    school.teacher("belova", "Белова Ольга Юрьевна").homeroom("belova", "7А")
    school.teacher("frolov", "Фролов Олег Ильич").homeroom("frolov", "7Б")
    school.student("petrov", "Петров Иван Сергеевич", "7А")
    school.student("ezhova", "Ёжова Мария Львовна", "7А")
    school.student("zhuk", "Жук Лев Ильич", "7А")
    school.student("sidorov", "Сидоров Глеб Ильич", "7Б")
    school.student("belov", "Белов Артём Игоревич", "7Б")
    school.guardian("petrova", "Петрова Нина Павловна", of="petrov")
    school.guardian("ezhov", "Ёжов Лев Ильич", of="ezhova")
    school.guardian("sidorova", "Сидорова Вера Ивановна", of="sidorov")
    school.guardian("belova", of="belov")
    school.guardian("chuzhoi", "Чужой Фёдор Ильич", of="petrov", restricted=True)
    school.load("belova", "Алгебра", "7А").load("belova", "Алгебра", "7Б").load("zueva", "История", "7А")
    school.subgroup("de", "группа 1", classes=["7А", "7Б"], students=["petrov", "sidorov"])
    school.load("frolov", "Немецкий язык", subgroup="de")
    return school.association("math", "учителей математики", chair="belova", members=["zueva"])


def user(person: str) -> UserId:
    """The account that `picture_of` gives to somebody."""
    return UserId(f"@{person.lower()}:{SERVER}")


@cache
def shipped() -> tuple[Template, ...]:
    """The templates as they are shipped."""
    return templates(shipped_rooms(), {})


def circumstances(
    snapshot: Snapshot,
    *,
    linked: Iterable[str] | None = None,
    locked: Iterable[str] = (),
    existing: Iterable[RoomKey] = (),
    lessons: Iterable[LoadKey] = (),
    before: Today | None = None,
    mutes: Iterable[tuple[RoomKey, str]] = (),
    pauses: Iterable[RoomKey] = (),
    abroad: Abroad = ALONE,
) -> Circumstances:
    """Everybody has a user name; everybody, or whoever is in `linked`, has linked it. What
    is muted or paused is so until this evening, by Belova's word."""
    people = {**(before.snapshot.people if before else {}), **snapshot.people}
    chosen = set(people if linked is None else linked)
    return Circumstances(
        accounts={p: Account(user(p), p in chosen, p in set(locked)) for p in people},
        existing=frozenset(existing),
        lessons=frozenset(lessons),
        bots=frozenset({BOT}),
        before=before,
        language="en",
        mutes={
            (key, user(person)): Mute(room_id(key), user(person), EVENING, user("belova"), "Спам", MORNING)
            for key, person in mutes
        },
        pauses={key: Pause(room_id(key), EVENING, user("belova"), MORNING) for key in pauses},
        abroad=abroad,
    )


def room_id(key: RoomKey) -> RoomId:
    """The room id that `as_desired` gives to a room."""
    return RoomId("!" + key.alias_localpart(""))


def as_desired(desired: DesiredState, without: Iterable[UserId] = ()) -> ActualState:
    """A homeserver on which all is as it ought to be, but that `without` are in no room."""
    absent = frozenset(without)
    children: dict[RoomKey, set[RoomId]] = {}
    for room in desired.rooms.values():
        for parent in room.parents:
            children.setdefault(parent, set()).add(room_id(room.key))
    return ActualState(
        rooms={
            room.key: exactly(room, desired, frozenset(children.get(room.key, ())), absent)
            for room in desired.rooms.values()
        },
        accounts={BOT: ActualAccount(BOT, "Звонок", locked=False, deactivated=False, admin=False)}
        | {
            account.user: ActualAccount(
                account.user, account.display_name, account.locked, account.deactivated, admin=False
            )
            for account in desired.accounts.values()
        },
    )


def exactly(
    room: DesiredRoom,
    desired: DesiredState,
    children: frozenset[RoomId] = frozenset(),
    absent: frozenset[UserId] = frozenset(),
) -> ActualRoom:
    """A room as it ought to be, with everybody in it but `absent`."""
    topics = {key.topic: room_id(key) for key in desired.rooms if key.topic is not None}
    return ActualRoom(
        room=room_id(room.key),
        key=room.key,
        archived=room.archived,
        name=room.name,
        topic=room.topic,
        is_space=room.is_space,
        join_rule="invite",
        history_visibility="shared",
        guest_access="forbidden",
        encrypted=False,
        power_levels=power_levels(room.write_level, room.levels, room.key.kind),
        members=dict.fromkeys(sorted((room.members | room.guests) - absent), Membership.JOIN),
        children=children,
        parents=frozenset(room_id(parent) for parent in room.parents),
        servers=None if room.servers is None else hosts(room.servers),
        talks=topics if room.key.kind == CONTROL else {},
    )


def picture_of(
    snapshot: Snapshot,
    *,
    day: date = DAY,
    actual: ActualState | None = None,
    before: Snapshot | None = None,
    limits: Limits = LIMITS,
    **given: Any,
) -> Picture:
    """What the appservice knows of a school whose rooms are as they ought to be, or as
    `actual` has them. `given` goes to `circumstances`; `before` is yesterday's roster."""
    today = Today(snapshot, day)
    if actual is not None:
        given.setdefault("existing", actual.rooms.keys())
    if before is not None:
        given["before"] = Today(before, day - timedelta(days=1))
    known = circumstances(snapshot, **given)
    desired = desired_state(today, shipped(), known, ENGLISH)
    seen = as_desired(desired) if actual is None else actual
    verdict = guard(plan(desired, seen), desired, seen, limits, frozenset())
    return Picture(today, shipped(), known, desired, seen, verdict)
