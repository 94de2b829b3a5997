"""Archives on the disk, file by file and piece by piece: none is ever in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from zvonok_botkit.chat import Media
from zvonok_core.errors import PermanentError, TemporaryError
from zvonok_file_collector.archive import Entry

AT_ONCE = 1 << 20
"""Bytes that are collected before they are written."""
TRIES = 3
_READABLE = 0o644 << 16


async def pack(
    media: Media,
    path: Path,
    entries: Sequence[Entry],
    more: Sequence[tuple[str, bytes]],
    zone: ZoneInfo,
    told: Callable[[], Awaitable[None]],
) -> set[str]:
    """Write an archive of `entries`, and of `more` files by name. `told` is called after each
    entry. Returns the paths of files that are in the media store no more.

    What is inside is compressed already, as documents, photos and recordings are, so that it
    is stored as it is.
    """
    gone: set[str] = set()
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for name, data in more:
            archive.writestr(_info(name, int(datetime.now(UTC).timestamp() * 1000), zone), data)
        for entry in entries:
            if not await _copy(media, archive, entry, zone):
                gone.add(entry.path)
            await told()
    return gone


async def _copy(media: Media, archive: ZipFile, entry: Entry, zone: ZoneInfo) -> bool:
    pieces = _steadily(media, entry.file.address)
    try:
        first = await anext(pieces, b"")
    except PermanentError:
        return False
    # How large it is stands in the table; that it is so is not worth relying on.
    with archive.open(_info(entry.path, entry.part.at, zone), "w", force_zip64=True) as out:
        kept = [first]
        async for piece in pieces:
            kept.append(piece)
            if sum(map(len, kept)) >= AT_ONCE:
                await asyncio.to_thread(out.write, b"".join(kept))
                kept.clear()
        await asyncio.to_thread(out.write, b"".join(kept))
    return True


async def _steadily(media: Media, address: str) -> AsyncIterator[bytes]:
    """A file in pieces. Where the homeserver breaks off, it is read anew up to that place:
    what stands in an archive can't be taken out again."""
    done = 0
    for left in reversed(range(TRIES)):
        known = done
        try:
            async for piece in media.stream(address):
                new = piece[known:]
                known = max(0, known - len(piece))
                if new:
                    done += len(new)
                    yield new
            return
        except TemporaryError:
            if not left:
                raise
        except PermanentError as error:
            if done:
                raise TemporaryError("a file has vanished while it was read") from error
            raise


def _info(path: str, at: int, zone: ZoneInfo) -> ZipInfo:
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)
    info = ZipInfo(path, date_time=local.timetuple()[:6])
    info.compress_type = ZIP_STORED
    info.external_attr = _READABLE
    return info
