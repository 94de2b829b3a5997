"""A task as people see it, in any client: words, and pictures beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from zvonok_botkit import Attachment, Picture, Say, Send
from zvonok_botkit.answers import Outgoing
from zvonok_botkit.incoming import MESSAGE
from zvonok_core.ids import UserId
from zvonok_core.text import Text, ntext, text
from zvonok_exam_prep import items
from zvonok_exam_prep.drawing import draw, draw_words, needs_picture
from zvonok_exam_prep.formulas import has_formulas
from zvonok_exam_prep.items import Item
from zvonok_exam_prep.shown import instruction, question


@dataclass(frozen=True, slots=True)
class Voice:
    """How words are put for whoever reads them."""

    say: Callable[[Text | str], str]
    language: str


DRAWN = text("The same with its formulas as they are written by hand")
_TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}


def task(item: Item, voice: Voice, *, again: bool = False) -> list[Outgoing]:
    """A task as it is asked: in words that any client shows, and with pictures beside them."""
    about = [
        item.exam.value if item.exam else "",
        voice.say(text("task {n}", n=item.task)) if item.task else "",
        item.topic,
        voice.say(ntext("{n} point", "{n} points", item.points)),
    ]
    head = " · ".join(part for part in about if part)
    if again:
        head = voice.say(text("Once more: {head}", head=head))
    links = [
        f"{picture.alt or picture.name}: {picture.address}"
        for picture in item.pictures
        if picture.address.startswith("https:")
    ]
    words = [head, "", question(item), *links, "", voice.say(instruction(item.asks))]
    shown: list[Outgoing] = [Say("\n".join(words))]
    shown += [_picture(picture) for picture in item.pictures if not picture.address.startswith("https:")]
    if needs_picture(item):
        shown.append(Picture(draw(item, voice.language), voice.say(DRAWN), name="task.png"))
    return shown


def of_points(points: int, of: int) -> Text:
    """«2 балла из 3»."""
    return ntext("{n} point of {of}", "{n} points of {of}", points, of=of)


def to(user: UserId | None, shown: list[Outgoing]) -> list[Outgoing]:
    """The same, for somebody's direct chat."""
    return [
        replace(one, to=user) if isinstance(one, Say | Picture | Attachment | Send) else one for one in shown
    ]


def drawn(words: str, voice: Voice) -> list[Outgoing]:
    """The picture of words that have formulas in them; none for others."""
    return (
        [Picture(draw_words(words, voice.language), voice.say(DRAWN), name="formulas.png")]
        if has_formulas(words)
        else []
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
    mimetype = mimetype_of(picture.data)
    if mimetype == "image/png":
        return Picture(picture.data, picture.alt or picture.name, name=picture.name)
    return Attachment(picture.data, picture.name, mimetype, picture.alt)


def mimetype_of(picture: bytes) -> str:
    """What kind of picture it is; `sound.faults` lets no others in."""
    return next(kind for begins, kind in _TYPES.items() if picture.startswith(begins))
