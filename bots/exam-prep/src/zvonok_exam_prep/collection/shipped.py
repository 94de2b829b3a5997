"""The tasks that every school has, from the files of this package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

from zvonok_exam_prep.collection.labels import Label, label_of
from zvonok_exam_prep.formats import read
from zvonok_exam_prep.items import Item, ItemId

FOLDER = "shipped"


@cache
def items() -> Mapping[ItemId, Item]:
    """All of them, by id, in the order of the files. Raises ValueError for a file with a
    problem: the tests have read them all."""
    folder = resources.files("zvonok_exam_prep") / FOLDER
    found: dict[ItemId, Item] = {}
    files = sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else []
    for file in files:
        reading = read(file.name, file.read_bytes())
        if reading.problems:
            raise ValueError(str(reading.problems[0].sentence))
        found |= {item.id: item for item in reading.items}
    return found


@cache
def labels() -> tuple[Label, ...]:
    """Their labels."""
    return tuple(label_of(item) for item in items().values())
