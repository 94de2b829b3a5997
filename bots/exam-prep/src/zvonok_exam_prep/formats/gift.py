"""Moodle's GIFT: questions as people type them into a text file.

As Moodle reads it: an empty line parts questions, a backslash takes a sign's meaning, and the
answers stand in the first pair of braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from zvonok_core.text import Text, text
from zvonok_exam_prep import typed
from zvonok_exam_prep.formats import moodle_words
from zvonok_exam_prep.formats.model import (
    MOST_ANSWERS,
    MOST_ITEMS,
    Exported,
    Loss,
    Node,
    Problem,
    UnreadableError,
    decoded,
)
from zvonok_exam_prep.formats.moodle import FALSE, TRUE, Answer, Question, decimal, tree
from zvonok_exam_prep.formats.to_moodle import question_of
from zvonok_exam_prep.items import Item

MIMETYPE = "text/plain"
_SPECIAL = ":#={}~"
_HELD = {
    **{f"\\{sign}": chr(0xE000 + place) for place, sign in enumerate(_SPECIAL)},
    "\\\\": "\ue010",
    "\\n": "\ue011",
}
_FREED = {chr(0xE000 + place): sign for place, sign in enumerate(_SPECIAL)} | {"\ue010": "\\", "\ue011": "\n"}
_ESCAPED = re.compile(r"\\[\\:#={}~n]")
_ID = re.compile(r"\[id:((?:\\\]|[^\]]){1,300})\]")
_TAG = re.compile(r"\[tag:((?:\\\]|[^\]]){1,300})\]")
_LONGEST_COMMENT = 4_000
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]")
_SHARE = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]*)?)%")
_TRUE_FALSE = re.compile(r"(T|TRUE|F|FALSE)\s*(?=#|$)")


def trees(file: str, content: bytes, problems: list[Problem], notes: list[Problem]) -> list[Node]:
    """The questions of a file as trees. Raises UnreadableError."""
    found: list[Node] = []
    category = ""
    for line, block in _blocks(decoded(content)):
        if len(found) > MOST_ITEMS:
            raise UnreadableError(text("There are more than {n} tasks.", n=MOST_ITEMS), line)
        reader = _Block(file, line, block, problems, notes)
        if reader.words.startswith("$CATEGORY:"):
            category = reader.words.removeprefix("$CATEGORY:").strip()
        elif reader.words and (question := reader.question()):
            question.category = category
            made = tree(question, file, problems, notes)
            found += [made] if made else []
    return found


def _blocks(words: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that stand together, and the number of the first one."""
    begin, block = 0, []
    for number, line in enumerate([*words.split("\n"), ""], 1):
        if line.strip():
            begin = begin or number
            block.append(line)
        elif block:
            yield begin, block
            begin, block = 0, []


