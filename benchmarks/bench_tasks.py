"""Lists of tasks in every format, short and long, and files of ten megabytes that mean no good.

    .venv/bin/python benchmarks/bench_tasks.py [--items N]

Printed is the time for each task, in a list of so many, against that of a list of a sixteenth; and for
each hostile file how long it takes until it is refused, against the longest honest list.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

from zvonok_exam_prep.bank import shipped
from zvonok_exam_prep.formats import Format, read, write
from zvonok_exam_prep.formats.model import MOST_BYTES
from zvonok_exam_prep.items import Item, ItemId

USUAL = {"subject": "физика", "grades": "7"}
HOSTILE: dict[str, Callable[[int], str]] = {
    "pairs.gift": lambda n: "Кто? {" + "=а -> б " * n + "}",
    "options.gift": lambda n: "Кто? {" + "~ж " * n + "=я}",
    "ids.gift": lambda n: "// " + "[id:" * n + "\nКто? {=а}",
    "formulas.gift": lambda n: "Кто <b>" + "\\\\(" * n + " {=а}",
    "tags.gift": lambda n: "Кто <b>" + "<b" * n + " {=а}",
    "blanks.csv": lambda n: "вопрос;критерии;вид\nКто?;а" + " " * n + "б;открытый",
    "columns.csv": lambda n: ";".join(["вопрос"] * n) + "\n1",
    "keys.yaml": lambda n: "- {" + ", ".join(f"k{i}: 1" for i in range(n // 3)) + "}",
    "options.yaml": lambda n: "- one:\n    right: 1\n    options:\n" + "    - а\n" * (n // 2),
    "dollars.yaml": lambda n: "- question: " + "$x$ " * n,
    "deep.yaml": lambda n: "[" * n,
    "questions.xml": lambda n: "<quiz>" + "<question/>" * (n // 3) + "</quiz>",
    "answers.xml": lambda n: "<quiz><question>" + "<answer/>" * (n // 3) + "</question></quiz>",
}


def many(count: int) -> list[Item]:
    ours = list(shipped())
    return [replace(ours[n % len(ours)], id=ItemId(f"{n:06}")) for n in range(count)]


def taken(work: Callable[[], object]) -> float:
    """Seconds of the processor."""
    began = time.process_time()
    work()
    return time.process_time() - began


def main(count: int) -> None:
    longest = 0.0
    for kind in Format:
        spent = []
        for size in (count // 16, count):
            content = write(many(size), kind).content
            spent.append(taken(lambda kind=kind, content=content: read(f"a.{kind}", content)) / size)  # type: ignore[misc]
        longest = max(longest, spent[1] * count)
        print(
            f"{kind:5} {spent[1] * 1e6:6.0f} µs a task, {spent[1] / spent[0]:.2f} of a list of {count // 16}"
        )
    for name, make in HOSTILE.items():
        content = make(MOST_BYTES * 700 // len(make(1_000).encode())).encode()
        spent_ = taken(lambda name=name, content=content: read(name, content, USUAL))  # type: ignore[misc]
        print(
            f"{name:14} {len(content) / 1e6:4.1f} MB {spent_:6.2f} s, {spent_ / longest:.2f} of the longest list"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=4_000)
    main(parser.parse_args().items)
