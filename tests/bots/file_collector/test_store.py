"""The tables: what is written comes back, and no file is ever in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from zvonok_core.db import Database, open_database
from zvonok_core.ids import ClassId, EventId, RoomId, UserId
from zvonok_file_collector.bot import bot
from zvonok_file_collector.collection import Collection, Group, Purpose, Status, Whom
from zvonok_file_collector.formats import Format, Kind
from zvonok_file_collector.states import FileRef, Part, State, Work
from zvonok_file_collector.store import CollectorStore, Table, Waiting

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANNA, IVAN = UserId("@anna:s"), UserId("@ivan:s")
HELD = Collection(
    number=1,
    room=RoomId("!r"),
    class_=ClassId("7a"),
    author=ANNA,
    purpose=Purpose.HAND_IN,
    title="Эссе",
    whom=Whom(Group.GUARDIANS, (IVAN,), RoomId("!g")),
    begun=NOW,
    task="Две страницы",
    kinds=(Kind.PDF, Kind.PHOTO),
    most_bytes=5_000_000_000,
    private=True,
    late=False,
    deadline=NOW + timedelta(days=1),
)
FILE = FileRef("mxc://s/1", "эссе\u202e.pdf", 4_294_967_296, Format.PDF)


@pytest.fixture
async def store(database_url: str):
    async with open_database(database_url, bot.upgrades) as database:
        yield CollectorStore(database)  # type: ignore[arg-type]


def part(number: int, file: FileRef | None = FILE, first: int = 1, last: int | None = None) -> Part:
    return Part(EventId(f"$e{number}"), IVAN, 1000, file, first, last)


async def test_a_collection_comes_back_as_it_was_written(store: CollectorStore) -> None:
    assert await store.next_number() == 1
    await store.put(HELD)
    assert await store.collection(1) == HELD
    ended = replace(HELD, status=Status.CLOSED, ended=NOW + timedelta(days=2))
    await store.put(ended)
    assert await store.collection(1) == ended
    plain = replace(HELD, number=2, class_=None, deadline=None, kinds=(), whom=Whom(Group.EVERYBODY))
    await store.put(plain)
    assert await store.of_room(HELD.room) == await store.of_author(ANNA) == [plain, ended]
    assert await store.lately(NOW) == [plain, ended]
    assert await store.lately(NOW + timedelta(days=3)) == [plain]
    assert await store.next_number() == 3
    await store.forget(1)
    assert await store.collection(1) is None and await store.of_room(HELD.room) == [plain]
    assert await store.next_number() == 3


async def test_a_work_comes_back_with_its_versions_in_their_order(store: CollectorStore) -> None:
    assert await store.work(1, IVAN) == Work()
    parts = (part(9, last=1), part(10, last=1), part(2, first=2), part(3, None, 2))
    work = Work(State.AGAIN, 2, 1, "Нет вывода", parts)
    await store.save(1, IVAN, work)
    assert await store.work(1, IVAN) == work
    await store.save(1, ANNA, Work())
    assert await store.works(1) == {IVAN: work, ANNA: Work()}
    assert await store.known(1) == {IVAN, ANNA}
    fewer = replace(work, parts=parts[:1])
    await store.save(1, IVAN, fewer)
    assert await store.work(1, IVAN) == fewer
    assert await store.of_event(EventId("$e9")) == [(1, IVAN)] and await store.of_event(EventId("$e2")) == []
    await store.save(7, ANNA, replace(work, parts=(replace(part(9), at=5000),)))
    assert await store.latest_of(IVAN) == [(7, ANNA), (1, IVAN)]


async def test_files_wait_in_the_order_in_which_they_came(store: CollectorStore) -> None:
    listed = [Waiting(replace(part(n), first=0), ((1, IVAN), (2, ANNA))) for n in (10, 9, 8)]
    for one in (*listed, listed[0]):
        await store.wait(one)
    assert await store.waiting(IVAN) == listed and await store.waiting(ANNA) == []
    await store.wait_no_more(EventId("$e9"))
    assert await store.waiting(IVAN) == [listed[0], listed[2]]
    await store.forget_waiting(NOW)
    assert await store.waiting(IVAN) == []


async def test_what_somebody_sees_is_known(store: CollectorStore) -> None:
    assert await store.last_seen(ANNA) is None
    await store.show(1, ANNA, Table((IVAN, ANNA), 10, False))
    await store.show(2, ANNA, Table((), 11, False))
    await store.mark_waiting(1, ANNA)
    assert await store.tables(1) == {ANNA: Table((IVAN, ANNA), 10, True)}
    assert await store.last_seen(ANNA) == (2, Table((), 11, False))


async def test_no_table_has_room_for_what_is_in_a_file(database_url: str) -> None:
    async with open_database(database_url, bot.upgrades) as database:
        assert not {kind for kind in await _kinds(database) if "blob" in kind or "bytea" in kind}


async def _kinds(database: Database) -> set[str]:
    names = [f"file_collector_{name}" for name in ("collections", "works", "parts", "waiting", "tables")]
    found: set[str] = set()
    for name in names:
        if "sqlite" in str(database.url):
            found |= {row["type"].lower() for row in await database.fetch(f"PRAGMA table_info({name})")}
        else:
            query = "SELECT data_type FROM information_schema.columns WHERE table_name = $1"
            found |= {row["data_type"].lower() for row in await database.fetch(query, name)}
    assert found
    return found