class _Block:
    """The lines of one question."""

    def __init__(
        self, file: str, line: int, lines: list[str], problems: list[Problem], notes: list[Problem]
    ) -> None:
        self.file, self.line, self.problems, self.notes = file, line, problems, notes
        comments = " ".join(one.strip() for one in lines if one.strip().startswith("//"))
        self.comments = comments[:_LONGEST_COMMENT]
        kept = ["" if one.strip().startswith("//") else one for one in lines]
        while kept and not kept[0].strip():
            kept.pop(0)
            self.line += 1
        self.words = _ESCAPED.sub(lambda found: _HELD[found[0]], "\n".join(kept)).rstrip()
        self.markup = "moodle"

    def at(self, place: int) -> int:
        """The line on which a place of the words is."""
        return self.line + self.words.count("\n", 0, place)

    def text(self, words: str) -> str:
        """A piece of words, in the format that it says or that the question has."""
        words = words.strip()
        markup = self.markup
        if found := _FORMAT.match(words):
            markup, words = found[1], words[found.end() :]
        words = _freed(words)
        readers: dict[str, Callable[[str], moodle_words.Words]] = {
            "html": moodle_words.from_html, "moodle": moodle_words.from_either,
        }  # fmt: skip
        read = readers.get(markup, moodle_words.from_plain)(words)
        if read.pictures:
            self.note(text("A picture is left out."))
        return read.words

    def note(self, what: Text) -> None:
        self.notes.append(Problem(self.file, self.line, "", what))

    def question(self) -> Question | None:
        words, name = self.words.lstrip(), ""
        offset = len(self.words) - len(words)
        if words.startswith("::") and (end := words.find("::", 2)) > 0:
            name, words, offset = words[2:end], words[end + 2 :], offset + end + 2
        opens, closes = words.find("{"), words.find("}")
        if opens < 0 and closes < 0:
            self.note(text("A description without a question is left out."))
            return None
        if opens < 0 or closes < opens:
            what = text("A brace is missing. A brace that is meant as such is written \\{ or \\}.")
            self.problems.append(Problem(self.file, self.line, "", what))
            return None
        before, inside, after = words[:opens], words[opens + 1 : closes], words[closes + 1 :]
        if found := _FORMAT.match(before.strip()):
            self.markup = found[1]
        asked = f"{before}_____{after}" if after.strip() else before
        inside, _, explanation = inside.partition("####")
        ids, tags = _ID.search(self.comments), _TAG.findall(self.comments)
        question = Question(
            "",
            self.text(asked),
            explanation=self.text(explanation),
            id=_bare(ids[1]) if ids else "",
            tags=[_bare(tag) for tag in tags],
            line=self.line,
        )
        if not question.words and name:
            question.words = self.text(name)
        self.answers(question, inside, offset + opens + 1)
        return question

    def answers(self, question: Question, inside: str, offset: int) -> None:
        """Reads what stands between the braces, which begins at `offset` of all words."""
        bare = inside.strip()
        if not bare:
            question.kind = "essay"
        elif bare.startswith("#"):
            question.kind = "numerical"
            number = inside.index("#") + 1
            for line, sign, words in self.signed(inside[number:], "=~", offset + number):
                if sign != "~":
                    question.answers.append(self.numerical(words, line))
        elif "~" in bare:
            question.kind = "multichoice"
            for line, sign, words in self.signed(inside, "=~", offset):
                question.answers.append(self.answer(words, line, 100 if sign == "=" else 0))
            question.single = "=" in bare
        elif "=" in bare and "->" in bare:
            question.kind = "matching"
            for line, _, words in self.signed(inside, "=", offset):
                left, arrow, right = words.partition("->")
                if not arrow:
                    what = text("A pair is written so: = left -> right.")
                    self.problems.append(Problem(self.file, line, "", what))
                question.answers.append(Answer(self.text(left), feedback=self.text(right), line=line))
        elif found := _TRUE_FALSE.match(bare):
            question.kind = "truefalse"
            comments = [self.text(words) for words in bare[found.end() :].split("#")[1:3]]
            wrong, right = (*comments, "", "")[:2]
            true = found[1].startswith("T")
            question.answers = [
                Answer(TRUE, 100 if true else 0, right if true else wrong, line=self.line),
                Answer(FALSE, 0 if true else 100, wrong if true else right, line=self.line),
            ]
        else:
            question.kind = "shortanswer"
            for line, _, words in self.signed(inside, "=", offset):
                question.answers.append(self.answer(words, line, 100, raw=True))

    def signed(self, inside: str, signs: str, offset: int) -> Iterator[tuple[int, str, str]]:
        """The answers that begin with one of these signs: line, sign, words. What stands before
        the first sign is one, too."""
        begin, sign, line, counted = 0, "", self.at(offset), 0
        for number, found in enumerate(re.finditer(f"[{signs}]|$", inside)):
            if number > MOST_ANSWERS:
                raise UnreadableError(
                    text("A question has more than {n} answers.", n=MOST_ANSWERS), self.line
                )
            words = inside[begin : found.start()].strip()
            if sign or words:
                yield line, sign, words
            begin, sign = found.end(), found[0]
            line += inside.count("\n", counted, found.start())
            counted = found.start()
            if found.end() == found.start():
                return

    def answer(self, words: str, line: int, share: float, *, raw: bool = False) -> Answer:
        if found := _SHARE.match(words):
            share, words = float(found[1]), words[found.end() :]
        words, _, feedback = words.partition("#")
        return Answer(_freed(words) if raw else self.text(words), share, self.text(feedback), line=line)

    def numerical(self, words: str, line: int) -> Answer:
        given = self.answer(words, line, 100, raw=True)
        first, dots, last = given.words.partition("..")
        if dots:
            ends = [typed.number(end) for end in (first, last)]
            if None not in ends:
                low, high = (end[0] for end in ends if end)
                middle, off = (low + high) / 2, (high - low) / 2
                return Answer(decimal(middle) or "?", given.share, given.feedback, decimal(off) or "?", line)
        value, _, tolerance = given.words.partition(":")
        return Answer(value.strip(), given.share, given.feedback, tolerance.strip(), line)


# ---------------------------------------------------------------- writing


def export(items: Iterable[Item]) -> Exported:
    """A file that Moodle reads, with what it does not hold."""
    losses: list[Loss] = []
    blocks = [_written(item, losses) for item in items]
    return Exported("\n\n".join(blocks).encode() + b"\n", MIMETYPE, tuple(losses))


def _written(item: Item, losses: list[Loss]) -> str:
    question = question_of(item, losses)
    for lost, what in (
        (question.hints, text("The hints are left out.")),
        (item.pictures, text("The pictures are left out.")),
        (question.sample, text("The sample answer is left out.")),
    ):
        if lost:
            losses.append(Loss(item.id, what))
    tags = "".join(f" [tag:{tag.replace(']', chr(92) + ']')}]" for tag in question.tags)
    head = f"// [id:{question.id}]{tags}\n[html]{_words(question.words)}"
    inside = [*_answers(question)]
    if question.explanation:
        inside.append(f"####{_words(question.explanation)}")
    mark = "#" if question.kind == "numerical" else ""
    return f"{head} {{{mark}\n" + "".join(f"\t{line}\n" for line in inside) + "}"


def _answers(question: Question) -> Iterator[str]:
    for answer in question.answers:
        feedback = f"#{_words(answer.feedback)}" if answer.feedback else ""
        match question.kind:
            case "matching":
                yield f"={_words(answer.words)} -> {_words(answer.feedback)}"
            case "numerical":
                yield f"={answer.words}:{answer.tolerance}"
            case "shortanswer":
                yield f"={_escaped(answer.words)}"
            case _ if question.single:
                yield f"{'=' if answer.share == 100 else '~'}{_words(answer.words)}{feedback}"
            case _:
                yield f"~%{answer.share:.5f}".rstrip("0").rstrip(".") + f"%{_words(answer.words)}{feedback}"


def _words(words: str) -> str:
    return _escaped(moodle_words.to_html(words))


def _escaped(words: str) -> str:
    return re.sub(rf"([\\{_SPECIAL}])", r"\\\1", words).replace("\n", "\\n")


def _freed(words: str) -> str:
    return "".join(_FREED.get(letter, letter) for letter in words.strip())


def _bare(words: str) -> str:
    return words.replace("\\]", "]").strip()
