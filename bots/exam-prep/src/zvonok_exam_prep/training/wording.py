"""What a student reads: a task, what their answer is worth, and why."""

from __future__ import annotations

from zvonok_botkit import Say
from zvonok_botkit.answers import Outgoing
from zvonok_core.text import Text, ntext, text
from zvonok_exam_prep import items
from zvonok_exam_prep.checking import Mark
from zvonok_exam_prep.items import Item, Open
from zvonok_exam_prep.presenting import Voice, drawn, of_points
from zvonok_exam_prep.shown import right_answer
from zvonok_exam_prep.spelling import spelt

NEXT = text("Next, or enough?")


def hint(item: Item, number: int, voice: Voice) -> list[Outgoing]:
    """The hint of this number, from 0 on."""
    if number >= len(item.hints):
        none = text("There is no hint for this task.") if not item.hints else text("There are no more hints.")
        return [Say(" ".join((voice.say(none), voice.say(text("Try to answer, or write “answer”.")))))]
    words = item.hints[number]
    more = len(item.hints) - number - 1
    lines = [voice.say(text("Hint: {hint}", hint=spelt(words)))]
    lines += [voice.say(ntext("(There is {n} more.)", "(There are {n} more.)", more))] if more else []
    return [Say("\n".join(lines)), *drawn(words, voice)]


def not_yet(mark: Mark, voice: Voice) -> Say:
    """An answer that could be better, before another try."""
    if mark.points:
        verdict = text("{points}. That is not all yet.", points=of_points(mark.points, mark.of))
    else:
        verdict = text("Not right yet.")
    remarks = " ".join(_remarks(mark, voice))
    again = text("Try once more, or write “hint” or “answer”.")
    return Say(" ".join(part for part in (voice.say(verdict), remarks, voice.say(again)) if part))


def right(item: Item, mark: Mark, voice: Voice, *, first: bool) -> list[Outgoing]:
    """A right answer: its points if it was the first, and why."""
    verdict = (
        text("Right! {points}.", points=of_points(mark.points, mark.of))
        if first
        else text("Now it is right!")
    )
    return _with_reason(item, [voice.say(verdict)], voice)


def told(item: Item, voice: Voice, *before: Text | str) -> list[Outgoing]:
    """What would have been right, and why."""
    answer = right_answer(item)
    if isinstance(item.asks, Open):
        lines = [voice.say(line) for line in before]
        lines += [voice.say(text("A model answer:")), answer] if answer else []
    else:
        lines = [
            *(voice.say(line) for line in before),
            voice.say(text("The right answer: {answer}", answer=answer)),
        ]
    return _with_reason(item, lines, voice)


def noted(item: Item, points: Text, voice: Voice) -> list[Outgoing]:
    """An open answer that the student has marked, and why."""
    return _with_reason(item, [voice.say(points)], voice)


def criteria(item: Item, asks: Open, voice: Voice) -> list[Outgoing]:
    """What an open answer is held against by whoever has written it."""
    lines = [voice.say(text("Thank you. Now compare it with the criteria, as an examiner would."))]
    if asks.sample:
        lines += ["", voice.say(text("A model answer:")), spelt(asks.sample)]
    for criterion in asks.criteria:
        lines += ["", spelt(criterion.name)]
        lines += [f"{points} — {spelt(level)}" for points, level in enumerate(criterion.levels)]
    example = " ".join(str(one.points) for one in asks.criteria)
    lines += ["", voice.say(ntext("How many points do you give yourself? Such as {example}.", "How many points do you give yourself, by each criterion in turn? Such as {example}.", len(asks.criteria), example=example))]  # fmt: skip
    return [Say("\n".join(lines)), *drawn("\n".join(items.words_of(asks)), voice)]


def _with_reason(item: Item, lines: list[str], voice: Voice) -> list[Outgoing]:
    lines += ["", spelt(item.explanation)] if item.explanation else []
    pictures = drawn(item.explanation, voice)
    if not pictures:
        return [Say("\n".join([*lines, "", voice.say(NEXT)]))]
    return [Say("\n".join(lines)), *pictures, Say(voice.say(NEXT))]


def _remarks(mark: Mark, voice: Voice) -> list[str]:
    return [spelt(one) if isinstance(one, str) else voice.say(one) for one in mark.remarks]
