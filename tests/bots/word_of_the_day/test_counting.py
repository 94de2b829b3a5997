"""What is an answer, who took part, and who is praised by name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zvonok_botkit.files import File
from zvonok_core.ids import UserId
from zvonok_word_of_the_day.counting import MARKS, Kind, Part, Reply, is_praise, kind_of, most_active, parts

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
A, B, C, D, T = (UserId(f"@{name}:s") for name in "abcdt")


def file(kind: str, mimetype: str = "", *, voice: bool = False) -> File:
    return File("mxc://s/1", "x", mimetype, 0, kind, voice, "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("любопытство", Kind.TEXT),
        ("Любопытство!", Kind.TEXT),
        ("это любопытство, My curiosity is big", Kind.TEXT),
        ("a cat", Kind.TEXT),
        ("ёж", None),
        ("ок", None),
        ("да", None),
        ("+", None),
        ("👍👍👍", None),
        ("123", None),
        ("", None),
        ("Спасибо!", None),
        ("понятно", None),
        ("curiosity", None),
        ("Curiosity?", None),
        ("curiosity – любопытство", Kind.TEXT),
    ],
)
def test_words_that_say_something_are_an_answer(words: str, kind: Kind | None) -> None:
    assert kind_of(words, None, "curiosity") is kind


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (file("image", "image/jpeg"), Kind.PICTURE),
        (file("audio", "audio/ogg", voice=True), Kind.VOICE),
        (file("audio", "audio/mp4"), Kind.VOICE),
        (file("video", "video/mp4"), Kind.VIDEO),
        (file("file", "video/mp4"), Kind.VIDEO),
        (file("file", "image/heic"), Kind.PICTURE),
        (file("file", "application/pdf"), Kind.FILE),
        (file("file"), Kind.FILE),
    ],
)
def test_whatever_is_sent_is_an_answer_of_its_kind(sent: File, kind: Kind) -> None:
    assert kind_of("", sent, "curiosity") is kind


def test_each_kind_has_a_sign_of_its_own() -> None:
    assert set(MARKS) == set(Kind) and len(set(MARKS.values())) == len(Kind)


@pytest.mark.parametrize(
    ("sign", "praise"),
    [("👍", True), ("❤️", True), ("🔥", True), ("👎", False), ("👎🏽", False), ("❌", False), ("", False)],
)
def test_a_teacher_s_sign_is_praise_but_for_a_thumb_down(sign: str, praise: bool) -> None:
    assert is_praise(sign) is praise


def test_parts_are_in_the_order_of_the_register_and_of_nobody_else() -> None:
    replies = [
        Reply(B, TUESDAY, Kind.VOICE),
        Reply(B, TUESDAY, Kind.TEXT, frozenset({T, A})),
        Reply(B, TUESDAY, Kind.TEXT, frozenset({A})),
        Reply(B, MONDAY, Kind.PICTURE, frozenset({T})),
        Reply(D, MONDAY, Kind.TEXT, frozenset({T})),
        Reply(T, MONDAY, Kind.TEXT),
    ]
    assert parts([C, B], replies, frozenset({T})) == [
        Part(C, {}, 0),
        Part(B, {MONDAY: (Kind.PICTURE,), TUESDAY: (Kind.TEXT, Kind.VOICE)}, 2),
    ]


def part(student: UserId, words: int, praises: int = 0) -> Part:
    return Part(student, {date(2026, 11, 1 + n): (Kind.TEXT,) for n in range(words)}, praises)


@pytest.mark.parametrize(
    ("week", "words", "last", "best"),
    [
        ([], 5, {}, []),
        ([part(A, 0), part(B, 0)], 5, {}, []),
        ([part(A, 2), part(B, 1)], 5, {}, []),  # fewer than half of the words
        ([part(A, 3), part(B, 5), part(C, 4)], 5, {}, [B]),
        ([part(A, 5), part(B, 5, praises=2), part(C, 5, praises=1)], 5, {}, [B, C, A]),
        ([part(A, 5), part(B, 5), part(C, 5), part(D, 5)], 5, {}, [A, B, C]),
        ([part(A, 5), part(B, 5), part(C, 5), part(D, 5)], 5, {A: "2026-W47", B: "2026-W46"}, [C, D, B]),
        ([part(A, 1), part(B, 0)], 1, {}, [A]),
        ([part(A, 1), part(B, 2)], 2, {}, [B]),
        ([part(A, 1)], 2, {}, []),
        ([part(A, 2), part(B, 2)], 3, {}, [A, B]),
        ([part(A, 0)], 0, {}, []),
    ],
)
def test_the_most_active_are_few_and_take_turns(
    week: list[Part], words: int, last: dict[UserId, str], best: list[UserId]
) -> None:
    assert [one.student for one in most_active(week, words, last)] == best


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=30))
def test_nobody_is_praised_who_did_less_than_another(counts: list[tuple[int, int]]) -> None:
    week = [part(UserId(f"@{n}:s"), *count) for n, count in enumerate(counts)]
    best = most_active(week, 5, {})
    most = max((one.words for one in week), default=0)
    assert len(best) <= 3 and all(one.words == most >= 3 for one in best)
    assert best or most < 3
