"""Formulas between dollars: a small part of TeX, read once and shown in two ways. Pure.

This is read, and nothing else; an unknown command is a fault and no formula:

* numbers (3,5 or 3.5), letters, + - = < > ( ) [ ] | / : ! % , ; ' and digits above and below:
  `x^2`, `x_{10}`, `2^\\circ`;
* `\\frac{a}{b}` (`\\dfrac`, `\\tfrac`), `\\sqrt{x}`, `\\sqrt[3]{x}`, `\\overline{AB}`, `\\vec{a}`;
* `\\left( … \\right)` with any of ( ) [ ] | and `.` for none; `\\text{…}` (`\\mathrm`);
* `\\begin{cases} … \\\\ … \\end{cases}`: a system;
* the signs and functions of `SIGNS` and `FUNCTIONS`, and the blanks `\\,` `\\;` `\\ ` `\\quad`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from zvonok_core.text import Text, text
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

DEEPEST, LONGEST = 12, 1_000
"""Groups within groups; letters of one formula."""
SIGNS = {
    "cdot": "·", "times": "×", "div": "∶", "pm": "±", "mp": "∓", "le": "≤", "leq": "≤", "leqslant": "≤",
    "ge": "≥", "geq": "≥", "geqslant": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "sim": "∼", "equiv": "≡",
    "infty": "∞", "circ": "∘", "degree": "°", "angle": "∠", "triangle": "△", "parallel": "∥", "perp": "⊥",
    "in": "∈", "notin": "∉", "cup": "∪", "cap": "∩", "subset": "⊂", "setminus": "∖", "varnothing": "∅",
    "emptyset": "∅", "to": "→", "rightarrow": "→", "Rightarrow": "⇒", "Leftrightarrow": "⇔", "ldots": "…",
    "dots": "…", "cdots": "⋯", "forall": "∀", "exists": "∃", "alpha": "α", "beta": "β", "gamma": "γ",
    "delta": "δ", "varepsilon": "ε", "epsilon": "ε", "eta": "η", "theta": "θ", "lambda": "λ", "mu": "μ",
    "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "varphi": "φ", "phi": "φ", "omega": "ω",
    "Delta": "Δ", "Omega": "Ω", "Phi": "Φ", "Sigma": "Σ", "Pi": "Π", "%": "%", "$": "$", "{": "{", "}": "}",
    "#": "#", "&": "&", "_": "_",
}  # fmt: skip
FUNCTIONS = (
    "sin",
    "cos",
    "tg",
    "ctg",
    "tan",
    "cot",
    "arcsin",
    "arccos",
    "arctg",
    "log",
    "lg",
    "ln",
    "max",
    "min",
)
BLANKS = {",", ";", ":", " ", "!", "quad", "qquad"}
_PARTS = re.compile(r"(?<!\\)((?:\\\\)*)\$")
_TOKENS = re.compile(
    r"\\(?:text|textrm|mathrm)\s*\{[^{}]*\}|\\(?:[A-Za-z]+|.)|\d+(?:(?:[.,]|\{,\})\d+)?|\S", re.DOTALL
)
_SPELT = re.compile(r"\\(?:text|textrm|mathrm)\s*\{([^{}]*)\}")
_PLAIN = frozenset("+-=<>()[]|/:!%,;.*?") | frozenset(SIGNS.values()) - frozenset("{}#&_$")
_BRACKETS = frozenset("()[]{}|")


class FormulaError(ValueError):
    """A formula can't be read; `text` says why."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(reason))
        self.text = reason


def pieces(words: str) -> Iterator[str | Formula]:
    """Words and formulas in turn. Raises FormulaError."""
    parts = pieces_as_written(words)
    if len(parts) % 2 == 0:
        raise FormulaError(text("A formula stands between two dollars; a dollar itself is written \\$."))
    for place, part in enumerate(parts):
        if place % 2:
            yield read(part)
        elif part:
            yield part.replace("\\$", "$")


def has_formulas(words: str) -> bool:
    """Whether there is anything between dollars."""
    return len(pieces_as_written(words)) > 1


def pieces_as_written(words: str) -> list[str]:
    """Words and formulas in turn, both as TeX; the first one is of words."""
    parts, begin = [], 0
    for found in _PARTS.finditer(words):
        parts.append(words[begin : found.end() - 1])
        begin = found.end()
    return [*parts, words[begin:]]


def read(tex: str) -> Formula:
    """A formula without its dollars. Raises FormulaError."""
    if len(tex) > LONGEST:
        raise FormulaError(text("A formula has more than {n} letters.", n=LONGEST))
    reader = _Reader(tex)
    formula = reader.until(("",))
    if not formula:
        raise FormulaError(text("There is nothing between two dollars."))
    return formula


