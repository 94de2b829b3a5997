"""A secretary's hand in the journal: a student is moved to the other class of the grade.

The rows are changed in place, as an export would come the next morning. What is changed
is noted first, so that a demo that was killed meanwhile puts it back at its next start.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Container
from dataclasses import asdict, dataclass
from pathlib import Path

from zvonok_core.errors import UserError
from zvonok_core.ids import ClassId, PersonId
from zvonok_core.text import text
from zvonok_demo.folder import DataFolder

NOTE = "move.json"


@dataclass(frozen=True, slots=True)
class Move:
    """Who moves, from which class to which."""

    student: PersonId
    old: ClassId
    new: ClassId

    @property
    def back(self) -> Move:
        """The same the other way round."""
        return Move(self.student, self.new, self.old)


def move(folder: DataFolder, step: Move) -> int:
    """Write the move into the journal. Returns how many rows it took. Raises UserError
    where the files are no longer as the demo made them."""
    folder.write_private(NOTE, asdict(step))
    return _rewrite(folder, step)


def undo(folder: DataFolder) -> int:
    """Put back what was moved and not yet undone. Returns how many rows it took. Raises
    UserError as `move` does."""
    noted = folder.read_private(NOTE)
    if not noted:
        return 0
    step = Move(PersonId(noted["student"]), ClassId(noted["old"]), ClassId(noted["new"]))
    rows = _rewrite(folder, step.back)
    (folder.path / NOTE).unlink()
    return rows


def _rewrite(folder: DataFolder, step: Move) -> int:
    try:
        known = {row["sourcedId"] for row in _rows(folder.journal / "classes.csv")}
        rows = _rows(folder.journal / "enrollments.csv")
        changed = sum([_moved(row, step, known) for row in rows])
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        fresh = folder.path / "enrollments.csv.new"
        fresh.write_bytes(out.getvalue().encode())
        fresh.replace(folder.journal / "enrollments.csv")
    except (OSError, ValueError, LookupError, csv.Error) as error:
        message = text(
            "The journal in {folder} can't be changed: {reason}", folder=folder.journal, reason=error
        )
        raise UserError(message) from error
    return changed


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _moved(row: dict[str, str], step: Move, known: Container[str]) -> bool:
    """The student's enrolments in the old class, its lessons and its subgroups become the
    same ones of the new class; a lesson that the new class doesn't have stays as it is."""
    place = row["classSourcedId"].replace(step.old, step.new)
    if row["userSourcedId"] != step.student or place == row["classSourcedId"] or place not in known:
        return False
    row["classSourcedId"] = place
    return True
