"""Tables, CSV and XLSX: a task in each row, for teachers who live in a spreadsheet.

Lists stand in one cell, each part on a line of its own, or parted by « | ». README.md describes
every column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from zvonok_botkit.sheets import to_csv, to_xlsx
from zvonok_core.text import Text, ntext, text
from zvonok_exam_prep import typed
from zvonok_exam_prep.formats import cells, form, own
from zvonok_exam_prep.formats.model import (
    MOST_ITEMS,
    Exported,
    Loss,
    Node,
    Problem,
    UnreadableError,
    node,
)
from zvonok_exam_prep.items import (
    Item,
    Matching,
    Number,
    OneChoice,
    Open,
    Ordering,
    SeveralChoices,
    Word,
)
from zvonok_exam_prep.shown import number_words, pairs_words

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ABOUT = (
    "id", "subject", "grades", "exam", "task", "topic", "difficulty", "points", "question", "explanation",
    "source",
)  # fmt: skip
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "код"),
    "subject": ("предмет", "subject"),
    "grades": ("класс", "классы", "grade", "grades"),
    "exam": ("экзамен", "exam"),
    "task": ("задание", "номер задания", "номер", "task"),
    "topic": ("тема", "topic"),
    "difficulty": ("сложность", "difficulty"),
    "points": ("баллы", "балл", "points"),
    "kind": ("вид", "kind", "type"),
    "question": ("вопрос", "question"),
    "left": ("слева", "left"),
    "options": ("варианты", "ответы", "части", "options"),
    "right": ("верно", "верный ответ", "правильный ответ", "ответ", "right", "answer"),
    "tolerance": ("погрешность", "tolerance"),
    "unit": ("единица", "единицы", "unit"),
    "criteria": ("критерии", "criteria"),
    "hints": ("подсказки", "подсказка", "hints", "hint"),
    "explanation": ("пояснение", "объяснение", "решение", "explanation"),
    "tags": ("хештеги", "метки", "tags"),
    "source": ("источник", "source"),
}
KINDS: Mapping[str, tuple[str, ...]] = {
    "one": ("один", "один ответ", "один из списка", "one"),
    "several": ("несколько", "несколько ответов", "several"),
    "number": ("число", "number"),
    "word": ("слово", "слова", "word"),
    "digits": ("цифры", "digits"),
    "digits, any order": ("цифры в любом порядке", "digits in any order"),
    "matching": ("соответствие", "matching"),
    "ordering": ("порядок", "последовательность", "ordering"),
    "open": ("развёрнутый", "развернутый", "развёрнутый ответ", "open"),
}
LONGEST_CELL = 20_000
_NAMES = {name: key for key, names in COLUMNS.items() for name in names}
_KIND_NAMES = {name: key for key, names in KINDS.items() for name in names}
_WORTH = re.compile(r"\s*[:—–-]\s*(\d{1,2})(?:\s*балл\w*|\s*points?)?$")


def trees(file: str, content: bytes, problems: list[Problem]) -> list[Node]:
    """The rows of a table as trees. Raises UnreadableError."""
    table = cells.rows(file, content)
    header = next(table, None)
    if header is None:
        return []
    keys = _header(file, header, problems)
    found: list[Node] = []
    for line, fields in table:
        if len(found) >= MOST_ITEMS:
            raise UnreadableError(text("There are more than {n} tasks.", n=MOST_ITEMS), line)
        row = {key: cell.strip(" ") for key, cell in zip(keys, fields, strict=False) if key and cell.strip()}
        for key, cell in row.items():
            if what := _fault(cell):
                problems.append(Problem(file, line, key, what))
        if row:
            found.append(_tree(row, line))
    return found


def _fault(cell: str) -> Text | None:
    if cell == cells.DATE:
        return text("The spreadsheet has made a date of this. Format the column as text and type it again.")
    if cell == cells.FORMULA:
        return text("This is a formula of the spreadsheet. Put its value here.")
    return (
        ntext("It has more than {n} letter.", "It has more than {n} letters.", LONGEST_CELL)
        if len(cell) > LONGEST_CELL
        else None
    )


def _header(file: str, header: cells.Row, problems: list[Problem]) -> list[str]:
    line, fields = header
    keys = [_NAMES.get(" ".join(cell.lower().split()).rstrip(":*"), "") for cell in fields]
    for key, cell in zip(keys, fields, strict=True):
        if cell.strip() and not key:
            known = ", ".join(names[0] for names in COLUMNS.values())
            what = text(
                "There is no column “{name}”. There are: {known}.", name=cell.strip()[:60], known=known
            )
            problems.append(Problem(file, line, "", what))
    twice = sorted(key for key, times in Counter(keys).items() if key and times > 1)
    problems += [Problem(file, line, key, text("This column is there twice.")) for key in twice]
    if "question" not in keys:
        what = text("The first row has to name the columns; one is “{name}”.", name=COLUMNS["question"][0])
        raise UnreadableError(what, line)
    return keys


# ---------------------------------------------------------------- a row into a tree


def _tree(row: Mapping[str, str], line: int) -> Node:
    kind = _kind(row)
    found: dict[str, Any] = {key: row[key] for key in ABOUT if key in row}
    asked: dict[str, Any] = {key: row[key] for key in ("right", "tolerance", "unit") if key in row}
    if "hints" in row:
        found["hints"] = _parts(row["hints"])
    if "tags" in row:
        found["tags"] = row["tags"].replace(",", " ").split()
    if "left" in row:
        asked["left"] = _parts(row["left"])
    if "options" in row:
        asked["parts" if kind == "ordering" else "options"] = _parts(row["options"])
    if kind == "word" and "right" in row:
        asked["right"] = _parts(row["right"])
    if kind == "digits, any order":
        kind, asked["any_order"] = "digits", "yes"
    if kind == "open":
        asked["sample"], asked["criteria"] = asked.pop("right", ""), _criteria(row.get("criteria", ""))
    elif "criteria" in row:
        asked["criteria"] = row["criteria"]
    return node({**found, kind: asked}, line)


def _kind(row: Mapping[str, str]) -> str:
    """What the row says, or what its other cells look like."""
    if "kind" in row:
        said = " ".join(row["kind"].lower().split())
        return _KIND_NAMES.get(said, said)
    right = row.get("right", "")
    if "left" in row:
        return "matching"
    if "criteria" in row:
        return "open"
    if "options" in row:
        return "one" if len(typed.places(right, 10) or ()) < 2 else "several"
    return "number" if typed.number(right) else "word"


def _parts(cell: str) -> list[str]:
    parts = cell.split("\n") if "\n" in cell else cell.split(" | ")
    return [part.strip() for part in parts if part.strip()]


def _criteria(cell: str) -> list[Any]:
    found = []
    for part in _parts(cell):
        said = _WORTH.search(part, max(0, len(part) - 40))
        name, points = (part[: said.start()], int(said[1])) if said else (part, 1)
        found.append({"name": name, "levels": [""] * (points + 1)})
    return found or [{"name": "Ответ", "levels": ["", ""]}]


# ---------------------------------------------------------------- writing


def as_csv(items: Iterable[Item]) -> Exported:
    """A table for Excel as it is set up in Russia."""
    losses: list[Loss] = []
    return Exported(to_csv(_table(items, losses)), CSV, tuple(losses))


def as_xlsx(items: Iterable[Item]) -> Exported:
    """A workbook of one sheet."""
    losses: list[Loss] = []
    return Exported(to_xlsx({"Задания": _table(items, losses)}), XLSX, tuple(losses))


def _table(items: Iterable[Item], losses: list[Loss]) -> list[list[str]]:
    rows = [_row(item, losses) for item in items]
    head = [names[0] for names in COLUMNS.values()]
    return [head, *([_guarded(row.get(key, "")) for key in COLUMNS] for row in rows)]


def _guarded(cell: str) -> str:
    return f"'{cell}" if cells.GUARDED.match(cell) else cell


def _row(item: Item, losses: list[Loss]) -> dict[str, str]:
    plain = own.plain(item)
    kind = next(key for key in form.KINDS if key in plain)
    asked, points = plain.pop(kind), plain.pop("points", "")
    row: dict[str, str] = {key: words for key, words in plain.items() if isinstance(words, str)}
    row["points"] = points if isinstance(points, str) else " ".join([*points, "0"][: max(2, len(points))])
    row["hints"] = _cell(item, item.hints, losses)
    row["tags"] = " ".join(item.tags)
    row["kind"] = KINDS["digits, any order" if asked.get("any_order") else kind][0]
    row["right"] = asked.get("right", "")
    match item.asks:
        case OneChoice(options) | SeveralChoices(options):
            row["options"] = _cell(item, tuple(option.words for option in options), losses)
            if any(option.comment for option in options):
                losses.append(Loss(item.id, text("The comments on options are left out.")))
        case Number(value, tolerance, unit):
            row["right"], row["unit"] = number_words(value), unit
            row["tolerance"] = number_words(tolerance) if tolerance else ""
        case Word(spellings):
            row["right"] = _cell(item, spellings, losses)
        case Matching(left, words, right) as matching:
            row["left"], row["options"] = _cell(item, left, losses), _cell(item, words, losses)
            row["right"] = pairs_words(matching.letters, (place + 1 for place in right))
        case Ordering(parts):
            row["options"] = _cell(item, parts, losses)
        case Open(criteria, sample):
            row["criteria"] = "\n".join(f"{one.name}: {one.points}" for one in criteria)
            row["right"] = sample
            if any(any(one.levels) for one in criteria):
                losses.append(Loss(item.id, text("What each point is given for is left out.")))
    if item.pictures:
        losses.append(Loss(item.id, text("The pictures are left out.")))
    return row


def _cell(item: Item, parts: tuple[str, ...], losses: list[Loss]) -> str:
    if any("\n" in part for part in parts):
        losses.append(Loss(item.id, text("Ends of lines within a list are left out.")))
    cell = "\n".join(" ".join(part.split("\n")) for part in parts)
    return f"{cell}\n" if len(parts) == 1 and " | " in cell else cell
