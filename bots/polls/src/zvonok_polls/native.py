"""Native poll events (MSC3381) as clients really write and read them. Pure.

What is sent has the unstable form, the only one that Element X and FluffyChat know; what is
read may have the stable one, too. Whatever anybody may send is read: nothing here raises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zvonok_polls.poll import MOST_CHOICES, Choice, Item

START, RESPONSE, END = (f"org.matrix.msc3381.poll.{name}" for name in ("start", "response", "end"))
STABLE_START, STABLE_RESPONSE, STABLE_END = "m.poll.start", "m.poll.response", "m.poll.end"
TEXT = "org.matrix.msc1767.text"
DISCLOSED, UNDISCLOSED = "org.matrix.msc3381.poll.disclosed", "org.matrix.msc3381.poll.undisclosed"


def start(item: Item, disclosed: bool, fallback: str) -> dict[str, Any]:
    """The content of a poll. FluffyChat wants every text and an integer maximum, Element X a
    text of the question; `fallback` is for those who know no polls."""
    return {
        TEXT: fallback,
        START: {
            "kind": DISCLOSED if disclosed else UNDISCLOSED,
            "max_selections": item.most,
            "question": {TEXT: item.question, "msgtype": "m.text", "body": item.question},
            "answers": [{"id": choice.id, TEXT: choice.words} for choice in item.choices],
        },
        "m.mentions": {},
    }


def end(results: str) -> dict[str, Any]:
    """The content of a poll's end, but for its relation. Element X overlooks one without text."""
    return {TEXT: results, END: {}, "m.mentions": {}}


def read_start(content: Mapping[str, Any]) -> tuple[Item, bool] | None:
    """The question of somebody's poll, and whether it is disclosed; None where it is no poll."""
    block = _mapping(content.get(START) or content.get("m.poll.start") or content.get("m.poll"))
    question = _words(_mapping(block.get("question")))
    answers = block.get("answers")
    if not question or not isinstance(answers, list):
        return None
    found: dict[str, Choice] = {}
    for answer in map(_mapping, answers[:MOST_CHOICES]):
        name, words = answer.get("id") or answer.get("m.id"), _words(answer)
        if isinstance(name, str) and words:
            found.setdefault(name, Choice(name, words))
    most = block.get("max_selections", 1)
    if not found:
        return None
    item = Item(question, tuple(found.values()), most if isinstance(most, int) and most > 0 else 1)
    return item, block.get("kind") in (DISCLOSED, "m.disclosed")


def read_response(content: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The ids that are chosen; None where the vote makes no sense."""
    block = content.get(RESPONSE)
    answers: Any = block.get("answers") if isinstance(block, Mapping) else content.get("m.selections")
    if not isinstance(answers, Sequence) or isinstance(answers, str):
        return None
    if not all(isinstance(answer, str) for answer in answers):
        return None
    return tuple(answers)


def end_is_complete(content: Mapping[str, Any]) -> bool:
    """Whether every client sees this end."""
    return isinstance(content.get(TEXT), str)


def _words(block: Mapping[str, Any]) -> str:
    text = block.get(TEXT) or block.get("body")
    if isinstance(text, str):
        return text.strip()
    stable = block.get("m.text")
    parts = stable if isinstance(stable, list) else []
    return next((str(part["body"]).strip() for part in map(_mapping, parts) if "body" in part), "")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
