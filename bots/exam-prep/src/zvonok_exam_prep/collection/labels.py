"""What a task is about, without the task: enough to choose by. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from zvonok_exam_prep.items import Exam, Item, ItemId


@dataclass(frozen=True, slots=True)
class Label:
    """See the fields of the same names in `items.Item`."""

    id: ItemId
    subject: str
    grades: tuple[int, ...]
    exam: Exam | None = None
    task: str = ""
    topic: str = ""
    difficulty: int = 1
    points: int = 1
    tags: tuple[str, ...] = ()


def label_of(item: Item) -> Label:
    """The label of a task."""
    return Label(
        item.id,
        item.subject,
        item.grades,
        item.exam,
        item.task,
        item.topic,
        item.difficulty,
        item.points,
        item.tags,
    )
