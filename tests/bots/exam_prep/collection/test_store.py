"""The tasks of a school as rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from support.tasks import KINDS, item

from zvonok_botkit.program import open_bots_database
from zvonok_core.ids import UserId
from zvonok_exam_prep.bank import shipped
from zvonok_exam_prep.bot import bot
from zvonok_exam_prep.collection.labels import label_of
from zvonok_exam_prep.collection.store import TaskStore
from zvonok_exam_prep.items import Exam, Item, ItemId, Picture, Word

ANNA, OLEG = UserId("@anna:s"), UserId("@oleg:s")
SALT = item(
    Word(("соль",)), id=ItemId("salt"), subject="химия", grades=(8, 9), exam=Exam.OGE, task="12.1",
    topic="Соли", difficulty=2, tags=("ОГЭХ", "соли"), pictures=(Picture("а.png", address="mxc://s/1"),),
)  # fmt: skip


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[TaskStore]:
    async with open_bots_database(database_url, [bot]) as database:
        yield TaskStore(database)


async def add(store: TaskStore, *tasks: Item, by: UserId = ANNA, owner: str = "") -> int:
    return await store.add(tasks, file="ф.yaml", by=by, owner=owner, at=5)


async def own(store: TaskStore, teacher: str = "") -> list[str]:
    """What there is besides what is shipped."""
    return [label.id for label in await store.labels(teacher) if label.id not in shipped()]


async def test_what_is_shipped_is_there(store: TaskStore) -> None:
    labels = await store.labels()
    assert [label.id for label in labels] == [item.id for item in shipped()]
    subject = labels[0].subject
    assert {label.subject for label in await store.labels(subject=subject)} == {subject}
    one = next(iter(shipped()))
    assert await store.item(one.id) == one


async def test_tasks_of_every_kind_come_back_as_they_were(store: TaskStore) -> None:
    tasks = [item(asks, id=ItemId(f"i{number}")) for number, asks in enumerate(KINDS)]
    await add(store, *tasks, SALT)
    assert await store.items([one.id for one in [SALT, *tasks]]) == [SALT, *tasks]
    assert label_of(SALT) in await store.labels()
    assert await store.labels(subject="химия") == [label_of(SALT)]


async def test_what_is_not_there_is_left_out(store: TaskStore) -> None:
    await add(store, SALT)
    assert await store.items([ItemId("нет"), SALT.id]) == [SALT]
    assert await store.item(ItemId("нет")) is None


async def test_many_are_found_at_once(store: TaskStore) -> None:
    tasks = [replace(SALT, id=ItemId(f"s{number}")) for number in range(1_100)]
    await add(store, *tasks)
    assert await store.items([one.id for one in reversed(tasks)]) == list(reversed(tasks))


async def test_the_newest_counts_and_the_older_one_comes_back(store: TaskStore) -> None:
    newer = replace(SALT, topic="Щёлочи")
    first, second = await add(store, SALT), await add(store, newer)
    assert await store.item(SALT.id) == newer
    assert await store.labels(subject="химия") == [label_of(newer)]
    assert await store.take_back(second)
    assert await store.item(SALT.id) == SALT
    assert await store.take_back(first)
    assert not await store.take_back(first)
    assert await own(store) == []


async def test_a_teachers_own_is_for_them_alone_and_goes_first(store: TaskStore) -> None:
    mine = replace(SALT, topic="Моё")
    await add(store, mine, owner=ANNA)
    assert await store.item(SALT.id) is None
    assert await own(store) == await own(store, OLEG) == []
    assert await store.item(SALT.id, ANNA) == mine
    await add(store, SALT, by=OLEG)
    assert await store.item(SALT.id) == await store.item(SALT.id, OLEG) == SALT
    assert await store.item(SALT.id, ANNA) == mine
    assert await store.labels(ANNA, "химия") == [label_of(mine)]
    assert await store.labels(OLEG, "химия") == [label_of(SALT)]


async def test_who_has_brought_what(store: TaskStore) -> None:
    await add(store, SALT)
    await add(store, replace(SALT, id=ItemId("ice")), SALT, by=OLEG)
    await add(store, replace(SALT, id=ItemId("own")), owner=ANNA)
    assert await store.brought("") == {SALT.id: OLEG, ItemId("ice"): OLEG}
    assert await store.brought(ANNA) == {ItemId("own"): ANNA}
    found = [(one.number, one.by, one.owner, one.tasks, one.at) for one in await store.imports()]
    assert found == [(3, ANNA, ANNA, 1, 5), (2, OLEG, "", 2, 5), (1, ANNA, "", 1, 5)]
    assert [one.number for one in await store.imports(ANNA)] == [3, 1]
