"""Reading a list takes as many steps for each task however long the list is, and however hostile."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from support.tasks import KINDS, item

from zvonok_exam_prep.formats import Format, read, write
from zvonok_exam_prep.items import ItemId

USUAL = {"subject": "физика", "grades": "7"}


def steps(work: Callable[[], object]) -> int:
    """How many lines of Python are run, which no machine's load changes."""
    count = 0

    def line(frame: FrameType, event: str, _: object) -> object:
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(line)  # type: ignore[arg-type]
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def listed(count: int, kind: Format) -> bytes:
    items = [
        item(KINDS[n % len(KINDS)], 2, id=ItemId(f"{n:05}"), question=f"Кто плавает, {n}?")
        for n in range(count)
    ]
    return write(items, kind).content


@pytest.mark.parametrize("kind", list(Format))
def test_four_times_as_many_tasks_take_four_times_as_many_steps(kind: Format) -> None:
    small, large = listed(24, kind), listed(96, kind)
    name = f"a.{kind}"
    assert len(read(name, large).items) == 96
    read(name, small)  # what is remembered from the first time on
    few, many = steps(lambda: read(name, small)), steps(lambda: read(name, large))
    assert 2.5 < many / few < 4.6, (few, many)


HOSTILE: dict[str, Callable[[int], str]] = {
    "a.gift": lambda n: "Кто? {" + "=а -> б " * n + "}",
    "b.gift": lambda n: "Кто? {" + "~ж " * n + "=я}",
    "c.gift": lambda n: "\\{" * n + " {=а}",
    "d.gift": lambda n: "{\n\n" * n,
    "e.gift": lambda n: "Кто <b>" + "\\\\(" * n + " {=а}",
    "a.csv": lambda n: "вопрос;верно\n" + "Кто?;кит\n" * n,
    "b.csv": lambda n: "вопрос;варианты;верно\nКто?;" + "а | " * n + ";1",
    "c.csv": lambda n: ";".join(["вопрос"] * n) + "\n1",
    "a.xml": lambda n: "<quiz>" + "<question/>" * n + "</quiz>",
    "b.xml": lambda n: "<quiz><question>" + "<answer/>" * n + "</question></quiz>",
    "a.yaml": lambda n: "".join(f"- {{k{i}: 1}}\n" for i in range(n)),
    "b.yaml": lambda n: "- one:\n    right: 1\n    options:\n" + "    - а\n" * n,
    "c.yaml": lambda n: "- question: " + "$x$ " * n,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_lists_take_no_more_steps_than_they_are_long(name: str) -> None:
    small, large = (HOSTILE[name](n).encode() for n in (200, 800))
    read(name, small, USUAL)
    few, many = (steps(lambda content=content: read(name, content, USUAL)) for content in (small, large))  # type: ignore[misc]
    assert many / few < 5
