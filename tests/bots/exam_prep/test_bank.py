"""Finding tasks as people name them."""

from __future__ import annotations

import pytest
from support.tasks import KINDS, item

from zvonok_exam_prep.bank import Bank, shipped, shuffled
from zvonok_exam_prep.items import Exam, ItemId

ONE = item(KINDS[0], id=ItemId("1"), subject="русский язык", topic="Безударные гласные", exam=Exam.VPR, task="5", tags=("ВПРРусский",))  # fmt: skip
OTHER = item(KINDS[1], id=ItemId("2"), subject="английский язык", topic="Письмо", grades=(8, 9), exam=Exam.OGE, tags=("ОГЭАЯ",))  # fmt: skip
BANK = Bank([ONE, OTHER])


@pytest.mark.parametrize(
    ("wanted", "found"),
    [({}, "12"), ({"subject": "русский"}, "1"), ({"subject": "Английский язык"}, "2"), ({"subject": "язык"}, "12"),
     ({"subject": "физика"}, ""), ({"subject": "русск"}, "1"), ({"grade": 5}, "1"), ({"grade": 9}, "2"), ({"grade": 7}, ""),
     ({"exam": Exam.OGE}, "2"), ({"task": "5"}, "1"), ({"topic": "безударная гласная"}, "1"), ({"topic": "гласных"}, "1"),
     ({"topic": "ударение"}, ""), ({"tag": "#огэая"}, "2"), ({"tag": "ОГЭАЯ"}, "2"), ({"subject": "?"}, ""),
     ({"subject": "русский", "grade": 9}, "")],
)  # fmt: skip
def test_tasks_are_found_by_what_is_said_of_them(wanted: dict[str, object], found: str) -> None:
    assert "".join(one.id for one in BANK.find(**wanted)) == found  # type: ignore[arg-type]


def test_two_banks_are_one_and_the_second_goes_before() -> None:
    newer = item(KINDS[2], id=ItemId("2"))
    both = BANK | Bank([newer])
    assert len(both) == 2 and both[ItemId("2")] is newer and ItemId("3") not in both
    assert BANK.subjects == ("русский язык", "английский язык")
    assert BANK.topics("русский язык") == ("Безударные гласные",)


def test_a_seed_gives_an_order_for_good_and_each_task_its_own() -> None:
    for one in shipped():
        assert shuffled(one, "Петров") == shuffled(one, "Петров")
    orders = [shuffled(item(KINDS[0], id=ItemId(str(number))), "Петров").asks for number in range(20)]
    assert len(set(orders)) > 5
    assert len({shuffled(item(KINDS[0]), str(seed)).asks for seed in range(50)}) > 12
