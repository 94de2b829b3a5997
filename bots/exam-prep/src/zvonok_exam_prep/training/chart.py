"""A student's progress as a picture for a phone; all of it stands in words, too."""

from __future__ import annotations

from functools import cache
from importlib import resources

from babel.dates import format_date

from zvonok_botkit import pictures
from zvonok_botkit.pictures import drawable
from zvonok_core.text import ntext, text
from zvonok_exam_prep.collection.missing import capital
from zvonok_exam_prep.presenting import Voice, of_points
from zvonok_exam_prep.training.progress import Progress, Span, Topic

DENSITY = 216
"""Pixels an inch: 1,080 pixels wide."""
MOST_TOPICS, LONGEST_TOPIC = 8, 70
NO_TOPIC = text("Other tasks")


def draw(progress: Progress, voice: Voice) -> bytes:
    """A PNG. Takes some hundredths of a second of a core."""
    topics = shown_topics(progress)
    below = ntext("And {n} more topic", "And {n} more topics", len(progress.topics) - len(topics))
    data = {
        "language": voice.language,
        "title": drawable(voice.say(of_points(progress.total.points, progress.total.of))),
        "subtitle": voice.say(ntext("for {n} task", "for {n} tasks", progress.total.tasks)),
        "over_time": voice.say(
            text("By weeks, % of the points") if progress.weekly else text("By days, % of the points")
        ),
        "spans": [_span(span, voice.language) for span in progress.spans],
        "by_topic": voice.say(text("By topics, the hardest ones first")),
        "topics": [_topic(topic, progress, voice) for topic in topics],
        "below": voice.say(below) if len(progress.topics) > len(topics) else "",
    }
    return pictures.draw(_template(), data, ppi=DENSITY)


def shown_topics(progress: Progress) -> tuple[Topic, ...]:
    """Those in which most was done, still the hardest first."""
    most = sorted(progress.topics, key=lambda topic: -topic.sum.tasks)[:MOST_TOPICS]
    return tuple(topic for topic in progress.topics if topic in most)


def name(topic: Topic, progress: Progress, voice: Voice) -> str:
    """What a topic is called, with its subject where there are several."""
    named = topic.topic or voice.say(NO_TOPIC)
    return f"{capital(topic.subject)}: {named}" if len(progress.subjects) > 1 else named


def _span(span: Span, language: str) -> dict[str, object]:
    return {
        "day": str(span.begin.day),
        "month": format_date(span.begin, "LLL", locale=language).strip("."),
        "share": span.sum.share,
        "tasks": span.sum.tasks,
    }


def _topic(topic: Topic, progress: Progress, voice: Voice) -> dict[str, object]:
    return {
        "name": drawable(name(topic, progress, voice), LONGEST_TOPIC),
        "share": topic.sum.share,
        "tasks": topic.sum.tasks,
    }


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("progress.typ").read_bytes()
