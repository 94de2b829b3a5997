"""The bot's tables, within one transaction. Of files they hold where these are and what they are
called, never what is in them. Moments are milliseconds since 1970 in UTC."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from zvonok_core.clock import milliseconds
from zvonok_core.db import Connection
from zvonok_core.ids import ClassId, EventId, RoomId, UserId
from zvonok_file_collector.collection import Collection, Group, Purpose, Status, Whom
from zvonok_file_collector.formats import Format, Kind
from zvonok_file_collector.states import FileRef, Part, State, Work


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that came before anybody knew what it was for, and what its sender may choose
    among by number: collections, and for whom in them."""

    part: Part
    options: tuple[tuple[int, UserId], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The table that somebody sees of a collection: whose row has which number, when it was
    drawn, and whether it will be drawn anew."""

    subjects: tuple[UserId, ...]
    at: int
    waiting: bool


class CollectorStore:
    """Collections, works and files."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    # ------------------------------------------------------------ collections

    async def next_number(self) -> int:
        """The number of the next collection. Numbers are never given twice."""
        last = await self._db.fetchval("SELECT MAX(number) FROM file_collector_collections")
        return (last or 0) + 1

    async def put(self, held: Collection) -> None:
        """Write a collection as it is now."""
        await self._db.execute(
            """INSERT INTO file_collector_collections
            (number, room, class_id, author, purpose, title, task, whom, kinds, most_bytes, private, late,
             deadline, status, begun, ended)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            ON CONFLICT (number) DO UPDATE SET title = excluded.title, task = excluded.task, whom = excluded.whom,
            deadline = excluded.deadline, status = excluded.status, ended = excluded.ended""",
            held.number,
            held.room,
            held.class_,
            held.author,
            held.purpose.value,
            held.title,
            held.task,
            _whom_to_json(held.whom),
            json.dumps([kind.value for kind in held.kinds]),
            held.most_bytes,
            held.private,
            held.late,
            milliseconds(held.deadline) if held.deadline else None,
            held.status.value,
            milliseconds(held.begun),
            milliseconds(held.ended) if held.ended else None,
        )

    async def collection(self, number: int) -> Collection | None:
        """One by its number; None where there is none, or where it is forgotten."""
        row = await self._db.fetchrow(
            "SELECT * FROM file_collector_collections WHERE number = $1 AND status <> $2",
            number,
            Status.FORGOTTEN.value,
        )
        return _collection(row) if row else None

    async def of_room(self, room: RoomId) -> list[Collection]:
        """Those of a room, the newest first."""
        return await self._collections("room = $1", room)

    async def of_author(self, author: UserId) -> list[Collection]:
        """Those that somebody has begun, the newest first."""
        return await self._collections("author = $1", author)

    async def lately(self, since: datetime) -> list[Collection]:
        """Those that are open or were closed after a moment, the newest first."""
        return await self._collections(
            "(status = 'open' OR (status = 'closed' AND ended >= $1))", milliseconds(since)
        )

    async def _collections(self, condition: str, *values: Any) -> list[Collection]:
        rows = await self._db.fetch(
            f"SELECT * FROM file_collector_collections WHERE status <> 'forgotten' AND {condition} "  # noqa: S608
            "ORDER BY number DESC LIMIT 500",
            *values,
        )
        return [_collection(row) for row in rows]

    async def forget(self, number: int) -> None:
        """All of it but its number, which old messages still name."""
        for table in ("works", "parts", "tables"):
            await self._db.execute(f"DELETE FROM file_collector_{table} WHERE collection = $1", number)  # noqa: S608
        await self._db.execute(
            """UPDATE file_collector_collections SET status = 'forgotten', title = '', task = '', author = '',
            whom = '{}' WHERE number = $1""",
            number,
        )

    # ------------------------------------------------------------ works

    async def work(self, number: int, subject: UserId) -> Work:
        """What somebody has handed in."""
        found = await self.works(number, subject)
        return found.get(subject, Work())

    async def works(self, number: int, subject: UserId | None = None) -> dict[UserId, Work]:
        """What each has handed in, or one of them."""
        mine = "" if subject is None else " AND subject = $2"
        values = (number,) if subject is None else (number, subject)
        rows = await self._db.fetch(
            f"SELECT * FROM file_collector_works WHERE collection = $1{mine}",  # noqa: S608
            *values,
        )
        parts: dict[str, list[Part]] = {row["subject"]: [] for row in rows}
        for row in await self._db.fetch(
            f"SELECT * FROM file_collector_parts WHERE collection = $1{mine} ORDER BY place",  # noqa: S608
            *values,
        ):
            parts[row["subject"]].append(_part(row))
        return {
            UserId(row["subject"]): Work(
                State(row["state"]),
                row["version"],
                row["judged"],
                row["comment"],
                tuple(parts[row["subject"]]),
            )
            for row in rows
        }

    async def save(self, number: int, subject: UserId, work: Work) -> None:
        """Write somebody's work as it is now."""
        await self._db.execute(
            """INSERT INTO file_collector_works (collection, subject, state, version, judged, comment)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (collection, subject) DO UPDATE SET
            state = excluded.state, version = excluded.version, judged = excluded.judged, comment = excluded.comment""",
            number,
            subject,
            work.state.value,
            work.version,
            work.judged,
            work.comment,
        )
        await self._db.execute(
            "DELETE FROM file_collector_parts WHERE collection = $1 AND subject = $2", number, subject
        )
        for place, part in enumerate(work.parts):
            await self._db.execute(
                """INSERT INTO file_collector_parts
                (collection, subject, event, place, sender, at, first, last, address, name, size, format, sound)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)""",
                number,
                subject,
                part.event,
                place,
                part.sender,
                part.at,
                part.first,
                part.last,
                *_file_values(part.file),
            )

    async def known(self, number: int) -> set[UserId]:
        """Whose work was ever written, if only as missing."""
        rows = await self._db.fetch("SELECT subject FROM file_collector_works WHERE collection = $1", number)
        return {UserId(row["subject"]) for row in rows}

    async def of_event(self, event: EventId) -> list[tuple[int, UserId]]:
        """The works, by collection and person, that something which was sent belongs to."""
        rows = await self._db.fetch(
            "SELECT collection, subject FROM file_collector_parts WHERE event = $1", event
        )
        return [(row["collection"], UserId(row["subject"])) for row in rows]

    async def latest_of(self, sender: UserId) -> list[tuple[int, UserId]]:
        """The works to which somebody has sent something, the newest first."""
        rows = await self._db.fetch(
            """SELECT collection, subject FROM file_collector_parts WHERE sender = $1
            GROUP BY collection, subject ORDER BY MAX(at) DESC LIMIT 20""",
            sender,
        )
        return [(row["collection"], UserId(row["subject"])) for row in rows]

    # ------------------------------------------------------------ files that wait

    async def wait(self, waiting: Waiting) -> None:
        """Keep a file until its sender has said what it is for."""
        part = waiting.part
        await self._db.execute(
            """INSERT INTO file_collector_waiting
            (event, position, sender, at, options, address, name, size, format, sound)
            SELECT $1, COALESCE(MAX(position), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9
            FROM file_collector_waiting WHERE true ON CONFLICT (event) DO NOTHING""",
            part.event,
            part.sender,
            part.at,
            json.dumps(waiting.options),
            *_file_values(part.file),
        )

    async def waiting(self, sender: UserId) -> list[Waiting]:
        """The files of a sender that wait, in the order in which they came."""
        rows = await self._db.fetch(
            "SELECT * FROM file_collector_waiting WHERE sender = $1 ORDER BY position", sender
        )
        return [
            Waiting(
                Part(EventId(row["event"]), UserId(row["sender"]), row["at"], _file(row)),
                tuple((number, UserId(subject)) for number, subject in json.loads(row["options"])),
            )
            for row in rows
        ]

    async def wait_no_more(self, event: EventId) -> None:
        """It has found its place, or was taken back."""
        await self._db.execute("DELETE FROM file_collector_waiting WHERE event = $1", event)

    async def forget_waiting(self, before: datetime) -> None:
        """What has waited since before a moment waits no more."""
        await self._db.execute("DELETE FROM file_collector_waiting WHERE at < $1", milliseconds(before))

    # ------------------------------------------------------------ tables that are seen

    async def tables(self, number: int) -> dict[UserId, Table]:
        """Who sees a table of a collection."""
        rows = await self._db.fetch("SELECT * FROM file_collector_tables WHERE collection = $1", number)
        return {UserId(row["viewer"]): _table(row) for row in rows}

    async def last_seen(self, viewer: UserId) -> tuple[int, Table] | None:
        """The collection whose table somebody has asked for last."""
        row = await self._db.fetchrow(
            "SELECT * FROM file_collector_tables WHERE viewer = $1 ORDER BY at DESC, collection DESC LIMIT 1",
            viewer,
        )
        return (row["collection"], _table(row)) if row else None

    async def mark_waiting(self, number: int, viewer: UserId) -> None:
        """What somebody sees will be drawn anew."""
        await self._db.execute(
            "UPDATE file_collector_tables SET waiting = $3 WHERE collection = $1 AND viewer = $2",
            number,
            viewer,
            True,
        )

    async def show(self, number: int, viewer: UserId, table: Table) -> None:
        """Note what somebody sees."""
        await self._db.execute(
            """INSERT INTO file_collector_tables (collection, viewer, subjects, at, waiting)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (collection, viewer) DO UPDATE SET
            subjects = excluded.subjects, at = excluded.at, waiting = excluded.waiting""",
            number,
            viewer,
            json.dumps(list(table.subjects)),
            table.at,
            table.waiting,
        )


def _moment(stored: int | None) -> datetime | None:
    return datetime.fromtimestamp(stored / 1000, UTC) if stored is not None else None


def _whom_to_json(whom: Whom) -> str:
    return json.dumps({"group": whom.group.value, "people": list(whom.people), "subgroup": whom.subgroup})


def _whom(stored: str) -> Whom:
    found = json.loads(stored)
    subgroup = RoomId(found["subgroup"]) if found["subgroup"] else None
    return Whom(Group(found["group"]), tuple(UserId(user) for user in found["people"]), subgroup)


def _collection(row: Any) -> Collection:
    begun = _moment(row["begun"])
    assert begun is not None
    return Collection(
        number=row["number"],
        room=RoomId(row["room"]),
        class_=ClassId(row["class_id"]) if row["class_id"] else None,
        author=UserId(row["author"]),
        purpose=Purpose(row["purpose"]),
        title=row["title"],
        task=row["task"],
        whom=_whom(row["whom"]),
        kinds=tuple(Kind(kind) for kind in json.loads(row["kinds"])),
        most_bytes=row["most_bytes"],
        private=bool(row["private"]),
        late=bool(row["late"]),
        deadline=_moment(row["deadline"]),
        status=Status(row["status"]),
        begun=begun,
        ended=_moment(row["ended"]),
    )


def _file_values(file: FileRef | None) -> tuple[Any, ...]:
    if file is None:
        return None, None, None, None, None
    return file.address, file.name, file.size, file.format.value, file.sound


def _file(row: Any) -> FileRef | None:
    if row["address"] is None:
        return None
    return FileRef(row["address"], row["name"], row["size"], Format(row["format"]), bool(row["sound"]))


def _part(row: Any) -> Part:
    return Part(
        EventId(row["event"]), UserId(row["sender"]), row["at"], _file(row), row["first"], row["last"]
    )


def _table(row: Any) -> Table:
    subjects = tuple(UserId(user) for user in json.loads(row["subjects"]))
    return Table(subjects, row["at"], bool(row["waiting"]))
