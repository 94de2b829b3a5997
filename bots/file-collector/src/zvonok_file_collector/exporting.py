"""All that was handed in, as archives for the teacher."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from zvonok_botkit import Answer, Attachment, Edit, Rest, Role, Say, Send, Text, Work, ntext, text
from zvonok_botkit.answers import Outgoing
from zvonok_botkit.sheets import to_xlsx
from zvonok_core.errors import PermanentError, UserError
from zvonok_core.ids import UserId
from zvonok_file_collector.archive import Entry, class_folder, contents, layout, volumes
from zvonok_file_collector.collection import Collection
from zvonok_file_collector.declared import (
    EXPORT,
    Collector,
    CollectorSettings,
    bot,
    key_of,
    meant,
    register_of,
    room_name,
    voice,
)
from zvonok_file_collector.names import safe
from zvonok_file_collector.packing import pack
from zvonok_file_collector.register import Row
from zvonok_file_collector.store import CollectorStore
from zvonok_file_collector.voice import Voice, quoted

Exporting: TypeAlias = Work[CollectorStore, CollectorSettings]

CONTENTS = text("Contents")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
TOLD_EVERY = timedelta(seconds=5)
LONGEST_NAME = 80
_TABLE, _TABLE_ROW = 30_000, 400
"""Bytes that are kept free for the table of contents: for all of it, and for each row."""


@bot.command("export", "выгрузить", role=Role.TEACHER)
async def export_all(ctx: Collector, which: Rest = Rest()) -> Answer:
    """Send you all files in an archive, with a table of contents: `!export`"""
    held = await meant(ctx, str(which))
    register = await register_of(ctx, held)
    if held.confirms:
        people = contents(held, register, (), (), (), voice(ctx))
        first = dict(list(people.items())[:1])
        name = f"{safe(held.title, 'table', LONGEST_NAME)}.xlsx"
        return Attachment(to_xlsx(first), name, XLSX, to=ctx.asker.user)
    files = sum(part.file is not None for row in register for part in row.work.parts)
    if not files:
        raise UserError(text("For {title} nothing is handed in yet.", title=quoted(held.title)))
    if not await ctx.start("export", key=str(held.number), number=held.number, asker=ctx.asker.user):
        raise UserError(text("{title} is being packed already.", title=quoted(held.title)))
    begun = Say(packed_so_far(held, 0, files), to=ctx.asker.user, key=key_of(held, EXPORT))
    return begun if ctx.direct else [begun, text("I'm sending the archive to our direct chat.")]


def packed_so_far(held: Collection, done: int, files: int) -> Text:
    """How far it is."""
    return ntext(
        "Packing {title}: {done} of {n} file.",
        "Packing {title}: {done} of {n} files.",
        files,
        title=quoted(held.title),
        done=done,
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to export, as it was when that began."""

    held: Collection
    register: tuple[Row, ...]
    room: str
    voice: Voice


@bot.work()
async def export(work: Exporting, number: int, asker: str) -> Answer:
    """Pack, store and send. What is sent goes out together in the end, so that nothing
    comes twice where this has to begin anew."""
    known = await work.within(lambda ctx: _known(ctx, number))
    if known is None:
        return None
    folder = class_folder(known.room, known.voice.say(text("Collection")))
    entries = layout(known.register, folder, known.voice)
    gone = {entry.path for entry in entries if not await _is_there(work, entry)}
    limit = await work.media.upload_limit() - _TABLE - _TABLE_ROW * (len(entries) + len(known.register))
    packed, too_large = volumes(entries, limit)
    sheets = contents(known.held, known.register, packed, gone, too_large, known.voice)
    table = await asyncio.to_thread(to_xlsx, sheets)
    contents_path = f"{folder}/{known.voice.say(CONTENTS)}.xlsx"
    told = _Telling(work, known.held, len(entries))
    sent: list[Outgoing] = []
    for place, volume in enumerate(packed, 1):
        name = _name(known, folder, place, len(packed))
        path = work.folder / f"{place}.zip"
        more = [(contents_path, table)]
        gone |= await pack(work.media, path, [e for e in volume if e.path not in gone], more, work.zone, told)
        size = path.stat().st_size
        address = await work.media.upload_file(path, name, ZIP)
        path.unlink()
        sent.append(Send("m.room.message", _message(name, address, size), to=UserId(asker)))
    return [Edit(key_of(known.held, EXPORT), _done(known, entries, gone, too_large)), *sent]


async def _known(ctx: Collector, number: int) -> Known | None:
    held = await ctx.store.collection(number)
    if held is None:
        return None
    return Known(held, await register_of(ctx, held), await room_name(ctx, held.room), voice(ctx))


async def _is_there(work: Exporting, entry: Entry) -> bool:
    try:
        await work.media.look(entry.file.address)
    except PermanentError:
        return False
    return True


@dataclass
class _Telling:
    """Says how far it is, now and then."""

    work: Exporting
    held: Collection
    files: int
    done: int = 0
    said: datetime | None = None

    async def __call__(self) -> None:
        self.done += 1
        now = self.work.now
        if self.said is None:
            self.said = now
        if now - self.said >= TOLD_EVERY:
            self.said = now
            await self.work.post(
                Edit(key_of(self.held, EXPORT), packed_so_far(self.held, self.done, self.files))
            )


def _name(known: Known, folder: str, place: int, of: int) -> str:
    title = safe(known.held.title, folder, LONGEST_NAME)
    if of == 1:
        return f"{folder}. {title}.zip"
    return known.voice.say(
        text("{folder}. {title} ({place} of {of}).zip", folder=folder, title=title, place=place, of=of)
    )


def _message(name: str, address: str, size: int) -> dict[str, Any]:
    info = {"mimetype": ZIP, "size": size}
    return {
        "msgtype": "m.file",
        "body": name,
        "filename": name,
        "url": address,
        "info": info,
        "m.mentions": {},
    }


def _done(known: Known, entries: Sequence[Entry], gone: set[str], too_large: Sequence[Entry]) -> str:
    files = len(entries) - len(gone) - len(too_large)
    return known.voice.lines(
        ntext(
            "{title}: {n} file is packed.",
            "{title}: {n} files are packed.",
            files,
            title=quoted(known.held.title),
        ),
        ntext(
            "{n} file is no longer on the school's server; the table of contents says which.",
            "{n} files are no longer on the school's server; the table of contents says which.",
            len(gone),
        )
        if gone
        else "",
        ntext(
            "{n} file is too large for an archive; open it in the chat.",
            "{n} files are too large for an archive; open them in the chat.",
            len(too_large),
        )
        if too_large
        else "",
    )
