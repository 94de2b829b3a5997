"""What a handler may return: words and whatever else can be sent, as data.

`to` is another room or, for a user id, the direct chat with that person; without it the
answer goes where the question came from. `key` names what is sent, so that it can be edited
later, and so that reactions, votes and replies to it are known (`Context.about`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_core.text import Text

Words: TypeAlias = Text | str
Place: TypeAlias = RoomId | UserId


@dataclass(frozen=True, slots=True)
class Say:
    """Words. Whoever is in `mention` is notified; in a group so is the one who asked."""

    words: Words
    mention: tuple[UserId, ...] = ()
    to: Place | None = None
    key: str = ""
    html: str = ""
    """The same with HTML, for clients that show it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG. `alt` says what is on it, for those who can't see it."""

    png: bytes = field(repr=False)
    alt: Words
    mention: tuple[UserId, ...] = ()
    name: str = "picture.png"
    to: Place | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file, with a caption where there is one."""

    data: bytes = field(repr=False)
    name: str
    mimetype: str
    caption: Words = ""
    to: Place | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Send:
    """Any event, as it stands, such as a poll. `about` puts the id of something that was sent
    under that key into `m.relates_to` as a reference."""

    type: str
    content: Mapping[str, Any]
    to: Place | None = None
    key: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class React:
    """An emoji beside a message: the one that is answered, `event` in the same room, or what
    was sent under the key `about`."""

    emoji: str
    event: EventId | None = None
    about: str = ""
    to: Place | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Other words for what was said under `key`; for a picture, another one with its alt text."""

    key: str
    words: Words
    html: str = ""
    png: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take back what was sent under `key`."""

    key: str


Outgoing: TypeAlias = Say | Picture | Attachment | Send | React | Edit | Withdraw
Answer: TypeAlias = Text | Outgoing | Sequence[Text | Outgoing] | None
"""A handler's answer. Plain words are a reply to whoever asked."""


def each(answer: Answer) -> list[Outgoing]:
    """An answer as a list."""
    if answer is None:
        return []
    if isinstance(answer, str):
        raise TypeError("a handler returns a Text or a Say, and no bare string")
    if isinstance(answer, Sequence):
        return [Say(item) if isinstance(item, Text) else item for item in answer]
    return [Say(answer) if isinstance(answer, Text) else answer]