class _Reader:
    """Goes over the tokens once, from the left."""

    def __init__(self, tex: str) -> None:
        self.tokens: list[str] = [*_TOKENS.findall(tex), ""]
        self.place = 0
        self.depth = 0

    def next(self) -> str:
        sign = self.tokens[self.place]
        self.place = min(self.place + 1, len(self.tokens) - 1)
        return sign

    def until(self, ends: tuple[str, ...]) -> Formula:
        """What stands before one of `ends`, which is left to be read."""
        self.deeper()
        nodes: list[Node] = []
        while (sign := self.tokens[self.place]) not in ends:
            self.next()
            if sign in ("^", "_", "'"):
                nodes.append(self.scripts(nodes.pop() if nodes else None, sign))
            else:
                nodes.extend(self.node(sign))
        self.depth -= 1
        return tuple(nodes)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError(text("A formula has too many groups within groups."))

    def node(self, sign: str) -> Formula:
        return self.command(sign) if sign.startswith("\\") else self.plain(sign)

    def command(self, sign: str) -> Formula:
        name = sign[1:]
        if spelt := _SPELT.fullmatch(sign):
            return (Upright(spelt[1]),)
        if name in SIGNS:
            return (Sign(SIGNS[name]),)
        if name in BLANKS:
            return (Blank(),)
        if name in FUNCTIONS:
            return (Upright(name, function=True),)
        match name:
            case "frac" | "dfrac" | "tfrac":
                return (Fraction(self.argument(sign), self.argument(sign)),)
            case "sqrt":
                return (Root(degree=self.degree(), of=self.argument(sign)),)
            case "overline" | "vec" | "overrightarrow":
                return (Over(self.argument(sign), name != "overline"),)
            case "left":
                return (self.fenced(),)
            case "begin":
                return (self.cases(),)
        raise FormulaError(text("“{sign}” is not known here.", sign=sign))

    def plain(self, sign: str) -> Formula:
        if sign == "{":
            inside = self.until(("}", ""))
            self.expect("}")
            return (Fenced("", inside, ""),) if len(inside) > 1 else inside
        if not (sign[:1].isalnum() or sign in _PLAIN):
            raise FormulaError(text("“{sign}” is not expected here.", sign=sign or "$"))
        return (Sign("−" if sign == "-" else sign.replace("{,}", ",")),)

    def argument(self, of: str) -> Formula:
        sign = self.next()
        if sign == "{":
            inside = self.until(("}", ""))
            self.expect("}")
            return inside
        if sign in ("", "}", "^", "_"):
            raise FormulaError(text("“{sign}” needs something after it.", sign=of))
        if sign[0].isdigit() and len(sign) > 1:
            if not sign.isdigit() or of in ("^", "_"):  # TeX takes the first digit alone: seldom meant
                raise FormulaError(text("Put braces around “{sign}” here.", sign=sign))
            self.place -= 1  # \frac12 is a half
            self.tokens[self.place] = sign[1:]
            sign = sign[0]
        self.deeper()
        nodes = self.node(sign)
        self.depth -= 1
        return nodes

    def scripts(self, base: Node | None, sign: str) -> Node:
        known = base if isinstance(base, Scripts) else Scripts((base,) if base else (), None, None)
        if sign == "'":
            return Scripts(known.base, (*(known.above or ()), Sign("′")), known.below)
        if (known.above if sign == "^" else known.below) is not None:
            raise FormulaError(text("“{sign}” is not expected here.", sign=sign))
        script = self.argument(sign)
        if sign == "^":
            return Scripts(known.base, script, known.below)
        return Scripts(known.base, known.above, script)

    def degree(self) -> Formula:
        if self.tokens[self.place] != "[":
            return ()
        self.next()
        inside = self.until(("]", ""))
        self.expect("]")
        return inside

    def fenced(self) -> Node:
        opens = self.bracket("\\left")
        inside = self.until(("\\right", ""))
        self.expect("\\right")
        return Fenced(opens, inside, self.bracket("\\right"))

    def bracket(self, of: str) -> str:
        sign = self.next().removeprefix("\\")
        if sign == ".":
            return ""
        if sign not in _BRACKETS:
            raise FormulaError(text("“{sign}” needs something after it.", sign=of))
        return sign

    def cases(self) -> Node:
        for expected in ("{", *"cases", "}"):
            self.expect(expected)
        lines = [self.until(("\\\\", "\\end", ""))]
        while self.tokens[self.place] == "\\\\":
            self.next()
            lines.append(self.until(("\\\\", "\\end", "")))
        for expected in ("\\end", "{", *"cases", "}"):
            self.expect(expected)
        return Cases(tuple(line for line in lines if line))

    def expect(self, sign: str) -> None:
        if self.next() != sign:
            raise FormulaError(text("“{sign}” is missing.", sign=sign))
