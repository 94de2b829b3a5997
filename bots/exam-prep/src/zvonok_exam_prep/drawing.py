"""A task with formulas as a picture for a phone; all of it stands in words, too.

Formulas go to typst as trees, and words as data: nothing that somebody wrote is markup.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from zvonok_botkit.pictures import draw as drawn
from zvonok_botkit.pictures import drawable
from zvonok_exam_prep import tree
from zvonok_exam_prep.formulas import FormulaError, has_formulas, pieces
from zvonok_exam_prep.items import Item
from zvonok_exam_prep.shown import blocks

DENSITY = 216
"""Pixels an inch: 1,080 pixels wide."""


def needs_picture(item: Item) -> bool:
    """Whether what is asked has formulas in it."""
    return any(has_formulas(words) for _, words in blocks(item))


def draw(item: Item, language: str) -> bytes:
    """A PNG of the question, with its options. Takes some hundredths of a second of a core."""
    return _draw(blocks(item), language)


def draw_words(words: str, language: str) -> bytes:
    """A PNG of any words with formulas: an explanation, or a hint."""
    return _draw([("", words)], language)


def _draw(asked: list[tuple[str, str]], language: str) -> bytes:
    data = {"language": language, "blocks": [{"mark": mark, "parts": _parts(words)} for mark, words in asked]}
    return drawn(_template(), data, ppi=DENSITY)


def _parts(words: str) -> list[Any]:
    """Strings, formulas as lists of nodes, and [] for the end of a line."""
    try:
        found = list(pieces(words))
    except FormulaError:  # written before a sign was taken out of the subset: better as it is
        found = [words]
    parts: list[Any] = []
    for part in found:
        if isinstance(part, str):
            for place, line in enumerate(part.split("\n")):
                parts += [[]] * (place > 0)
                shown = drawable(line)
                parts += [" " * line[:1].isspace() + shown + " " * line[-1:].isspace()] * bool(line)
        else:
            parts.append(_tree(part))
    return parts


def _tree(formula: tree.Formula) -> list[list[Any]]:
    nodes = [_node(node) for node in formula]
    for place, node in enumerate(nodes[:-1]):
        if node == ["sign", ","] and nodes[place + 1] == ["sign", "("]:
            nodes[place] = ["plain", ","]  # 0,(3) is one number
    return nodes


def _node(node: tree.Node) -> list[Any]:
    match node:
        case tree.Sign(words):
            if len(words) > 1 or words.isdigit():
                return ["words", words]
            return ["plain" if words == "△" else "sign", words]
        case tree.Upright(words, function):
            return ["function" if function else "words", words if function else _kept(words)]
        case tree.Blank():
            return ["blank"]
        case tree.Scripts(base, above, below):
            return ["scripts", _tree(base), *(None if one is None else _tree(one) for one in (above, below))]
        case tree.Fraction(over, under):
            return ["fraction", _tree(over), _tree(under)]
        case tree.Root(of, degree):
            return ["root", _tree(of), _tree(degree)]
        case tree.Over(of, arrow):
            return ["over", _tree(of), arrow]
        case tree.Fenced(opens, inside, closes):
            return ["fenced", opens, _tree(inside), closes]
        case tree.Cases(lines):
            return ["cases", [_tree(line) for line in lines]]


def _kept(words: str) -> str:
    return " " * words[:1].isspace() + drawable(words) + " " * words[-1:].isspace()


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("task.typ").read_bytes()
