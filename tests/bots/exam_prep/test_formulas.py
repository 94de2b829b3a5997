"""Formulas: what is read, in which words it is told, and that it can be drawn."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from support.any_tasks import any_items
from support.tasks import KINDS, item

from zvonok_exam_prep.bank import shipped
from zvonok_exam_prep.drawing import draw, draw_words, needs_picture
from zvonok_exam_prep.formulas import (
    DEEPEST,
    FUNCTIONS,
    SIGNS,
    FormulaError,
    has_formulas,
    pieces,
    read,
)
from zvonok_exam_prep.items import Item, Matching, OneChoice, Option
from zvonok_exam_prep.spelling import spelt

BITS = ["x", "12", "3,5", "+", "-", "=", "^", "_", "{", "}", "(", ")", "|", "[", "]", "\\frac", "\\sqrt", "\\left", "'",
        "\\right", "\\begin{cases}", "\\end{cases}", "\\\\", "\\text{ср}", "\\overline", "\\vec", "\\,", "\\cdot", "\\sin",
        "\\alpha", " ", "$", "ж", "&", "~", "\\nosuch", ";", "<"]  # fmt: skip


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        ("3x-7=11", "3x − 7 = 11"),
        ("x^2+\\frac12", "x² + ½"),
        ("x^2 + \\frac{1}{2}", "x² + ½"),
        ("\\frac{a+b}{2c}", "(a + b)/(2c)"),
        ("2\\frac{7}{12}\\cdot3", "2 7/12 · 3"),
        ("2\\frac{1}{2}", "2½"),
        ("\\frac{a}{b}c", "(a/b)c"),
        ("\\frac{2^7 \\cdot 2^5}{2^9}", "(2⁷ · 2⁵)/2⁹"),
        ("\\sqrt{x}+\\sqrt[3]{x+1}", "√x + ∛(x + 1)"),
        ("\\sqrt{2}x", "√2 x"),
        ("\\sqrt[5]{32}", "⁵√32"),
        ("10^{-3}", "10⁻³"),
        ("2^{n+1}", "2ⁿ⁺¹"),
        ("a^{m+p}", "a^(m + p)"),
        ("x_1+x_2=-\\frac{b}{a}", "x₁ + x₂ = −b/a"),
        ("x_1^2", "x₁²"),
        ("v_\\text{ср}", "v_ср"),
        ("\\angle ABC=90^\\circ", "∠ABC = 90°"),
        ("\\begin{cases}x+y=5,\\\\x-y=1.\\end{cases}", "{ x + y = 5; x − y = 1"),
        ("\\sin^2x+\\cos2x", "sin² x + cos 2x"),
        ("2\\sin x", "2 sin x"),
        ("-5\\le x<3", "−5 ≤ x < 3"),
        ("A(2;-3)", "A(2; −3)"),
        ("2|x-4|-|x|", "2|x − 4| − |x|"),
        ("\\left|\\frac{x}{2}\\right|-1", "|x/2| − 1"),
        ("3{,}5", "3,5"),
        ("0,(3)", "0,(3)"),
        ("f'(x)+x''", "f′(x) + x′′"),
        ("(-2)^3-(-1)", "(−2)³ − (−1)"),
        ("\\text{две точки}", "две точки"),
        ("50\\,\\text{км/ч}", "50 км/ч"),
        ("25\\%", "25%"),
        ("1,2:0,3", "1,2 : 0,3"),
        ("\\vec{a}", "a⃗"),
        ("{}^2", "²"),
        ("^{2}", "²"),
    ],
)
def test_a_formula_in_words(tex: str, words: str) -> None:
    assert spelt(f"${tex}$") == words
    assert spelt(f"Пусть ${tex}$.") == f"Пусть {words}."


@pytest.mark.parametrize(
    ("tex", "said"),
    [("", "nothing between"), ("\\frac{1}", "needs something"), ("x^", "needs something"), ("{x", "} is missing"), ("x}", "not expected"),
     ("\\nosuch", "not known"), ("\\input{/etc/passwd}", "not known"), ("x^1^2", "not expected"), ("x_1_2", "not expected"),
     ("2^10", "Put braces"), ("x_3,5", "Put braces"), ("\\frac3,52", "Put braces"), ("\\left(x", "\\right is missing"), ("\\left", "needs something"),
     ("\\begin{matrix}", "is missing"), ("\\begin{cases}x", "\\end is missing"), ("#x", "not expected"), ("a~b", "not expected"),
     ("x&y", "not expected"), ("😀", "not expected"), ("x" * 2_000, "more than"), ("{" * 50, "groups within"),
     ("\\sqrt" * 50 + "x", "groups within"), ("x^{" * 50 + "1" + "}" * 50, "groups within")],
)  # fmt: skip
def test_what_is_no_formula_is_told(tex: str, said: str) -> None:
    with pytest.raises(FormulaError) as caught:
        read(tex)
    assert said in str(caught.value).replace("“", "").replace("”", "")


def test_dollars() -> None:
    assert spelt("5\\$ и $x$, 7\\$") == "5$ и x, 7$"
    assert not has_formulas("5\\$") and has_formulas("$x$")
    assert list(pieces("а")) == ["а"] and list(pieces("")) == []
    with pytest.raises(FormulaError):
        list(pieces("5$"))
    assert spelt("5$ за всё") == "5$ за всё", "words that can't be read stay as they are"


def test_every_sign_and_function_is_told_and_drawn() -> None:
    formula = " ".join(f"\\{sign}" for sign in [*SIGNS, *FUNCTIONS])
    assert "≤" in spelt(f"${formula}$")
    assert draw_words(f"${formula}$", "ru").startswith(b"\x89PNG")


@given(st.lists(st.sampled_from(BITS), max_size=25).map("".join))
@settings(deadline=None, max_examples=300)
def test_nothing_breaks_it_and_what_is_read_is_told(tex: str) -> None:
    words = f"Итак, ${tex}$"
    with suppress(FormulaError):
        list(pieces(words))
    assert spelt(words).startswith("Итак, ")


@given(st.lists(st.sampled_from(BITS), max_size=12).map("".join))
@settings(deadline=None, max_examples=60)
def test_whatever_is_read_is_drawn(tex: str) -> None:
    assert draw_words(f"Итак, ${tex}$", "ru").startswith(b"\x89PNG")


def test_the_deepest_formula_is_drawn() -> None:
    deepest = "\\sqrt{" * (DEEPEST - 1) + "x" + "}" * (DEEPEST - 1)
    assert draw_words(f"${deepest}$", "ru").startswith(b"\x89PNG")


def size(png: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(png)).size


@pytest.mark.parametrize("one", [one for one in shipped() if needs_picture(one)], ids=lambda one: one.id)
def test_every_shipped_formula_is_drawn_for_a_phone(one: Item) -> None:
    width, height = size(draw(one, "ru"))
    assert width == 1080
    assert 60 < height < 2400
    assert draw_words(one.explanation, "ru").startswith(b"\x89PNG")


def test_only_tasks_with_formulas_need_a_picture() -> None:
    assert not any(needs_picture(item(asks)) for asks in KINDS)
    formula = OneChoice((Option("$x^2$"), Option("x")), 0)
    assert needs_picture(item(formula))
    assert not needs_picture(item(KINDS[0], explanation="$x$"))


EVIL = ['#image("/etc/passwd")', "#panic()", "$ #sys.inputs $"[2:-2], "*жирно* _так_ = Заголовок", "@nobody", "<label>", "`сырой`",
        "\\u{41}", "]", "// x", "/* x", "~", "---"]  # fmt: skip


@pytest.mark.parametrize("words", EVIL)
def test_words_are_never_markup(words: str) -> None:
    plain = size(draw_words("м" * 5, "ru"))
    shown = size(draw_words(words.replace("$", "\\$"), "ru"))
    assert shown[0] == plain[0]
    assert draw_words(words.replace("$", "\\$"), "ru") != draw_words("", "ru"), "something is shown"
    upright = f"$\\text{{{words.replace('{', '').replace('}', '').replace('$', '')}}}$"
    assert draw_words(upright, "ru").startswith(b"\x89PNG")


def test_what_there_is_no_font_for_is_left_out() -> None:
    assert draw_words("кот 😀 и $\\text{пёс 🐶}$", "ru") == draw_words("кот и $\\text{пёс}$", "ru")


def test_a_heading_sign_makes_no_heading() -> None:
    assert size(draw_words("= м", "ru"))[1] == size(draw_words("м = м", "ru"))[1]


@given(any_items())
@settings(deadline=None, max_examples=25)
def test_any_task_is_drawn(one: Item) -> None:
    assert size(draw(one, "en"))[0] == 1080


def test_rows_and_options_are_on_the_picture() -> None:
    short = Matching(("$x$", "y"), ("1", "2"), (0, 1))
    longer = Matching(("$x$", "y", "z"), ("1", "2", "3"), (0, 1, 2))
    assert size(draw(item(longer), "ru"))[1] > size(draw(item(short), "ru"))[1]
