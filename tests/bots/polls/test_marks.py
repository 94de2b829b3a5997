"""Points, how good questions are, and the files that teachers get."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from zvonok_botkit.sheets import to_csv, to_xlsx
from zvonok_core.ids import UserId
from zvonok_polls.marks import marks, points_of
from zvonok_polls.poll import Item, choices
from zvonok_polls.sheets import items_table, people_table

ONE = Item("Столица?", choices(["Сидней", "Канберра"], frozenset({1})))
TWO = Item("Чётные?", choices(["2", "3", "4"], frozenset({0, 2})), 2, points=3)
USERS = [UserId(f"@u{number}:s") for number in range(6)]
RIGHT = (("a2",), ("a1", "a3"))


def test_all_right_answers_and_no_wrong_one_earn_the_points() -> None:
    assert points_of(TWO, ("a3", "a1")) == 3
    for wrong in (("a1",), ("a1", "a2", "a3"), (), ("a2",)):
        assert points_of(TWO, wrong) == 0
    assert points_of(Item("?", choices(["а", "б"])), ()) == 0


def test_the_table_has_the_order_of_the_register() -> None:
    ann, bob, zoe = USERS[:3]
    answers = {(zoe, 0): RIGHT[0], (ann, 0): ("a1",), (ann, 1): RIGHT[1], (bob, 1): ("a1",)}
    table = marks([ONE, TWO], answers, [bob, ann])
    assert [(row.user, row.points, row.total, row.answered) for row in table.rows] == [
        (bob, (None, 0), 0, 1),
        (ann, (0, 3), 3, 2),
        (zoe, (1, None), 1, 1),
    ]
    assert [(item.answered, item.right, item.share) for item in table.items] == [(2, 1, 50), (2, 1, 50)]
    assert table.items[1].chosen == {"a1": 2, "a2": 0, "a3": 1}
    assert table.most == 4


def test_a_question_that_the_best_get_right_tells_them_apart() -> None:
    items = [ONE] * 3
    strong, weak = {0: ("a2",), 1: ("a2",), 2: ("a2",)}, {0: ("a1",), 1: ("a1",), 2: ("a1",)}
    answers = {
        (user, place): taken
        for number, user in enumerate(USERS)
        for place, taken in (strong if number < 3 else weak).items()
    }
    assert [item.discrimination for item in marks(items, answers).items] == [1.0, 1.0, 1.0]
    inverted = {
        **answers,
        **{(user, 2): ("a1",) if number < 3 else ("a2",) for number, user in enumerate(USERS)},
    }
    assert marks(items, inverted).items[2].discrimination == -1.0
    few = {key: taken for key, taken in answers.items() if key[0] in USERS[1:5]}
    assert marks(items, few).items[0].discrimination is None
    same = {(user, place): ("a2",) for user in USERS for place in range(3)}
    assert marks(items, same).items[0].discrimination is None


def test_a_question_is_held_against_the_others_and_not_against_itself() -> None:
    items = [ONE] * 3
    right = {0: (0, 1, 2), 1: (0,), 2: (1,), 3: (2,), 4: (), 5: (1, 2)}
    answers = {
        (USERS[user], place): ("a2",) if place in places else ("a1",)
        for user, places in right.items()
        for place in range(3)
    }
    found = [item.discrimination for item in marks(items, answers).items]
    assert found == [0.0, 0.24, 0.24]  # 0.5 / √(1.5 · 2.83), by hand


def test_nobody_has_answered() -> None:
    table = marks([ONE], {})
    assert (table.rows, table.items[0].share) == ((), None)


given_answers = st.dictionaries(
    st.tuples(st.sampled_from(USERS), st.integers(0, 1)),
    st.lists(st.sampled_from(["a1", "a2", "a3", "gone"]), max_size=3).map(tuple),
)


@given(given_answers)
def test_sums_agree_whatever_was_answered(answers: dict[tuple[UserId, int], tuple[str, ...]]) -> None:
    table = marks([ONE, TWO], answers)
    assert {row.user for row in table.rows} == {user for user, _ in answers}
    assert (
        sum(row.answered for row in table.rows) == sum(item.answered for item in table.items) == len(answers)
    )
    assert sum(row.total for row in table.rows) == table.items[0].right + 3 * table.items[1].right
    assert all(0 <= row.total <= table.most for row in table.rows)
    for item in table.items:
        assert item.discrimination is None or -1 <= item.discrimination <= 1


def files() -> tuple[bytes, bytes]:
    ann, bob = USERS[:2]
    names = {ann: "=2+2", bob: "Ёлкина Зоя"}
    table = marks([ONE, TWO], {(ann, 0): ("a2",), (bob, 0): ("a1",), (bob, 1): RIGHT[1]}, [ann, bob])
    people, items = people_table(table, names, str), items_table(table, [ONE, TWO], str)
    return to_csv(people), to_xlsx({"Students": people, "Questions": items})


def test_the_csv_opens_in_excel_and_holds_no_formula() -> None:
    data = files()[0]
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert rows == [
        ["Student", "1", "2", "Points", "Of", "%"],
        ["'=2+2", "1", "", "1", "4", "25"],
        ["Ёлкина Зоя", "0", "3", "3", "4", "75"],
    ]
    assert to_csv([[0.35, "0.35", None, "a\x00b"]]) == "\ufeff0,35;0.35;;ab\r\n".encode()


def test_the_workbook_has_both_tables_and_no_formula() -> None:
    book = load_workbook(io.BytesIO(files()[1]))
    assert book.sheetnames == ["Students", "Questions"]
    assert [cell.value for cell in book["Students"][2]] == ["'=2+2", 1, None, 1, 4, 25]
    assert book["Students"]["A2"].data_type == "s"
    assert [cell.value for cell in book["Questions"][2]][:6] == [1, "Столица?", 2, 1, 50, None]
    assert book["Questions"]["G2"].value == "Сидней: 1; ✓ Канберра: 1"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_every_sign_of_a_formula_is_disarmed(sign: str) -> None:
    assert not to_csv([[f"{sign}cmd"]]).decode("utf-8-sig").startswith(sign)
