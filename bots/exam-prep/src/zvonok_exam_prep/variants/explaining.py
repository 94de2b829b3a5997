"""What a student is told of a variant once it is over: points, what was right, and why. Pure,
but for the pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zvonok_botkit import Say, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.text import Text
from zvonok_exam_prep.items import Item, Open
from zvonok_exam_prep.presenting import Voice, drawn, of_points
from zvonok_exam_prep.shown import right_answer
from zvonok_exam_prep.spelling import spelt
from zvonok_exam_prep.variants.variant import Given, Variant
from zvonok_exam_prep.variants.wording import result, shortened

LONGEST_QUESTION = 300
LONGEST = 4_000
"""Letters of a question as a reminder, and of one message: more of them can't be read at once."""


def explained(
    variant: Variant, items: Sequence[Item], answers: Mapping[int, Given], voice: Voice
) -> list[Outgoing]:
    """`items` are as they stood on the student's sheet."""
    given = [answers.get(place) for place in range(len(items))]
    points = sum(one.points or 0 for one in given if one)
    unmarked = sum(one is not None and one.points is None for one in given)
    head = text("{title}: {result}.", title=variant.title, result=result(points, variant.points, unmarked))
    parts = [voice.say(head)]
    parts += [
        _task(place, item, one, voice) for place, (item, one) in enumerate(zip(items, given, strict=True))
    ]
    reasons = "\n".join(
        f"{place + 1}. {item.explanation}"
        for place, (item, one) in enumerate(zip(items, given, strict=True))
        if drawn_reason(item, one)
    )
    return [*(Say(words) for words in pages(parts)), *drawn(reasons, voice)]


def drawn_reason(item: Item, given: Given | None) -> bool:
    """Whether the explanation of a task is told: it was not all right."""
    return bool(item.explanation) and (given is None or given.points != item.points)


def _task(place: int, item: Item, given: Given | None, voice: Voice) -> str:
    points = given.points if given else 0
    if points == item.points and not (given and given.marks):
        return f"{place + 1}. ✅ {voice.say(of_points(points, item.points))}"
    lines: list[Text | str] = [f"{place + 1}. {shortened(spelt(item.question), LONGEST_QUESTION)}"]
    if points is None:
        lines.append(text("The teacher will mark your answer."))
    else:
        lines.append(of_points(points, item.points))
    if given and given.marks:
        lines += _by_criteria(item, given)
    if given is None:
        lines.append(text("You gave no answer."))
    elif not isinstance(item.asks, Open):
        lines.append(text("Your answer: {words}", words=shortened(given.words)))
    if right := right_answer(item):
        told = text("A model answer: {words}", words=right) if isinstance(item.asks, Open) else text("The right answer: {answer}", answer=right)  # fmt: skip
        lines.append(told)
    lines += [spelt(item.explanation)] if item.explanation else []
    return "\n".join(voice.say(line) for line in lines)


def marked(variant: Variant, items: Sequence[Item], answers: Mapping[int, Given], voice: Voice) -> list[str]:
    """What a student is told whose open answers were marked after the end."""
    points = sum(one.points or 0 for one in answers.values())
    head = text(
        "{title}: your answers are marked. You have {points}.",
        title=variant.title,
        points=of_points(points, variant.points),
    )
    parts = [voice.say(head)]
    for place, given in sorted(answers.items()):
        if given.marks:
            item = items[place]
            lines = [
                f"{place + 1}. {shortened(spelt(item.question), LONGEST_QUESTION)}",
                of_points(given.points or 0, item.points),
                *_by_criteria(item, given),
            ]
            parts.append("\n".join(voice.say(line) for line in lines))
    return pages(parts)


def _by_criteria(item: Item, given: Given) -> list[Text | str]:
    """The points by criteria, and what the teacher says to it."""
    assert isinstance(item.asks, Open)
    lines: list[Text | str] = [
        text("{criterion}: {points}", criterion=spelt(one.name), points=of_points(points, one.points))
        for one, points in zip(item.asks.criteria, given.marks, strict=True)
    ]
    return [*lines, text("Comment: {words}", words=given.comment)] if given.comment else lines


def pages(parts: Sequence[str]) -> list[str]:
    """Paragraphs on as few messages as can be read."""
    found = [""]
    for part in parts:
        longer = f"{found[-1]}\n\n{part}" if found[-1] else part
        if found[-1] and len(longer) > LONGEST:
            found.append(part)
        else:
            found[-1] = longer
    return found
