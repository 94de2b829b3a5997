"""A school while it is being written: rows are added, and frozen into a snapshot at the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from zvonok_appservice.roster.class_titles import ClassTitle, cohort
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
from zvonok_core.ids import AssociationId, ClassId, PersonId, SchoolId, SubgroupId, SubjectId
from zvonok_core.roles import Position, Role
from zvonok_demo.school.curriculum import BY_ID, DEPARTMENTS
from zvonok_demo.school.people import Name

SCHOOL = School(SchoolId("school-1"), "Школа № 1")


class Draft:
    """Collects rows. People are numbered from `first_person` in the order they are added."""

    def __init__(self, first_person: int = 1) -> None:
        self._person = first_person
        self._row = 1
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

    def origin(self) -> Origin:
        """The next row's place."""
        self._row += 1
        return Origin("generated", self._row)

    def add_person(self, name: Name, *roles: Role) -> PersonId:
        """Somebody new."""
        person = PersonId(f"p{self._person:05}")
        self._person += 1
        self.people[person] = Person(person, *name, enabled=True, origin=self.origin())
        for role in roles:
            self.add_role(person, role)
        return person

    def add_role(self, person: PersonId, role: Role) -> None:
        """One more role, for always."""
        self.roles.append(RoleRow(person, role, ALWAYS, self.origin()))

    def add_position(self, person: PersonId, position: Position) -> None:
        """One more duty, for always."""
        self.positions.append(PositionRow(person, position, ALWAYS, self.origin()))

    def add_class(self, title: ClassTitle, today: date) -> ClassId:
        """A class that has this title in the school year of `today`."""
        class_ = cohort(title, today)
        self.classes[class_] = Class(class_, str(title), title.grade, len(self.classes), self.origin())
        return class_

    def enrol(self, student: PersonId, class_: ClassId, dates: Dates = ALWAYS) -> None:
        """Put a student into a class."""
        self.class_enrolments.append(ClassEnrolment(student, class_, dates, self.origin()))

    def add_subgroup(
        self, id_: str, label: str, classes: tuple[ClassId, ...], students: list[PersonId]
    ) -> SubgroupId:
        """A part of `classes`, with its students."""
        subgroup = SubgroupId(id_)
        self.subgroups[subgroup] = Subgroup(subgroup, label, classes, self.origin())
        for student in students:
            self.subgroup_enrolments.append(SubgroupEnrolment(student, subgroup, ALWAYS, self.origin()))
        return subgroup

    def add_guardian(self, guardian: PersonId, child: PersonId, restricted: bool = False) -> None:
        """Tie a guardian to a child."""
        self.guardianships.append(Guardianship(guardian, child, restricted, ALWAYS, self.origin()))

    def add_load(
        self,
        teacher: PersonId,
        subject: SubjectId,
        *,
        class_: ClassId | None = None,
        subgroup: SubgroupId | None = None,
        dates: Dates = ALWAYS,
    ) -> None:
        """Let a teacher teach."""
        self.subjects.setdefault(subject, Subject(subject, BY_ID[subject].title))
        self.loads.append(Load(teacher, subject, class_, subgroup, dates, self.origin()))

    def add_homeroom(self, teacher: PersonId, class_: ClassId) -> None:
        """Make a teacher the head of a class."""
        self.homerooms.append(Homeroom(teacher, class_, ALWAYS, self.origin()))

    def add_associations(self, members: Mapping[AssociationId, list[PersonId]]) -> None:
        """Make the associations; the first member of each is its chair."""
        for department in DEPARTMENTS:
            for person in members.get(department.id, ()):
                if department.id not in self.associations:
                    found = Association(department.id, department.title, self.origin())
                    self.associations[department.id] = found
                    chair = True
                else:
                    chair = False
                self.association_members.append(
                    AssociationMember(person, department.id, chair, ALWAYS, self.origin())
                )

    def snapshot(self) -> Snapshot:
        """All that has been added."""
        return Snapshot(
            school=SCHOOL,
            people=self.people,
            classes=self.classes,
            subjects=self.subjects,
            subgroups=self.subgroups,
            associations=self.associations,
            roles=tuple(self.roles),
            positions=tuple(self.positions),
            class_enrolments=tuple(self.class_enrolments),
            subgroup_enrolments=tuple(self.subgroup_enrolments),
            guardianships=tuple(self.guardianships),
            loads=tuple(self.loads),
            homerooms=tuple(self.homerooms),
            association_members=tuple(self.association_members),
        )
