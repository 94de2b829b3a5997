"""Enrolments into who is in which class, who heads it, and who teaches what to whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date

from zvonok_appservice.roster.checks import Draft
from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.oneroster.base import REFERS_TO_BAD_ROW, Base
from zvonok_appservice.roster.oneroster.classes import ClassTables, HomeroomClass, Lesson, in_journal_order
from zvonok_appservice.roster.oneroster.columns import CLASSES, ENROLLMENTS, USERS, Enrollment
from zvonok_appservice.roster.oneroster.fields import FieldError, period, take, truth, within
from zvonok_appservice.roster.snapshot import ClassEnrolment, Dates, Homeroom, Load, SubgroupEnrolment
from zvonok_core.ids import ClassId, PersonId, SubgroupId
from zvonok_core.text import text

_IGNORED = frozenset(
    {"administrator", "proctor", "guardian", "parent", "relative", "aide", "counselor", "principal"}
)
"""Accepted, for some exporters write them, but nobody becomes a member so."""


class Enrollments:
    """Fills a draft from enrollments.csv. `here` are the users with a role in the school."""

    def __init__(
        self, base: Base, draft: Draft, tables: ClassTables, here: set[str], findings: Findings
    ) -> None:
        self._base = base
        self._draft = draft
        self._tables = tables
        self._here = here
        self._findings = findings

    def read(self, today: date) -> None:
        """Read all rows, then find the classes of subgroups that are told by their
        students."""
        for row in self._base.of(ENROLLMENTS).values():
            if self._is_ours(row):
                try:
                    self._enrolment(row)
                except FieldError as error:
                    self._findings.bad_row(
                        error.text, row.origin, error.column, error.value, PersonId(row.user)
                    )
        self._place_subgroups(today)

    def _is_ours(self, row: Enrollment) -> bool:
        """Whether the row says anything about this school; if it can't, it is set aside."""
        person = PersonId(row.user)
        ours = row.school == self._draft.school.id
        if not ours and (row.class_ in self._tables.elsewhere or row.class_ not in self._base.of(CLASSES)):
            return False
        if ours is (row.class_ in self._tables.elsewhere):
            sentence = text("is not the school of the class")
            self._findings.bad_row(sentence, row.origin, "schoolSourcedId", row.school, person)
            return False
        if row.role in _IGNORED:
            return False
        if not self._base.has(CLASSES, row.class_, row.origin, "classSourcedId", self._findings, person):
            return False
        if row.class_ in self._tables.set_aside:
            sentence = REFERS_TO_BAD_ROW
            self._findings.bad_row(sentence, row.origin, "classSourcedId", row.class_, person)
            return False
        if not self._base.has(USERS, row.user, row.origin, "userSourcedId", self._findings):
            return False
        if row.user not in self._here:
            sentence = text("the person has no role in the school, so the row gives nothing")
            self._findings.note(sentence, row.origin, "userSourcedId", row.user)
            return False
        return True

    def _enrolment(self, row: Enrollment) -> None:
        person = PersonId(row.user)
        if row.role not in ("student", "teacher"):
            self._findings.bad_row(text("is not a known word"), row.origin, "role", row.role, person)
            return
        primary = bool(row.primary) and take(truth, "primary", row.primary)
        own = period(row.begin_date, row.end_date)
        place = self._tables.homerooms.get(row.class_) or self._tables.lessons[row.class_]
        dates = within(own, place.dates)
        if dates is None:
            sentence = text("the dates lie outside the terms of the class")
            self._findings.bad_row(sentence, row.origin, "beginDate", row.begin_date, person)
        elif isinstance(place, HomeroomClass):
            self._homeroom(row, place.cohort, primary, dates)
        else:
            self._lesson(row, place, dates)

    def _homeroom(self, row: Enrollment, cohort: ClassId, primary: bool, dates: Dates) -> None:
        person = PersonId(row.user)
        if row.role == "student":
            self._draft.class_enrolments.append(ClassEnrolment(person, cohort, dates, row.origin))
        elif primary:
            self._draft.homerooms.append(Homeroom(person, cohort, dates, row.origin))

    def _lesson(self, row: Enrollment, lesson: Lesson, dates: Dates) -> None:
        person = PersonId(row.user)
        if row.role == "teacher":
            load = Load(person, lesson.subject, lesson.class_, lesson.subgroup, dates, row.origin)
            self._draft.loads.append(load)
        elif lesson.subgroup is not None:
            enrolment = SubgroupEnrolment(person, lesson.subgroup, dates, row.origin)
            self._draft.subgroup_enrolments.append(enrolment)

    def _place_subgroups(self, today: date) -> None:
        """A subgroup is of the classes in which its students of today are today; in the
        holidays, of those in which any of its students ever is."""
        classes_of: dict[PersonId, list[ClassEnrolment]] = defaultdict(list)
        for place in self._draft.class_enrolments:
            classes_of[place.student].append(place)
        now: dict[SubgroupId, set[ClassId]] = defaultdict(set)
        ever: dict[SubgroupId, set[ClassId]] = defaultdict(set)
        for row in self._draft.subgroup_enrolments:
            if row.subgroup not in self._tables.unplaced:
                continue
            for place in classes_of[row.student]:
                if within(place.dates, row.dates) is not None:
                    ever[row.subgroup].add(place.class_)
                    if row.dates.hold(today) and place.dates.hold(today):
                        now[row.subgroup].add(place.class_)
        for id_ in self._tables.unplaced:
            subgroup = self._draft.subgroups[id_]
            classes = in_journal_order(now[id_] or ever[id_], self._draft.classes)
            self._draft.subgroups[id_] = replace(subgroup, classes=classes)
            if not classes:
                self._findings.note(text("nothing tells of which class this is a part"), subgroup.origin)
