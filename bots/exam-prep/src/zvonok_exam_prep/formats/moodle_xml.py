"""Moodle's XML: what its question bank exports and imports, pictures and all."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from zvonok_core.text import Text, text
from zvonok_exam_prep.formats import moodle_words
from zvonok_exam_prep.formats.model import (
    MOST_ANSWERS,
    MOST_BYTES,
    MOST_ITEMS,
    Exported,
    Loss,
    Node,
    Problem,
    UnreadableError,
)
from zvonok_exam_prep.formats.moodle import FALSE, TRUE, Answer, Question, tree
from zvonok_exam_prep.formats.to_moodle import question_of
from zvonok_exam_prep.items import Item, Picture

MIMETYPE = "application/xml"
DEEPEST = 16
_FILES = "@@PLUGINFILE@@/"


@dataclass(slots=True)
class _Part:
    """One element, and the line on which it begins."""

    tag: str
    attributes: dict[str, str]
    line: int
    words: list[str] = field(default_factory=list)
    parts: list[_Part] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def all(self, tag: str) -> list[_Part]:
        return [part for part in self.parts if part.tag == tag]

    def first(self, tag: str) -> _Part:
        return next(iter(self.all(tag)), _Part(tag, {}, self.line))

    def inner(self, tag: str) -> str:
        """The text of a part, which most have in a part `text` of their own."""
        part = self.first(tag)
        return (part.first("text").text or part.text).strip()


class _Tree:
    """Builds parts while the parser goes; the parser says on which line it is."""

    def __init__(self) -> None:
        self.root = _Part("", {}, 0)
        self.open = [self.root]
        self.parser: DefusedXMLParser

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.parser.parser.CurrentLineNumber
        if len(self.open) > DEEPEST:
            raise UnreadableError(text("There are too many levels within levels."), line)
        part = _Part(tag, attributes, line)
        self.open[-1].parts.append(part)
        self.open.append(part)

    def end(self, tag: str) -> None:
        self.open.pop()

    def data(self, words: str) -> None:
        self.open[-1].words.append(words)

    def close(self) -> _Part:
        return self.root


def trees(file: str, content: bytes, problems: list[Problem], notes: list[Problem]) -> list[Node]:
    """The questions of a file as trees. Raises UnreadableError."""
    if len(content) > MOST_BYTES:
        raise UnreadableError(text("The file has more than {n} MB.", n=MOST_BYTES // 1_000_000))
    found: list[Node] = []
    category = ""
    questions = _parsed(content).first("quiz").all("question")
    if len(questions) > MOST_ITEMS:
        raise UnreadableError(text("There are more than {n} tasks.", n=MOST_ITEMS))
    for part in questions:
        kind = part.attributes.get("type", "")
        if kind == "category":
            category = part.inner("category")
        elif kind == "description":
            what = text("A description without a question is left out.")
            notes.append(Problem(file, part.line, "", what))
        else:
            question = _Questions(file, part, notes).question(kind)
            question.category = category
            made = tree(question, file, problems, notes)
            found += [made] if made else []
    return found


def _parsed(content: bytes) -> _Part:
    target = _Tree()
    parser = target.parser = DefusedXMLParser(target=target, forbid_dtd=True)
    try:
        parser.feed(content.removeprefix(b"\xef\xbb\xbf"))
        root = parser.close()
    except DefusedXmlException as error:
        raise UnreadableError(text("The file declares entities (<!DOCTYPE …>), which is refused.")) from error
    except ParseError as error:
        raise UnreadableError(text("From here on this is no XML."), error.position[0]) from error
    except (LookupError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(text("The file is not in UTF-8. Save it as UTF-8, please.")) from error
    assert isinstance(root, _Part)
    return root


class _Questions:
    """One question element."""

    def __init__(self, file: str, part: _Part, notes: list[Problem]) -> None:
        self.file, self.part, self.notes = file, part, notes
        self.pictures: list[dict[str, str]] = []

    def question(self, kind: str) -> Question:
        part = self.part
        if len(part.parts) > 2 * MOST_ANSWERS:
            raise UnreadableError(text("A question has more than {n} answers.", n=MOST_ANSWERS), part.line)
        question = Question(
            kind,
            self.words(part.first("questiontext"), keep=True) or self.words(part.first("name")),
            single=part.inner("single") != "false",
            explanation=self.words(part.first("generalfeedback")),
            hints=[words for hint in part.all("hint") if (words := self.words(hint))],
            id=part.inner("idnumber"),
            tags=[tag.first("text").text.strip() for tag in part.first("tags").all("tag")],
            points=_whole(part.inner("defaultgrade")),
            sample=self.words(part.first("graderinfo")),
            line=part.line,
        )
        raw = kind in ("shortanswer", "numerical")
        question.answers = [self.answer(one, raw) for one in part.all("answer")]
        if kind == "numerical":
            unit = part.first("units").first("unit").inner("unit_name")
            question.tags += [f"единица:{unit}"] if unit else []
        if kind == "truefalse":
            shown = {"true": TRUE, "false": FALSE}
            question.answers = [
                Answer(shown.get(one.words, one.words), one.share, one.feedback, line=one.line)
                for one in question.answers
            ]
        if kind == "matching":
            question.answers = [
                Answer(self.words(one), feedback=self.line(one.first("answer")), line=one.line)
                for one in part.all("subquestion")
            ]
        question.pictures = list(self.pictures)
        return question

    def answer(self, part: _Part, raw: bool) -> Answer:
        words = part.inner("text") if raw else self.words(part)
        feedback = self.words(part.first("feedback"))
        share = part.attributes.get("fraction", "0")
        tolerance = part.inner("tolerance")
        try:
            return Answer(words, float(share), feedback, tolerance, part.line)
        except ValueError:
            return Answer(words, 0, feedback, tolerance, part.line)

    def line(self, part: _Part) -> str:
        """Words in which Moodle allows no markup."""
        return moodle_words.from_plain(part.inner("text")).words

    def words(self, part: _Part, *, keep: bool = False) -> str:
        """Words in whichever markup they say; with `keep` their pictures are the question's."""
        content = part.first("text").text
        if part.attributes.get("format") in ("plain_text", "markdown"):
            read = moodle_words.from_plain(content.strip())
        elif part.attributes.get("format") == "moodle_auto_format":
            read = moodle_words.from_either(content.strip())
        else:
            read = moodle_words.from_html(content)
        files = {one.attributes.get("name", ""): one.text.strip() for one in part.all("file")}
        for source, alt in read.pictures:
            name = unquote(source.removeprefix(_FILES))
            if keep and name in files:
                self.pictures.append({"name": name, "alt": alt, "data": files[name]})
            elif keep and source.startswith("https://"):
                self.pictures.append(
                    {"name": source.rpartition("/")[2][:100] or "1", "alt": alt, "address": source}
                )
            else:
                self.note(part.line, text("A picture is left out."))
        return read.words

    def note(self, line: int, what: Text) -> None:
        self.notes.append(Problem(self.file, line, "", what))


