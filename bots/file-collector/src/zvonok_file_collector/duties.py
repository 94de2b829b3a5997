"""Of whom something is asked, and whose sending it counts. Pure: whoever is in the room now.

Who comes later is asked, too, and who leaves is asked no more, because this is looked up
anew each time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from zvonok_botkit import Member
from zvonok_core.ids import UserId
from zvonok_core.people import Person, plain
from zvonok_core.roles import Level
from zvonok_file_collector.collection import Group, Whom

_GROUPS: tuple[tuple[str, Group], ...] = (
    (
        r"учени\w+|учащи\w+|ребят\w*|дет(?:и|ей|ям)|(?:весь |всего )?класса?|students|pupils|(?:the )?class",
        Group.STUDENTS,
    ),
    (
        r"родител\w+|мам\w* (?:и|или) пап\w*|мам\w*|пап\w*|законн\w+ представител\w+|parents?|guardians?",
        Group.GUARDIANS,
    ),
    (r"все|всех|всем|каждый|каждого|everybody|everyone|all", Group.EVERYBODY),
)
_SUBGROUP = re.compile(
    r"(?:под)?групп\w*\s+(.+)|(?:sub)?group\s+(.+)|(\d+)(?:-?[а-я]{1,2})?\s+(?:под)?групп\w*"
)


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody of whom something is asked. `able` are those whose sending counts: a student,
    or each guardian of a child. `reached` are those of them who are in the room by now."""

    subject: Person
    able: tuple[UserId, ...]
    reached: tuple[UserId, ...]


def read_group(words: str) -> Group | None:
    """«Родители», «от учеников», «все»; None for anything else."""
    said = re.sub(r"^(?:все\w?|all)\s+(?=\w)", "", plain(words).strip(" .,;:"))
    return next((group for pattern, group in _GROUPS if re.fullmatch(pattern, said)), None)


def read_subgroup(words: str) -> str | None:
    """What a subgroup is called: «группа 2» → «2»; None where none is named."""
    found = _SUBGROUP.fullmatch(plain(words).strip(" .,;:"))
    return next(part for part in found.groups() if part).strip() if found else None


def split_names(words: str) -> list[str]:
    """«Петров, Сидорова и Белов» → one name each."""
    return [part.strip() for part in re.split(r"[,;\n]|\s(?:и|and)\s", words) if part.strip()]


def sensible(members: Sequence[Member]) -> Group:
    """Whom a room is for: its students, else its parents, else all who are in it."""
    relations = {relation for member in members for relation in member.relations}
    if "student" in relations:
        return Group.STUDENTS
    return Group.GUARDIANS if "guardian" in relations else Group.EVERYBODY


def duties(
    members: Iterable[Member], whom: Whom, author: UserId, subgroup: Collection[UserId] | None = None
) -> tuple[Duty, ...]:
    """Who is asked, by family name. `subgroup` is who is in that one's room."""
    listed = list(members)
    found = _families(listed) if whom.group is Group.GUARDIANS else _each(listed, whom, author)
    if whom.people:
        found = [duty for duty in found if duty.subject.user in whom.people]
    if subgroup is not None:
        found = [duty for duty in found if duty.subject.user in subgroup]
    return tuple(sorted(found, key=lambda duty: (plain(duty.subject.short), duty.subject.user)))


def _each(members: list[Member], whom: Whom, author: UserId) -> list[Duty]:
    if whom.group is Group.STUDENTS:
        known = [member for member in members if member.relations]
        # Without a directory nobody is a student: those who lead the room are not asked.
        members = [m for m in known if "student" in m.relations] or [
            m for m in members if not m.relations and m.level < Level.MODERATOR
        ]
    return [_own(member) for member in members if member.person.user != author]


def _own(member: Member) -> Duty:
    able = (member.person.user,)
    return Duty(member.person, able, able if member.joined else ())


def _families(members: list[Member]) -> list[Duty]:
    """One for each child; guardians of whom no child is known are asked for themselves."""
    found: dict[UserId, Duty] = {}
    for member in members:
        if "guardian" not in member.relations:
            continue
        if not member.children:
            found[member.person.user] = _own(member)
        for child in member.children:
            duty = found.get(child.user, Duty(child, (), ()))
            found[child.user] = replace(
                duty,
                able=(*duty.able, member.person.user),
                reached=(*duty.reached, member.person.user) if member.joined else duty.reached,
            )
    return list(found.values())
