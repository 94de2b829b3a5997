"""What a message says to the bot, whichever client wrote it. Pure.

Clients differ in how they mention somebody, answer, and quote: a pill or a typed name, with
`m.mentions` or without, with the quoted lines of old clients or none.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from zvonok_botkit.chat import Event
from zvonok_core.ids import EventId, UserId
from zvonok_core.people import plain

PREFIX = "!"
MESSAGE = "m.room.message"
ENCRYPTED = "m.room.encrypted"
REACTION = "m.reaction"
REDACTION = "m.room.redaction"
CALLED = ("бот", "bot")
"""Whoever writes «бот, …» means the bot, whatever its account is called."""
_PILL = re.compile(r'<a href="https://matrix\.to/#/([^"?]+)[^"]*">(.*?)</a>', re.DOTALL)
_MARKDOWN_PILL = re.compile(r"\[([^\]]*)\]\(https://matrix\.to/#/([^)?]+)[^)]*\)")
_QUOTED = re.compile(r"<mx-reply>.*?</mx-reply>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Relation:
    """What an event is about. `target` is what it reacts to, answers, votes in or takes back."""

    kind: str = ""
    target: EventId | None = None
    reply_to: EventId | None = None
    thread: EventId | None = None


def relation(event: Event) -> Relation:
    """The relation of an event; an answer inside a thread is about what it answers."""
    if event.redacts:
        return Relation("redaction", event.redacts)
    relates = event.content.get("m.relates_to")
    if not isinstance(relates, Mapping):
        return Relation()
    kind, target = _text(relates.get("rel_type")), _text(relates.get("event_id"))
    replied = relates.get("m.in_reply_to")
    reply_to = _text(replied.get("event_id")) if isinstance(replied, Mapping) else ""
    if kind == "m.thread":
        if relates.get("is_falling_back"):
            reply_to = ""
        return Relation(kind, _id(reply_to or target), _id(reply_to), _id(target))
    return Relation(kind, _id(target or reply_to), _id(reply_to), None)


def body(event: Event) -> str:
    """The words of a text message, with user ids where somebody is mentioned, and without
    the lines that old clients quote; "" for anything that is no text of a person."""
    content = event.content
    if event.type != MESSAGE or content.get("msgtype") != "m.text" or relation(event).kind == "m.replace":
        return ""
    words = _text(content.get("body"))
    if relation(event).reply_to and words.startswith("> "):
        lines = words.split("\n")
        while lines and lines[0].startswith("> "):
            lines.pop(0)
        words = "\n".join(lines)
    formatted = _QUOTED.sub("", _text(content.get("formatted_body")))
    for target, label in _PILL.findall(formatted):
        user = unquote(html.unescape(target))
        shown = html.unescape(re.sub(r"<[^>]*>", "", label))
        if user.startswith("@") and shown and user not in words:
            words = words.replace(shown, f"{user} ", 1)
    words = _MARKDOWN_PILL.sub(lambda found: unquote(found[2]) + " ", words)
    return words.strip()


def mentioned(event: Event) -> frozenset[UserId]:
    """Whom a message calls by `m.mentions`."""
    mentions = event.content.get("m.mentions")
    users = mentions.get("user_ids") if isinstance(mentions, Mapping) else None
    return (
        frozenset(UserId(user) for user in users if isinstance(user, str))
        if isinstance(users, list)
        else frozenset()
    )


def addressed(event: Event, me: UserId, name: str) -> str | None:
    """What is said to the bot by `!` or by its name, without either; None where neither is
    there. In a direct chat all of `body` is said to it."""
    words = body(event)
    if re.match(rf"{PREFIX}\s*[^\W\d_]", words):
        return words.removeprefix(PREFIX).strip()
    for called in (me, me.partition(":")[0], me[1:].partition(":")[0], name, *CALLED):
        if called and plain(words).startswith(plain(called)):
            after = words[len(called) :]
            certain = called == me or me in mentioned(event)
            if re.match(r"\s*[:,]", after) or (certain and re.match(r"\s|$", after)):
                return after.lstrip(" :,\n").removeprefix(PREFIX).strip()
    return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _id(value: str) -> EventId | None:
    return EventId(value) if value else None
