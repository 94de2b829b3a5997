"""Gathers what is wrong with a journal while it is read, so that all is told at once."""

from __future__ import annotations

from collections.abc import Iterable

from zvonok_appservice.roster.cleaning import shown
from zvonok_appservice.roster.snapshot import Origin
from zvonok_appservice.roster.source import Finding, Severity
from zvonok_core.ids import PersonId
from zvonok_core.text import Text


class Findings:
    """The findings so far, in the order in which they were made.

    Values are given raw: they are made safe here, and nowhere else.
    """

    def __init__(self, found: Iterable[Finding] = ()) -> None:
        self._found = list(found)
        self._set_aside: set[PersonId] = set()
        self.fatal_found = any(finding.severity is Severity.FATAL for finding in self._found)

    def fatal(
        self,
        sentence: Text,
        file: str,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        """Nothing of this reading will be applied."""
        self.fatal_found = True
        self._add(Severity.FATAL, sentence, file, row, column, value, None)

    def bad_row(
        self,
        sentence: Text,
        origin: Origin,
        column: str | None = None,
        value: str | None = None,
        person: PersonId | None = None,
    ) -> None:
        """A row, or what one field of it says, is set aside; `person` keeps what was."""
        if person is not None:
            self._set_aside.add(person)
        self._add(Severity.BAD_ROW, sentence, origin.file, origin.row, column, value, person)

    def note(
        self,
        sentence: Text,
        origin: Origin,
        column: str | None = None,
        value: str | None = None,
        person: PersonId | None = None,
    ) -> None:
        """Odd, but taken as it stands."""
        self._add(Severity.NOTE, sentence, origin.file, origin.row, column, value, person)

    def note_on_file(self, sentence: Text, file: str) -> None:
        """Odd about a whole file."""
        self._add(Severity.NOTE, sentence, file, None, None, None, None)

    def is_set_aside(self, person: PersonId) -> bool:
        """Whether a row of this person was bad."""
        return person in self._set_aside

    def all(self) -> tuple[Finding, ...]:
        """Everything that was found."""
        return tuple(self._found)

    def _add(
        self,
        severity: Severity,
        sentence: Text,
        file: str,
        row: int | None,
        column: str | None,
        value: str | None,
        person: PersonId | None,
    ) -> None:
        safe = None if value is None else shown(value)
        self._found.append(Finding(severity, sentence, file, row, column, safe, person))
