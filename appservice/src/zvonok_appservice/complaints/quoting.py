"""A reported message in words: its text, shortened, or what kind of thing it is. Pure.

Whoever wrote it chose every value in it, so nothing is trusted to have a type, and each
line of a quotation is marked: a message can't pass for a part of the letter around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zvonok_appservice.complaints.model import Reported
from zvonok_core.text import Text, text

LONGEST = 700
"""Characters of a message that are quoted: about a phone's screen. The link leads to all."""
LONGEST_LINE = 150
"""Characters of what is quoted within a line: a reason, a file's name, a chat's name."""
MOST_LINES = 12
_FILES = {
    "m.image": text("A picture: {name}"),
    "m.video": text("A video: {name}"),
    "m.audio": text("A recording: {name}"),
    "m.file": text("A file: {name}"),
}
_POLL = "org.matrix.msc3381.poll.start"


def quotation(reported: Reported) -> list[Text | str]:
    """The message, line by line."""
    if not reported.type:
        return [text("The message itself is no longer kept on the server.")]
    lines: list[Text | str] = []
    if reported.deleted:
        lines.append(
            text("The message has been deleted since. It said:")
            if reported.content
            else text("The message has been deleted; its text is no longer kept.")
        )
    if reported.changed:
        lines += [text("The message says now:"), *_said(reported.type, reported.changed)]
        lines.append(text("Before it was changed:"))
    if reported.content:
        lines += _said(reported.type, reported.content)
    return lines


def within_a_line(words: str, longest: int = LONGEST_LINE) -> str:
    """Somebody's words in one line, cut where they are too long."""
    return _cut(" ".join(words.split()), longest)


def _said(type: str, content: Mapping[str, Any]) -> list[Text | str]:
    if type == "m.room.encrypted":
        return [text("The message is encrypted: only those in the chat can read it.")]
    if type == "m.reaction":
        relation = content.get("m.relates_to")
        return _quoted(relation.get("key") if isinstance(relation, Mapping) else "")
    if type == "m.sticker":
        return [text("A sticker: {name}", name=within_a_line(_words(content.get("body"))))]
    if type in (_POLL, "m.poll.start"):
        return [text("A poll:"), *_quoted(_words(content.get("org.matrix.msc1767.text")))]
    if type != "m.room.message":
        return [text("It is no message, but a change of the chat itself.")]
    return _message(content)


def _message(content: Mapping[str, Any]) -> list[Text | str]:
    # A change may be any content at all: it is quoted like a message of its own.
    kind, body = _words(content.get("msgtype")), _words(content.get("body"))
    if kind not in _FILES:
        return _quoted(body)
    name = _words(content.get("filename")) or body
    lines: list[Text | str] = [Text(_FILES[kind].source, {"name": within_a_line(name) or "—"})]
    return lines + _quoted(body) if body and body != name else lines


def _quoted(words: object) -> list[Text | str]:
    lines = [line for line in _cut(_words(words).strip(), LONGEST).splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], "…"]
    return [f"> {line}" for line in lines] or [text("The message is empty.")]


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""
