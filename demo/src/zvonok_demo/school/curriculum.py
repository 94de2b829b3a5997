"""What is taught in which grade for how many hours a week, and by which kind of teacher."""

from __future__ import annotations

from dataclasses import dataclass

from zvonok_core.ids import AssociationId, SubjectId

PRIMARY = "primary"


@dataclass(frozen=True, slots=True)
class Course:
    """A subject as the timetable sees it. `hours` is by grade; a grade that is absent does
    not have it. `speciality` is what its teacher is trained for, from grade 5 on; below
    that the class's own teacher has it, unless `specialist` is set."""

    id: SubjectId
    title: str
    speciality: str
    hours: dict[int, int]
    specialist: bool = False
    subgroups: bool = False


def _course(line: str) -> Course:
    id_, title, speciality, flags, *spans = (part.strip() for part in line.split("|"))
    hours: dict[int, int] = {}
    for span in spans[0].split():
        grades, _, count = span.partition(":")
        first, _, last = grades.partition("-")
        hours |= dict.fromkeys(range(int(first), int(last or first) + 1), int(count))
    return Course(SubjectId(id_), title, speciality, hours, "specialist" in flags, "subgroups" in flags)


COURSES = tuple(
    _course(line)
    for line in """
    russian        | Русский язык                    | philology |            | 1-4:5 5:5 6:6 7:4 8-9:3 10-11:2
    reading        | Литературное чтение             | philology |            | 1-4:4
    literature     | Литература                      | philology |            | 5-6:3 7-8:2 9-11:3
    maths          | Математика                      | maths     |            | 1-4:4 5-6:5
    algebra        | Алгебра                         | maths     |            | 7-9:3 10-11:4
    geometry       | Геометрия                       | maths     |            | 7-11:2
    informatics    | Информатика                     | informatics |          | 7-11:1
    english        | Английский язык                 | english   | specialist subgroups | 2-4:2 5-11:3
    german         | Немецкий язык                   | german    | specialist | 7-9:2
    world          | Окружающий мир                  | biology   |            | 1-4:2
    history        | История                         | history   |            | 5-11:2
    social_studies | Обществознание                  | history   |            | 6-9:1 10-11:2
    geography      | География                       | geography |            | 5-6:1 7-9:2 10-11:1
    biology        | Биология                        | biology   |            | 5-7:1 8-9:2 10-11:1
    physics        | Физика                          | physics   |            | 7-8:2 9:3 10-11:2
    chemistry      | Химия                           | chemistry |            | 8-9:2 10-11:1
    music          | Музыка                          | music     | specialist | 1-8:1
    art            | Изобразительное искусство       | art       |            | 1-7:1
    labour         | Труд (технология)               | labour    |            | 1-4:1 5-7:2 8-9:1
    safety         | Основы безопасности и защиты Родины | safety |           | 8-11:1
    sport          | Физическая культура             | sport     | specialist | 1-4:2 5-11:2
    """.strip().splitlines()
)

BY_ID = {course.id: course for course in COURSES}

FEW_SUBJECTS = frozenset(
    SubjectId(id_)
    for id_ in (
        "russian",
        "literature",
        "maths",
        "algebra",
        "geometry",
        "english",
        "german",
        "history",
        "biology",
        "sport",
    )
)
"""The subjects of a small school: enough for every kind of room, few enough to read."""


@dataclass(frozen=True, slots=True)
class Department:
    """A methodical association and the specialities whose teachers are in it."""

    id: AssociationId
    title: str
    specialities: frozenset[str]


DEPARTMENTS = tuple(
    Department(AssociationId(id_), title, frozenset(specialities.split()))
    for id_, title, specialities in (
        ("mo-primary", "учителей начальных классов", PRIMARY),
        ("mo-philology", "учителей русского языка и литературы", "philology"),
        ("mo-maths", "учителей математики и информатики", "maths informatics"),
        ("mo-languages", "учителей иностранных языков", "english german"),
        ("mo-history", "учителей истории и географии", "history geography"),
        ("mo-science", "учителей естественных наук", "biology physics chemistry"),
        ("mo-arts", "учителей искусства и технологии", "music art labour"),
        ("mo-sport", "учителей физкультуры и безопасности", "sport safety"),
    )
)
DEPARTMENT_OF = {each: department for department in DEPARTMENTS for each in department.specialities}
