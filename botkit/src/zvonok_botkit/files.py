"""What a message brings besides words: a file, a photo, a voice or a video message. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from zvonok_botkit.chat import Event
from zvonok_botkit.incoming import MESSAGE, relation

Kind = Literal["file", "image", "audio", "video"]
_KINDS: Mapping[str, Kind] = {"m.file": "file", "m.image": "image", "m.audio": "audio", "m.video": "video"}
VOICE = ("org.matrix.msc3245.voice", "m.voice")


@dataclass(frozen=True, slots=True)
class File:
    """A file as its sender describes it, which may be wrong in every point. `address` is mxc://…,
    `size` is in bytes, 0 where it is not said; `caption` are the words beside it."""

    address: str
    name: str
    mimetype: str
    size: int
    kind: Kind
    voice: bool
    caption: str


def read_file(event: Event) -> File | None:
    """The file that a message brings; None where it brings none, and for an edit."""
    content = event.content
    kind = _KINDS.get(_text(content.get("msgtype")))
    address = _text(content.get("url"))
    if event.type != MESSAGE or kind is None or not address.startswith("mxc://"):
        return None
    if relation(event).kind == "m.replace":
        return None
    raw = content.get("info")
    info: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
    body, name = _text(content.get("body")), _text(content.get("filename"))
    size = info.get("size")
    return File(
        address=address,
        name=name or body,
        mimetype=_text(info.get("mimetype")),
        size=size if isinstance(size, int) and size > 0 else 0,
        kind=kind,
        voice=any(key in content for key in VOICE),
        caption=body.strip() if name and body != name else "",
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
