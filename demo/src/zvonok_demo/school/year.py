"""The same school a year later: classes move up, leavers leave, beginners come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from zvonok_appservice.roster.class_titles import LAST_GRADE, ClassTitle, class_title
from zvonok_appservice.roster.snapshot import ALWAYS, Snapshot
from zvonok_core.ids import ClassId, PersonId
from zvonok_core.roles import Role
from zvonok_demo.school.draft import Draft
from zvonok_demo.school.families import Families
from zvonok_demo.school.generate import GeneratedSchool
from zvonok_demo.school.lessons import Lessons, add_substitution, taught
from zvonok_demo.school.people import Names
from zvonok_demo.school.staff import Teaching, appoint_class_heads, is_primary


def next_year(school: GeneratedSchool) -> GeneratedSchool:
    """What the journal says a year after `school.today`.

    Cohorts keep their ids: 7А is called 8А. The last grade's classes, their students and
    the guardians who have no other child are gone. As many classes as were in the lowest
    grade begin there. Teachers go on with their classes; the fourth grade's go back to
    the first, where the school has one.
    """
    old = school.snapshot
    today = school.today.replace(year=school.today.year + 1)
    draft = Draft(first_person=1 + max(int(person.removeprefix("p")) for person in old.people))
    beginners = _add_classes(draft, old, today)
    _keep_people(draft, old)
    _keep_rows(draft, old)
    names = Names(school.seed + today.year)
    size = len(old.class_enrolments) // len(old.classes)
    Families(draft, names, dict.fromkeys(beginners, size)).fill()
    teaching = Teaching()
    teaching.by_kind.update({kind: list(people) for kind, people in school.teachers.items()})
    stay = {
        row.class_: row.teacher
        for row in old.homerooms
        if row.class_ in draft.classes
        and is_primary(draft.classes[row.class_]) == is_primary(old.classes[row.class_])
    }
    appoint_class_heads(draft, teaching, stay)
    Lessons(draft, teaching, taught(old)).add(school.subjects)
    busy = {school.families.teacher_parent, *school.staff.administration}
    substitution = add_substitution(draft, today, avoid=busy)
    return replace(school, snapshot=draft.snapshot(), today=today, substitution=substitution)


def _add_classes(draft: Draft, old: Snapshot, today: date) -> list[ClassId]:
    titles = [class_title(class_.title) for class_ in old.classes.values()]
    this_year = [title for title in titles if title is not None]
    lowest = min(title.grade for title in this_year)
    beginners = [draft.add_class(title, today) for title in this_year if title.grade == lowest]
    for title in this_year:
        if title.grade < LAST_GRADE:
            draft.add_class(ClassTitle(title.grade + 1, title.letter), today)
    return beginners


def _keep_people(draft: Draft, old: Snapshot) -> None:
    left = {row.student for row in old.class_enrolments if row.class_ not in draft.classes}
    parents = {row.guardian for row in old.guardianships if row.child not in left}
    for row in old.roles:
        gone = row.person in left if row.role is Role.STUDENT else row.person not in parents
        if row.role in (Role.STUDENT, Role.GUARDIAN) and gone:
            continue
        draft.people[row.person] = old.people[row.person]
        draft.roles.append(row)


def _keep_rows(draft: Draft, old: Snapshot) -> None:
    stays: set[PersonId] = set(draft.people)
    draft.associations.update(old.associations)
    draft.positions.extend(old.positions)
    draft.association_members.extend(old.association_members)
    for row in old.class_enrolments:
        if row.student in stays and row.dates.end is None:
            draft.class_enrolments.append(replace(row, dates=ALWAYS))
    draft.guardianships.extend(row for row in old.guardianships if row.child in stays)
