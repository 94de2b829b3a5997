"""The classes that tables speak of, by title, each with its cohort."""

from __future__ import annotations

from datetime import date

from zvonok_appservice.roster.checks import Draft
from zvonok_appservice.roster.class_titles import ClassTitle, cohort
from zvonok_appservice.roster.snapshot import Class, Origin
from zvonok_appservice.roster.tables.records import Record
from zvonok_core.ids import ClassId


class Classes:
    """Classes come into being by having a student or a head; `day` is of the school year
    that their titles are of."""

    def __init__(self, draft: Draft, day: date) -> None:
        self._draft = draft
        self._day = day
        self._found: dict[ClassTitle, tuple[ClassId, Origin]] = {}

    def of(self, title: ClassTitle, record: Record, explicit: ClassId | None = None) -> ClassId | None:
        """The class of this title, made where it is new; None where it has another
        explicit cohort already."""
        known = self._found.get(title)
        if known is None:
            known = (explicit or cohort(title, self._day), record.origin)
            self._found[title] = known
        return known[0] if explicit in (None, known[0]) else None

    def called(self, title: ClassTitle) -> ClassId | None:
        """The class of this title, where there is one."""
        found = self._found.get(title)
        return found[0] if found else None

    def finish(self) -> None:
        """Put them into the draft by grade and letter, whatever order their rows had."""
        for order, title in enumerate(sorted(self._found, key=lambda each: (each.grade, each.letter))):
            class_, origin = self._found[title]
            self._draft.classes[class_] = Class(class_, str(title), title.grade, order, origin)