def _whole(grade: str) -> str:
    """Moodle writes grades as 1.0000000."""
    whole, _, part = grade.partition(".")
    return whole if not part.strip("0") else grade


# ---------------------------------------------------------------- writing


def export(items: Iterable[Item]) -> Exported:
    """A file that Moodle reads, with what it does not hold."""
    losses: list[Loss] = []
    quiz = Element("quiz")
    for item in items:
        _write(quiz, item, question_of(item, losses), losses)
    return Exported(tostring(quiz, encoding="utf-8", xml_declaration=True), MIMETYPE, tuple(losses))


def _write(quiz: Element, item: Item, question: Question, losses: list[Loss]) -> None:
    root = SubElement(quiz, "question", type=question.kind)
    SubElement(SubElement(root, "name"), "text").text = question.id
    asked = _html(root, "questiontext", question.words)
    for picture in item.pictures:
        _picture(asked, picture, item, losses)
    _html(root, "generalfeedback", question.explanation)
    for tag, words in (("defaultgrade", question.points), ("hidden", "0"), ("idnumber", question.id)):
        SubElement(root, tag).text = words
    if question.kind == "multichoice":
        SubElement(root, "single").text = "true" if question.single else "false"
        SubElement(root, "shuffleanswers").text = "false"
        SubElement(root, "answernumbering").text = "123"
    if question.kind == "essay":
        _html(root, "graderinfo", question.sample)
    for answer in question.answers:
        _answer(root, question.kind, answer)
    for hint in question.hints:
        _html(root, "hint", hint)
    tags = SubElement(root, "tags")
    for tag in question.tags:
        SubElement(SubElement(tags, "tag"), "text").text = tag


def _answer(root: Element, kind: str, answer: Answer) -> None:
    if kind == "matching":
        row = _html(root, "subquestion", answer.words)
        SubElement(SubElement(row, "answer"), "text").text = moodle_words.to_line(answer.feedback)
        return
    share = f"{answer.share:.5f}".rstrip("0").rstrip(".")
    if kind == "multichoice":
        part = _html(root, "answer", answer.words, fraction=share)
        _html(part, "feedback", answer.feedback)
        return
    part = SubElement(root, "answer", fraction=share, format="moodle_auto_format")
    SubElement(part, "text").text = answer.words
    if answer.tolerance:
        SubElement(part, "tolerance").text = answer.tolerance


def _html(root: Element, tag: str, words: str, **attributes: str) -> Element:
    part = SubElement(root, tag, {**attributes, "format": "html"})
    SubElement(part, "text").text = moodle_words.to_html(words)
    return part


def _picture(asked: Element, picture: Picture, item: Item, losses: list[Loss]) -> None:
    if picture.address.startswith("mxc:"):
        losses.append(Loss(item.id, text("The pictures are left out.")))
        return
    words = asked[0]
    source = picture.address or f"{_FILES}{picture.name}"
    words.text = f"{words.text}{moodle_words.image(source, picture.alt)}"
    if picture.data:
        part = SubElement(asked, "file", name=picture.name, path="/", encoding="base64")
        part.text = base64.b64encode(picture.data).decode()
