"""Many tasks, and finding the ones that somebody names. Pure, but for reading what is shipped."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from zvonok_core.people import plain
from zvonok_exam_prep.formats import read
from zvonok_exam_prep.items import Exam, Item, ItemId, arrangeable, rearranged

_SHORTEST_STEM = 4


class Bank:
    """Tasks by their ids, in the order in which they were given."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = {item.id: item for item in items}

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items.values())

    def __contains__(self, id: object) -> bool:
        return id in self._items

    def __getitem__(self, id: ItemId) -> Item:
        return self._items[id]

    def __or__(self, other: Bank) -> Bank:
        """Both; of two tasks with one id the other's."""
        return Bank([*self, *other])

    @property
    def subjects(self) -> tuple[str, ...]:
        """Each subject once."""
        return tuple(dict.fromkeys(item.subject for item in self))

    def topics(self, subject: str) -> tuple[str, ...]:
        """Each topic of a subject once."""
        return tuple(dict.fromkeys(item.topic for item in self.find(subject=subject) if item.topic))

    def find(
        self,
        *,
        subject: str = "",
        grade: int | None = None,
        exam: Exam | None = None,
        task: str = "",
        topic: str = "",
        tag: str = "",
    ) -> tuple[Item, ...]:
        """The tasks that fit all that is said. Subject and topic may be said in part and in
        another case: «английский», «дробь»; a tag with its sign or without."""
        wanted = plain(tag.lstrip("#"))
        return tuple(
            item
            for item in self
            if (not subject or _says(item.subject, subject))
            and (grade is None or grade in item.grades)
            and (exam is None or item.exam is exam)
            and (not task or item.task == task)
            and (not topic or _says(item.topic, topic))
            and (not wanted or wanted in map(plain, item.tags))
        )


def shuffled(item: Item, seed: str) -> Item:
    """The same task with its options or parts in an order that comes from `seed` alone, such as
    a student's id and the number of a variant."""
    order = list(range(arrangeable(item.asks)))
    random.Random(f"{seed} {item.id}").shuffle(order)
    return rearranged(item, tuple(order))


@cache
def shipped() -> Bank:
    """The tasks that are part of the bot."""
    folder = resources.files(__package__) / "shipped"
    items: list[Item] = []
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        found = read(file.name, file.read_bytes())
        assert not found.problems, [str(problem.sentence) for problem in found.problems]
        items += found.items
    return Bank(items)


def _says(whole: str, said: str) -> bool:
    words = re.findall(r"\w+", plain(whole))
    stems = [word[: max(_SHORTEST_STEM, len(word) - 2)] for word in re.findall(r"\w+", plain(said))]
    return bool(stems) and all(any(word.startswith(stem) for word in words) for stem in stems)
