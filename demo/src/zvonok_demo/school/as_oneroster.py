"""The generated journal as a OneRoster CSV package, bulk, version 1.1 or 1.2.

Columns stand in the order of the specification's tables; what OneRoster can't say stands
in `metadata.*` columns at the right end, as docs/journal-oneroster.md has them.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from zvonok_appservice.roster.class_titles import FIRST_MONTH, school_year
from zvonok_appservice.roster.snapshot import Dates, Snapshot
from zvonok_core.ids import ClassId, PersonId, SubgroupId, SubjectId
from zvonok_core.roles import Role

Version = Literal["1.1", "1.2"]
Row = dict[str, str]

CHANGED = "status,dateLastModified"
"""Columns that are empty in a bulk package."""
COLUMNS = {
    "orgs": f"sourcedId,{CHANGED},name,type,identifier,parentSourcedId",
    "academicSessions": f"sourcedId,{CHANGED},title,type,startDate,endDate,parentSourcedId,schoolYear",
    "courses": f"sourcedId,{CHANGED},schoolYearSourcedId,title,courseCode,grades,orgSourcedId,"
    "subjects,subjectCodes",
    "classes": f"sourcedId,{CHANGED},title,grades,courseSourcedId,classCode,classType,location,"
    "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods,"
    "metadata.cohort,metadata.classes,metadata.subgroup,metadata.subgroupId",
    "enrollments": f"sourcedId,{CHANGED},classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate",
}
EXTENSIONS = "metadata.position,metadata.restrictedAgents,metadata.associations,metadata.chairs"
COLUMNS_1_1 = COLUMNS | {
    "users": f"sourcedId,{CHANGED},enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    f"middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,{EXTENSIONS}",
}
COLUMNS_1_2 = COLUMNS | {
    "users": f"sourcedId,{CHANGED},enabledUser,username,userIds,givenName,familyName,middleName,identifier,"
    "email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,"
    f"preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns,{EXTENSIONS}",
    "roles": f"sourcedId,{CHANGED},userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
    "userProfileSourcedId,metadata.position",
}
FILES_1_1 = (
    "academicSessions categories classes classResources courses courseResources demographics "
    "enrollments lineItems orgs resources results users"
)
FILES_1_2 = FILES_1_1 + (
    " lineItemLearningObjectiveIds lineItemScoreScales resultLearningObjectiveIds resultScoreScales "
    "roles scoreScales userProfiles userResources"
)
ROLES_1_1 = {Role.PRINCIPAL: "administrator", Role.COUNSELOR: "aide"}
"""Roles that 1.1 has no word for."""


def write_oneroster(snapshot: Snapshot, target: Path, today: date, version: Version = "1.2") -> Path:
    """Write the package into `target`: a zip where the name ends in .zip, else a folder.

    Version 1.1 has one role for each person: a teacher who is a parent stays a teacher,
    and is a guardian only through the child's `agentSourcedIds`.
    """
    package = _Package(snapshot, today, version).files()
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in package.items():
                archive.writestr(name, content)
        return target
    target.mkdir(parents=True, exist_ok=True)
    for name, content in package.items():
        (target / name).write_bytes(content)
    return target


class _Package:
    def __init__(self, snapshot: Snapshot, today: date, version: Version) -> None:
        self._snapshot = snapshot
        self._year = school_year(today)
        self._version = version
        self._school = str(snapshot.school.id)
        self._session = f"year-{self._year}"
        self._class_rows: list[Row] = []
        self._enrollments: list[Row] = []

    def files(self) -> Mapping[str, bytes]:
        columns = COLUMNS_1_2 if self._version == "1.2" else COLUMNS_1_1
        self._add_homerooms()
        self._add_lessons()
        rows: dict[str, Iterable[Row]] = {
            "orgs": [{"sourcedId": self._school, "name": self._snapshot.school.title, "type": "school"}],
            "academicSessions": [self._academic_session()],
            "courses": self._courses(),
            "classes": self._class_rows,
            "users": self._users(),
            "roles": self._roles(),
            "enrollments": self._enrollments,
        }
        known = FILES_1_2 if self._version == "1.2" else FILES_1_1
        manifest = [
            {"propertyName": "manifest.version", "value": "1.0"},
            {"propertyName": "oneroster.version", "value": self._version},
            *(
                {"propertyName": f"file.{name}", "value": "bulk" if name in columns else "absent"}
                for name in sorted(known.split())
            ),
            {"propertyName": "source.systemName", "value": "Zvonok demo"},
        ]
        files = {"manifest.csv": _csv("propertyName,value", manifest)}
        for name, header in columns.items():
            files[f"{name}.csv"] = _csv(header, rows[name])
        return files

    def _academic_session(self) -> Row:
        return {
            "sourcedId": self._session,
            "title": f"{self._year}/{self._year + 1}",
            "type": "schoolYear",
            "startDate": date(self._year, FIRST_MONTH, 1).isoformat(),
            "endDate": date(self._year + 1, FIRST_MONTH, 1).isoformat(),
            "schoolYear": str(self._year + 1),
        }

    def _courses(self) -> Iterable[Row]:
        common = {"schoolYearSourcedId": self._session, "orgSourcedId": self._school}
        yield {"sourcedId": self._course(None), "title": "Класс", **common}
        for subject in self._snapshot.subjects.values():
            yield {
                "sourcedId": self._course(subject.id),
                "title": subject.title,
                "subjects": subject.title,
                "subjectCodes": subject.id,
                **common,
            }

    def _course(self, subject: SubjectId | None) -> str:
        return f"course-{self._year}-{subject or 'homeroom'}"

    def _homeroom(self, class_: ClassId) -> str:
        return f"homeroom-{self._year}-{class_}"

    def _grades(self, classes: Iterable[ClassId]) -> str:
        grades = {self._snapshot.classes[each].grade for each in classes}
        return ",".join(f"{grade:02}" for grade in sorted(grade for grade in grades if grade))

    def _add_class(self, row: Row) -> None:
        self._class_rows.append({"schoolSourcedId": self._school, "termSourcedIds": self._session, **row})

    def _enrol(self, class_: str, person: PersonId, role: str, dates: Dates, primary: bool = False) -> None:
        self._enrollments.append(
            {
                "sourcedId": f"enrollment-{len(self._enrollments) + 1}",
                "classSourcedId": class_,
                "schoolSourcedId": self._school,
                "userSourcedId": person,
                "role": role,
                "primary": str(primary).lower() if role == "teacher" else "",
                **_dates(dates),
            }
        )

    def _add_homerooms(self) -> None:
        for class_ in self._snapshot.classes.values():
            self._add_class(
                {
                    "sourcedId": self._homeroom(class_.id),
                    "title": class_.title,
                    "grades": self._grades([class_.id]),
                    "courseSourcedId": self._course(None),
                    "classType": "homeroom",
                    "metadata.cohort": class_.id,
                }
            )
        for row in self._snapshot.class_enrolments:
            self._enrol(self._homeroom(row.class_), row.student, "student", row.dates)
        for head in self._snapshot.homerooms:
            self._enrol(self._homeroom(head.class_), head.teacher, "teacher", head.dates, primary=True)

    def _add_lessons(self) -> None:
        members: dict[str | None, list[tuple[PersonId, Dates]]] = defaultdict(list)
        for row in self._snapshot.class_enrolments:
            members[row.class_].append((row.student, row.dates))
        for member in self._snapshot.subgroup_enrolments:
            members[member.subgroup].append((member.student, member.dates))
        seen: set[str] = set()
        for load in self._snapshot.loads:
            place = load.class_ or load.subgroup
            lesson = f"lesson-{self._year}-{load.subject}-{place}"
            if lesson not in seen:
                self._add_lesson(lesson, load.subject, load.class_, load.subgroup)
                for student, dates in members[place]:
                    self._enrol(lesson, student, "student", dates)
            self._enrol(lesson, load.teacher, "teacher", load.dates, primary=lesson not in seen)
            seen.add(lesson)

    def _add_lesson(
        self, lesson: str, subject: SubjectId, class_: ClassId | None, subgroup: SubgroupId | None
    ) -> None:
        label = ""
        classes: tuple[ClassId, ...] = (class_,) if class_ else ()
        if subgroup:
            label, classes = (
                self._snapshot.subgroups[subgroup].label,
                self._snapshot.subgroups[subgroup].classes,
            )
        titles = "+".join(self._snapshot.classes[each].title for each in classes)
        title = self._snapshot.subjects[subject].title
        self._add_class(
            {
                "sourcedId": lesson,
                "title": f"{titles}. {title}" + (f", {label}" if label else ""),
                "grades": self._grades(classes),
                "courseSourcedId": self._course(subject),
                "classType": "scheduled",
                "subjects": title,
                "subjectCodes": subject,
                "metadata.classes": ",".join(self._homeroom(each) for each in classes),
                "metadata.subgroup": label,
                "metadata.subgroupId": subgroup or "",
            }
        )

    def _users(self) -> Iterable[Row]:
        lists: dict[str, dict[PersonId, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in self._snapshot.guardianships:
            lists["agentSourcedIds"][row.child].append(row.guardian)
            if row.restricted:
                lists["metadata.restrictedAgents"][row.child].append(row.guardian)
        lists["metadata.position"] = self._positions()
        for member in self._snapshot.association_members:
            title = self._snapshot.associations[member.association].title
            lists["metadata.associations"][member.person].append(title)
            if member.chair:
                lists["metadata.chairs"][member.person].append(title)
        grades = {row.student: self._grades([row.class_]) for row in self._snapshot.class_enrolments}
        roles = {row.person: row.role for row in reversed(self._snapshot.roles)}
        for person in self._snapshot.people.values():
            role = roles[person.id]
            yield {
                "sourcedId": person.id,
                "enabledUser": str(person.enabled).lower(),
                "orgSourcedIds": self._school,
                "primaryOrgSourcedId": self._school,
                "role": ROLES_1_1.get(role, role.value),
                "username": person.id,
                "givenName": person.given,
                "familyName": person.family,
                "middleName": person.patronymic,
                "grades": grades.get(person.id, ""),
                **{column: ",".join(found.get(person.id, ())) for column, found in lists.items()},
            }

    def _positions(self) -> dict[PersonId, list[str]]:
        found: dict[PersonId, list[str]] = defaultdict(list)
        for row in self._snapshot.positions:
            found[row.person].append(row.position.value)
        return found

    def _roles(self) -> Iterable[Row]:
        """A person's positions stand beside the first role."""
        positions = self._positions()
        has_primary: set[PersonId] = set()
        for number, row in enumerate(self._snapshot.roles, start=1):
            yield {
                "sourcedId": f"role-{number}",
                "userSourcedId": row.person,
                "roleType": "secondary" if row.person in has_primary else "primary",
                "role": row.role.value,
                "orgSourcedId": self._school,
                "metadata.position": ",".join(positions.pop(row.person, ())),
                **_dates(row.dates),
            }
            has_primary.add(row.person)


def _dates(dates: Dates) -> Row:
    return {
        "beginDate": dates.begin.isoformat() if dates.begin else "",
        "endDate": dates.end.isoformat() if dates.end else "",
    }


def _csv(header: str, rows: Iterable[Row]) -> bytes:
    """Only the columns of `header` are written: versions differ in them."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header.split(","), restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
