"""What the page for teachers shows is read as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

from zvonok_exam_prep.formats import Format, read, write
from zvonok_exam_prep.formats.tables import COLUMNS, KINDS
from zvonok_exam_prep.items import Asks

PAGE = (Path(__file__).parents[4] / "bots/exam-prep/writing-tasks.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"(?ms)^```(\w+)\n(.*?)^```$", PAGE))


def test_every_example_is_read_and_together_they_show_every_kind() -> None:
    assert EXAMPLES.keys() == {"csv", "yaml", "gift"}
    for ending, words in EXAMPLES.items():
        found = read(f"пример.{ending}", words.encode())
        assert [str(one.sentence) for one in found.problems + found.notes] == []
        if ending != "gift":
            assert {type(item.asks) for item in found.items} == set(Asks.__args__)
        for kind in Format:
            again = read(f"a.{kind}", write(found.items, kind).content)
            assert len(again.items) == len(found.items), again.problems


def test_every_column_and_every_kind_is_told() -> None:
    for names in COLUMNS.values():
        assert any(f"\n| {name} |" in PAGE for name in names), names
    for names in KINDS.values():
        assert any(name in PAGE for name in names), names
