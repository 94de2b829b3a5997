"""The border to the journal: a new format is one file that implements RosterSource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from zvonok_appservice.roster.snapshot import Snapshot
from zvonok_core.ids import PersonId
from zvonok_core.text import Text


class Severity(StrEnum):
    """What a finding does: FATAL stops the import and the last good snapshot stays;
    BAD_ROW sets one row aside and its person keeps the last good state; NOTE is said."""

    FATAL = "fatal"
    BAD_ROW = "bad_row"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong or odd in the journal, at a place, in a sentence.

    `row` is as a spreadsheet numbers it, `value` the one offending value, made safe to
    show and cut short: never a whole row, for rows are personal data. `person` is whose
    last good state is to be kept, where the row tells.
    """

    severity: Severity
    text: Text
    file: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    person: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading the journal once.

    `snapshot` is None where a finding is fatal. `rows` counts each file's data rows.
    `state` is what the source wants to be given at the next read (the base that a delta
    applies to), None where it needs nothing; it is kept only once the reading was taken.
    """

    snapshot: Snapshot | None
    findings: tuple[Finding, ...]
    rows: Mapping[str, int]
    state: bytes | None = None

    @property
    def set_aside(self) -> frozenset[PersonId]:
        """The people who keep their last good state because a row of theirs is bad."""
        return frozenset(
            finding.person
            for finding in self.findings
            if finding.severity is Severity.BAD_ROW and finding.person is not None
        )


class RosterSource(Protocol):
    """A journal in some format. Both calls may block: they run outside the event loop."""

    def fingerprint(self) -> str:
        """A hash of the files: while it stays the same, `read` is not called.

        Raises TemporaryError while the journal is out of reach.
        """

    def read(self, previous: bytes | None) -> Reading:
        """Read it all. `previous` is the `state` of the reading that was taken last.

        Raises TemporaryError while the journal is out of reach; everything that is wrong
        with its content is a finding.
        """
