"""Formulas in a line of plain words, for clients that show no pictures: x² + ½. Pure."""

from __future__ import annotations

from zvonok_exam_prep.formulas import FormulaError, pieces
from zvonok_exam_prep.tree import (
    Blank,
    Cases,
    Fenced,
    Formula,
    Fraction,
    Node,
    Over,
    Root,
    Scripts,
    Sign,
    Upright,
)

_ABOVE = str.maketrans("0123456789+−=()nixyk", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˣʸᵏ")
_BELOW = str.maketrans("0123456789+−=()nixk", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙᵢₓₖ")
_FRACTIONS = {
    "1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾", "1/5": "⅕", "2/5": "⅖", "3/5": "⅗",
    "4/5": "⅘", "1/6": "⅙", "5/6": "⅚", "1/8": "⅛", "3/8": "⅜", "5/8": "⅝", "7/8": "⅞",
}  # fmt: skip
_RELATIONS = frozenset("=<>≤≥≠≈≡∼∈∉⊂→⇒⇔∥⊥")
_OPERATIONS = frozenset("+−±∓·×∶:∪∩∖")
_OPENS = frozenset("([{;,")
_LINE, _ARROW = "\u0305", "\u20d7"


def spelt(words: str) -> str:
    """Words with their formulas spelt out; words as they are where a formula can't be read."""
    try:
        return "".join(part if isinstance(part, str) else line(part) for part in pieces(words))
    except FormulaError:
        return words


def line(formula: Formula) -> str:
    """A formula as a line of words."""
    out = ""
    before: Node | None = None
    for place, node in enumerate(formula):
        after = formula[place + 1] if place + 1 < len(formula) else None
        if isinstance(node, Sign):
            out += _with_gaps(node, before, after, out)
        else:
            out += _beside(node, before, after)
        before = node
    return " ".join(out.split())


def _with_gaps(node: Sign, before: Node | None, after: Node | None, out: str) -> str:
    words = node.words
    if words in _RELATIONS:
        return f" {words} "
    if words in _OPERATIONS:
        if words in "+−±∓" and _begins(out.rstrip()):
            return words
        return f" {words} "
    if words == ";" or (words == "," and after != Sign("(")):  # 0,(3) is one number
        return f"{words} "
    if words[0].isdigit() and isinstance(before, Sign) and before.words[-1].isdigit():
        return f" {words}"
    return words


def _begins(out: str) -> bool:
    """Whether what follows is the first of something, so that a minus is a sign."""
    if out.endswith("|"):
        return out.count("|") % 2 == 1
    return not out or out[-1] in _RELATIONS | _OPERATIONS | _OPENS


def _beside(node: Node, before: Node | None, after: Node | None) -> str:
    match node:
        case Fraction():
            return _fraction(node, before, after)
        case Upright(words, function):
            gap = " " if function and before is not None else ""
            return f"{gap}{words}" + " " * function
        case Scripts((Upright(words, True),), above, below):
            return " " * (before is not None) + words + _scripts(above, below) + " "
        case Root():
            return _word(node) + " " * (isinstance(after, Sign) and after.words[0].isalnum())
    return _word(node)


def _word(node: Node) -> str:
    """Any node that does not care for its neighbours."""
    match node:
        case Sign(words) | Upright(words):
            return words
        case Blank():
            return " "
        case Scripts(base, above, below):
            return _grouped(base) + _scripts(above, below)
        case Fraction(over, under):
            whole = f"{line(over)}/{line(under)}"
            if whole in _FRACTIONS:
                return _FRACTIONS[whole]
            return f"{line(over) if _is_one(over) else f'({line(over)})'}/{_grouped(under)}"
        case Root(of, degree):
            sign = {"": "√", "3": "∛", "4": "∜"}.get(line(degree), f"{_scripts(degree, None)}√")
            return sign + _grouped(of)
        case Over(of, arrow):
            return "".join(letter + (_ARROW if arrow else _LINE) for letter in line(of))
        case Fenced(opens, inside, closes):
            return f"{opens}{line(inside)}{closes}"
        case Cases(lines):
            return "{ " + "; ".join(line(one).rstrip(" ,;.") for one in lines)


def _fraction(node: Fraction, before: Node | None, after: Node | None) -> str:
    words = _word(node)
    if "/" not in words:
        return words
    if isinstance(before, Sign) and before.words[-1].isdigit() and words.replace("/", "").isdigit():
        return f" {words}"  # a mixed number: 2 7/12
    alone = all(
        near is None or isinstance(near, Blank) or (isinstance(near, Sign) and not near.words[0].isalnum())
        for near in (before, after)
    )
    return words if alone else f"({words})"


def _scripts(above: Formula | None, below: Formula | None) -> str:
    return _script(below, _BELOW, "_") + _script(above, _ABOVE, "^")


def _script(formula: Formula | None, small: dict[int, int], sign: str) -> str:
    if formula is None:
        return ""
    words = line(formula)
    if words in ("∘", "°") or not words.strip("′"):
        return words.replace("∘", "°")
    tight = words.replace(" ", "")
    if all(ord(letter) in small for letter in tight):
        return tight.translate(small)
    return f"{sign}{words}" if len(words) == 1 or words.isalpha() else f"{sign}({words})"


def _grouped(formula: Formula) -> str:
    words = line(formula)
    if len(formula) == 1 and not isinstance(formula[0], Fraction | Root | Cases):
        return words if not isinstance(formula[0], Fenced) or formula[0].opens else f"({words})"
    return f"({words})" if words else ""


def _is_one(formula: Formula) -> bool:
    return not any(isinstance(node, Sign) and node.words in _RELATIONS | _OPERATIONS for node in formula)
