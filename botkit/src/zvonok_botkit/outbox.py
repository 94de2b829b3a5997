"""What the bots have said, from the transaction that says it to the homeserver.

A row is written in the handler's own transaction, under an id that comes from what is
answered; the homeserver takes the same id once only. So nothing is said that did not
happen, and nothing twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from zvonok_botkit.answers import Attachment, Edit, Outgoing, Picture, React, Send, Withdraw, Words
from zvonok_botkit.chat import Chat
from zvonok_botkit.incoming import MESSAGE, REACTION
from zvonok_botkit.trouble import SIGNED_OUT, trace
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Connection, Database
from zvonok_core.errors import PermanentError, TemporaryError
from zvonok_core.ids import EventId, RoomId, UserId

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Rows that are taken from the table at a time."""
KEPT_DAYS = 30
"""The homeserver itself forgets a transaction after a day."""
PARALLEL = 8
"""Places that are written to at the same time; in each, one thing after another."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds between two tries while the homeserver is away."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What is answered: where it came from, and how words are put there."""

    cause: str
    room: RoomId
    event: EventId | None
    thread: EventId | None
    asker: UserId | None
    """Who is notified of a reply; None in a direct chat and in a job."""
    words: Callable[[Words], str]


class Outbox:
    """The table of what is to be said, and the task that says it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._positions = itertools.count(1)
        self._more = asyncio.Event()

    async def open(self) -> None:
        """Go on where the last run has stopped; forget what is old and has no key."""
        last = await self._database.fetchval("SELECT MAX(position) FROM kit_outbox")
        self._positions = itertools.count((last or 0) + 1)
        old = milliseconds(self._clock.now()) - KEPT_DAYS * 86_400_000
        await self._database.execute("DELETE FROM kit_outbox WHERE sent_at < $1 AND key = ''", old)
        self._more.set()

    def wake(self) -> None:
        """There is something new, and its transaction holds."""
        self._more.set()

    # ------------------------------------------------------------ writing

    async def put(self, db: Connection, items: Sequence[tuple[str, Outgoing]], origin: Origin) -> None:
        """Write what bots say, within their transaction."""
        for number, (bot, item) in enumerate(items):
            name = f"{bot}|{origin.cause}|{number}"
            transaction_id = "zvonok-" + hashlib.sha256(name.encode()).hexdigest()[:32]
            place, body = await self._row(db, bot, item, origin)
            media = item.data if isinstance(item, Attachment) else getattr(item, "png", None)
            key = "" if isinstance(item, Edit | Withdraw) else item.key
            await db.execute(
                """INSERT INTO kit_outbox (transaction_id, bot, position, key, place, body, media)
                VALUES ($1, $2, $3, $4, $5, $6, $7)""",
                transaction_id,
                bot,
                next(self._positions),
                key,
                place,
                json.dumps(body, ensure_ascii=False),
                media,
            )

    async def _row(
        self, db: Connection, bot: str, item: Outgoing, origin: Origin
    ) -> tuple[str, dict[str, Any]]:
        if isinstance(item, Edit | Withdraw):
            place = await db.fetchval(
                "SELECT place FROM kit_outbox WHERE bot = $1 AND key = $2 ORDER BY position DESC LIMIT 1",
                bot,
                item.key,
            )
            if place is None:
                raise LookupError(f"{bot} has sent nothing under the key of this {type(item).__name__}")
            if isinstance(item, Withdraw):
                return place, {"do": "redact", "key": item.key}
            words = origin.words(item.words)
            new = _picture(words, "picture.png", item.png) if item.png else _words(words, item.html)
            content = {**new, "body": f"* {new['body']}", "m.new_content": new, "m.mentions": {}}
            return place, {
                "do": "relate",
                "kind": "m.replace",
                "key": item.key,
                "type": MESSAGE,
                "content": content,
            }
        place, here = item.to or origin.room, item.to is None
        if isinstance(item, Send):
            body = {
                "do": "relate" if item.about else "send",
                "type": item.type,
                "content": dict(item.content),
            }
            return place, {**body, "kind": "m.reference", "key": item.about}
        if isinstance(item, React) and item.about:
            return place, {
                "do": "relate",
                "kind": "m.annotation",
                "emoji": item.emoji,
                "key": item.about,
                "type": REACTION,
                "content": {},
            }
        if isinstance(item, React):
            event = item.event or origin.event
            relates = {"rel_type": "m.annotation", "event_id": event, "key": item.emoji}
            return place, {"do": "send", "type": REACTION, "content": {"m.relates_to": relates}}
        if isinstance(item, Picture):
            content = _picture(origin.words(item.alt), item.name, item.png)
            content["m.mentions"] = {"user_ids": sorted(item.mention)} if item.mention else {}
        elif isinstance(item, Attachment):
            caption = origin.words(item.caption)
            content = _file("m.file", caption, item.name, item.mimetype, len(item.data), {})
        else:
            content = _words(origin.words(item.words), item.html)
            users = {*item.mention, *([origin.asker] if here and origin.asker else [])}
            content["m.mentions"] = {"user_ids": sorted(users)} if users else {}
        if here and (relates := _reply(origin)):
            content["m.relates_to"] = relates
        return place, {"do": "send", "type": MESSAGE, "content": content}

    # ------------------------------------------------------------ sending

    async def deliver(self, chat: Chat) -> None:
        """Send what there is, and whatever comes; never ends."""
        pause = FIRST_PAUSE
        while True:
            await self._more.wait()
            self._more.clear()
            try:
                wait = await self.deliver_once(chat)
            except TemporaryError as error:  # the database
                wait = error.retry_after or 0.0
            if wait is None:
                pause = FIRST_PAUSE
                continue
            if wait:  # a rate limit holds for all that there is to say
                await asyncio.sleep(wait)
            else:  # one place is out of reach: what is new may go elsewhere
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._more.wait()
                pause = min(pause * 2, LONGEST_PAUSE)
            self._more.set()

    async def deliver_once(self, chat: Chat) -> float | None:
        """Send what there is. Returns None where all of it is sent, else the seconds after
        which it is worth trying again; 0 where nobody knows."""
        while True:
            rows = await self._database.fetch(
                """SELECT transaction_id, bot, position, place, body, media IS NOT NULL AS with_media
                FROM kit_outbox WHERE sent_at IS NULL ORDER BY position LIMIT $1""",
                AT_ONCE,
            )
            if not rows:
                return None
            places: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
            for row in rows:
                places[row["place"]].append(row)
            free = asyncio.Semaphore(PARALLEL)
            waits = await asyncio.gather(*(self._to_place(chat, place, free) for place in places.values()))
            put_off = [wait for wait in waits if wait is not None]
            if put_off:
                return max(put_off)

    async def _to_place(
        self, chat: Chat, rows: list[Mapping[str, Any]], free: asyncio.Semaphore
    ) -> float | None:
        async with free:
            for row in rows:
                room: RoomId | None = None
                event: EventId | None = None
                try:
                    room = await self._room(chat, row["place"])
                    event = await self._send(chat, room, row)
                except TemporaryError as error:
                    return error.retry_after or 0.0
                except PermanentError as error:
                    if error.code == SIGNED_OUT:
                        raise
                    log.warning(
                        "%s could not be sent to %s: %s", row["transaction_id"], row["place"], error.code
                    )
                except Exception as error:
                    log.error("bug in sending %s:\n%s", row["transaction_id"], trace(error))
                await self.sent(self._database, row["transaction_id"], room, event)
        return None

    async def sent(
        self, db: Database | Connection, transaction_id: str, room: RoomId | None, event: EventId | None
    ) -> None:
        """Note what has become of a row; what it says is forgotten."""
        await db.execute(
            """UPDATE kit_outbox SET sent_at = $2, room = $3, event = COALESCE(event, $4), body = NULL, media = NULL
            WHERE transaction_id = $1""",
            transaction_id,
            milliseconds(self._clock.now()),
            room,
            event,
        )

    async def _send(self, chat: Chat, room: RoomId, row: Mapping[str, Any]) -> EventId | None:
        body, transaction_id = json.loads(row["body"]), row["transaction_id"]
        if body["do"] in ("redact", "relate"):
            target = await self._database.fetchval(
                """SELECT event FROM kit_outbox WHERE bot = $1 AND key = $2 AND position < $3
                ORDER BY position DESC LIMIT 1""",
                row["bot"],
                body["key"],
                row["position"],
            )
            if target is None:  # it could not be sent, so there is nothing to relate to
                return None
            if body["do"] == "redact":
                return await chat.redact(room, EventId(target), transaction_id)
            relates = {"rel_type": body["kind"], "event_id": target}
            body["content"]["m.relates_to"] = relates | ({"key": body["emoji"]} if "emoji" in body else {})
        content = body["content"]
        if row["with_media"]:
            media = await self._database.fetchval(
                "SELECT media FROM kit_outbox WHERE transaction_id = $1", transaction_id
            )
            address = await chat.upload(bytes(media), content["filename"], content["info"]["mimetype"])
            content["url"] = address
            if "m.new_content" in content:
                content["m.new_content"]["url"] = address
        return await chat.send(room, body["type"], content, transaction_id)

    async def _room(self, chat: Chat, place: str) -> RoomId:
        if not place.startswith("@"):
            return RoomId(place)
        room = await self._database.fetchval("SELECT room FROM kit_direct_rooms WHERE user_id = $1", place)
        if room is None:
            room = await chat.direct_room(UserId(place))
            await remember_direct(self._database, UserId(place), room)
        return RoomId(room)


async def remember_direct(db: Database | Connection, user: UserId, room: RoomId) -> None:
    """The chat in which this person is written to from now on."""
    await db.execute(
        """INSERT INTO kit_direct_rooms (user_id, room) VALUES ($1, $2)
        ON CONFLICT (user_id) DO UPDATE SET room = excluded.room""",
        user,
        room,
    )


def _words(words: str, html: str) -> dict[str, Any]:
    content: dict[str, Any] = {"msgtype": "m.text", "body": words}
    if html:
        content |= {"format": "org.matrix.custom.html", "formatted_body": html}
    return content


def _picture(alt: str, name: str, png: bytes) -> dict[str, Any]:
    size = dict(zip(("w", "h"), _png_size(png), strict=True))
    return _file("m.image", alt, name, "image/png", len(png), size)


def _file(
    kind: str, caption: str, name: str, mimetype: str, size: int, more: Mapping[str, Any]
) -> dict[str, Any]:
    info = {"mimetype": mimetype, "size": size, **more}
    return {"msgtype": kind, "body": caption or name, "filename": name, "info": info, "m.mentions": {}}


def _reply(origin: Origin) -> dict[str, Any]:
    """A reply in a group, and in whichever thread; in a direct chat there is nothing to
    make clear."""
    answered = {"m.in_reply_to": {"event_id": origin.event}} if origin.event else {}
    if origin.thread:
        return {"rel_type": "m.thread", "event_id": origin.thread, "is_falling_back": False, **answered}
    return answered if origin.asker else {}


def _png_size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the header."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
