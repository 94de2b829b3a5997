"""Schools and the rooms they ask for, as files that a school's administrator can read.

Each file in `golden/` is named by the rule that it shows. `school` is told in the words of
`SchoolBuilder`; `rooms` is what must come of it: all rooms, or those that are named.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import DAY, SchoolBuilder
from support.rooms import Seen, rooms_of

from zvonok_appservice.roster.snapshot import Dates
from zvonok_core.roles import Position, Role

FILES = sorted((Path(__file__).parent / "golden").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_school_asks_for_the_rooms_in_the_file(file: Path) -> None:
    golden = yaml.safe_load(file.read_text(encoding="utf-8"))
    rooms = rooms_of(told(golden["school"]), golden.get("day", DAY))
    found = {name: as_told(room) for name, room in sorted(rooms.items())}
    if golden.get("only"):
        found = {name: room for name, room in found.items() if name in golden["rooms"]}
    assert found == golden["rooms"]


def told(school: dict[str, Any]) -> SchoolBuilder:
    """The school of a golden file."""
    made = SchoolBuilder()
    for title in school["classes"]:
        made.klass(title)
    for person, what in school["people"].items():
        made.person(person, enabled=what.get("enabled", True))
        for role, dates in what.get("roles", {}).items():
            made.role(person, Role(role), within(dates))
        for position in what.get("positions", ()):
            made.position(person, Position(position))
        for class_, dates in what.get("in", {}).items():
            made.enrol(person, class_, within(dates))
        for class_, dates in what.get("heads", {}).items():
            made.homeroom(person, class_, within(dates))
        if "vanished" in what:
            made.vanish(person, what["vanished"])
    for person, what in school["people"].items():
        for child, rights in what.get("guards", {}).items():
            made.guardian(person, of=child, restricted=rights == "restricted")
        for subject, whom in what.get("teaches", {}).items():
            for group, dates in whom.items():
                in_class = group in made.classes
                made.load(person, subject, *((group,) if in_class else ("", group)), dates=within(dates))
    for group, what in school.get("subgroups", {}).items():
        made.subgroup(group, what.get("label", ""), classes=what["classes"], students=what["students"])
    return made


def within(dates: str | None) -> Dates:
    """`2026-09-01..2026-10-01`, either side open; nothing for always."""
    begin, _, end = (dates or "..").partition("..")
    return Dates(date.fromisoformat(begin) if begin else None, date.fromisoformat(end) if end else None)


def as_told(seen: Seen) -> dict[str, Any]:
    """A room in the words of a golden file: level 0 is left unsaid."""
    found: dict[str, Any] = {"members": " ".join(sorted(seen.members))}
    if seen.admins:
        found["admins"] = " ".join(sorted(seen.admins))
    if seen.moderators:
        found["moderators"] = " ".join(sorted(seen.moderators))
    if seen.read_only:
        found["writes"] = "50 and above"
    if seen.spaces:
        found["in"] = " ".join(seen.spaces)
    return found
