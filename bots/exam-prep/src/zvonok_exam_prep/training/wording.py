"""What a student reads: a task, what their answer is worth, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from zvonok_botkit import Attachment, Picture, Say, Send
from zvonok_botkit.answers import Outgoing
from zvonok_botkit.incoming import MESSAGE
from zvonok_core.ids import UserId
from zvonok_core.text import Text, ntext, text
from zvonok_exam_prep import items
from zvonok_exam_prep.checking import Mark
from zvonok_exam_prep.drawing import draw, draw_words, needs_picture
from zvonok_exam_prep.formulas import has_formulas
from zvonok_exam_prep.items import Item, Open
from zvonok_exam_prep.shown import instruction, question, right_answer
from zvonok_exam_prep.spelling import spelt

Voice = Callable[[Text | str], str]

NEXT = text("Next, or enough?")
DRAWN = text("The same with its formulas as they are written by hand")
_TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}


def task(item: Item, say: Voice, language: str, *, again: bool = False) -> list[Outgoing]:
    """A task as it is asked: in words that any client shows, and with pictures beside them."""
    about = [
        item.exam.value if item.exam else "",
        say(text("task {n}", n=item.task)) if item.task else "",
        item.topic,
        say(ntext("{n} point", "{n} points", item.points)),
    ]
    head = " · ".join(part for part in about if part)
    if again:
        head = say(text("Once more: {head}", head=head))
    links = [
        f"{picture.alt or picture.name}: {picture.address}"
        for picture in item.pictures
        if picture.address.startswith("https:")
    ]
    words = [head, "", question(item), *links, "", say(instruction(item.asks))]
    shown: list[Outgoing] = [Say("\n".join(words))]
    shown += [_picture(picture) for picture in item.pictures if not picture.address.startswith("https:")]
    if needs_picture(item):
        shown.append(Picture(draw(item, language), say(DRAWN), name="task.png"))
    return shown


def hint(item: Item, number: int, say: Voice, language: str) -> list[Outgoing]:
    """The hint of this number, from 0 on."""
    if number >= len(item.hints):
        none = text("There is no hint for this task.") if not item.hints else text("There are no more hints.")
        return [Say(" ".join((say(none), say(text("Try to answer, or write “answer”.")))))]
    words = item.hints[number]
    more = len(item.hints) - number - 1
    lines = [say(text("Hint: {hint}", hint=spelt(words)))]
    lines += [say(ntext("(There is {n} more.)", "(There are {n} more.)", more))] if more else []
    return [Say("\n".join(lines)), *_drawn(words, say, language)]


def not_yet(mark: Mark, say: Voice) -> Say:
    """An answer that could be better, before another try."""
    if mark.points:
        verdict = text("{points}. That is not all yet.", points=of_points(mark.points, mark.of))
    else:
        verdict = text("Not right yet.")
    remarks = " ".join(_remarks(mark, say))
    again = text("Try once more, or write “hint” or “answer”.")
    return Say(" ".join(part for part in (say(verdict), remarks, say(again)) if part))


def right(item: Item, mark: Mark, say: Voice, language: str, *, first: bool) -> list[Outgoing]:
    """A right answer: its points if it was the first, and why."""
    verdict = (
        text("Right! {points}.", points=of_points(mark.points, mark.of))
        if first
        else text("Now it is right!")
    )
    return _with_reason(item, [say(verdict)], say, language)


def told(item: Item, say: Voice, language: str, *before: Text | str) -> list[Outgoing]:
    """What would have been right, and why."""
    answer = right_answer(item)
    if isinstance(item.asks, Open):
        lines = [say(line) for line in before]
        lines += [say(text("A model answer:")), answer] if answer else []
    else:
        lines = [*(say(line) for line in before), say(text("The right answer: {answer}", answer=answer))]
    return _with_reason(item, lines, say, language)


def noted(item: Item, points: Text, say: Voice, language: str) -> list[Outgoing]:
    """An open answer that the student has marked, and why."""
    return _with_reason(item, [say(points)], say, language)


def criteria(item: Item, asks: Open, say: Voice, language: str) -> list[Outgoing]:
    """What an open answer is held against by whoever has written it."""
    lines = [say(text("Thank you. Now compare it with the criteria, as an examiner would."))]
    if asks.sample:
        lines += ["", say(text("A model answer:")), spelt(asks.sample)]
    for criterion in asks.criteria:
        lines += ["", spelt(criterion.name)]
        lines += [f"{points} — {spelt(level)}" for points, level in enumerate(criterion.levels)]
    example = " ".join(str(one.points) for one in asks.criteria)
    lines += ["", say(ntext("How many points do you give yourself? Such as {example}.", "How many points do you give yourself, by each criterion in turn? Such as {example}.", len(asks.criteria), example=example))]  # fmt: skip
    return [Say("\n".join(lines)), *_drawn("\n".join(items.words_of(asks)), say, language)]


def of_points(points: int, of: int) -> Text:
    """«2 балла из 3»."""
    return ntext("{n} point of {of}", "{n} points of {of}", points, of=of)


def to(user: UserId | None, shown: list[Outgoing]) -> list[Outgoing]:
    """The same, for somebody's direct chat."""
    return [
        replace(one, to=user) if isinstance(one, Say | Picture | Attachment | Send) else one for one in shown
    ]


def _with_reason(item: Item, lines: list[str], say: Voice, language: str) -> list[Outgoing]:
    lines += ["", spelt(item.explanation)] if item.explanation else []
    drawn = _drawn(item.explanation, say, language)
    if not drawn:
        return [Say("\n".join([*lines, "", say(NEXT)]))]
    return [Say("\n".join(lines)), *drawn, Say(say(NEXT))]


def _remarks(mark: Mark, say: Voice) -> list[str]:
    return [spelt(one) if isinstance(one, str) else say(one) for one in mark.remarks]


def _drawn(words: str, say: Voice, language: str) -> list[Outgoing]:
    return (
        [Picture(draw_words(words, language), say(DRAWN), name="formulas.png")] if has_formulas(words) else []
    )


def _picture(picture: items.Picture) -> Outgoing:
    if picture.address:
        content = {
            "msgtype": "m.image",
            "body": picture.alt or picture.name,
            "filename": picture.name,
            "url": picture.address,
        }
        return Send(MESSAGE, content)
    mimetype = next(kind for begins, kind in _TYPES.items() if picture.data.startswith(begins))
    if mimetype == "image/png":
        return Picture(picture.data, picture.alt or picture.name, name=picture.name)
    return Attachment(picture.data, picture.name, mimetype, picture.alt)
