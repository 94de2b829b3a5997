"""What the tables hold, whoever asks twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from zvonok_botkit.program import open_bots_database
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_polls.bot import bot
from zvonok_polls.counting import Ballot, Way
from zvonok_polls.poll import Item, Kind, Poll, choices
from zvonok_polls.store import PollStore

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
IVAN = UserId("@ivan:s")
ITEM = Item("Столица?", choices(["Сидней", "Канберра"], frozenset({1})), 1, "Потому.", 2)
POLL = Poll(
    "p1",
    RoomId("!r"),
    UserId("@anna:s"),
    Kind.QUIZ,
    "Столица?",
    (ITEM,),
    False,
    True,
    False,
    NOW + timedelta(hours=1),
)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[PollStore]:
    async with open_bots_database(database_url, [bot]) as database:
        yield PollStore(database)  # type: ignore[arg-type]  # it has the same verbs


async def test_a_poll_comes_back_as_it_was(store: PollStore) -> None:
    await store.add(POLL)
    await store.add(POLL)
    assert await store.poll("p1") == POLL
    assert await store.poll("p2") is None
    assert await store.end("p1", NOW)
    assert not await store.end("p1", NOW + timedelta(hours=2)), "it ends once"
    ended = await store.poll("p1")
    assert ended and ended.ended == NOW
    assert await store.latest(RoomId("!r")) == ended
    assert await store.latest(RoomId("!r"), running=True) is None
    assert await store.latest(RoomId("!r"), (Kind.TEST,)) is None
    await store.forget("p1")
    assert await store.poll("p1") is None


async def test_an_event_is_one_vote_and_they_keep_their_order(store: PollStore) -> None:
    for number in (1, 2, 2, 3):
        await store.vote("p1", Ballot(EventId(f"${number}"), IVAN, 5, 0, (f"a{number}",), Way.WORDS))
    await store.vote("p1", Ballot(EventId("$4"), UserId("@zoya:s"), 5, 0, None))
    kept = await store.ballots("p1")
    assert [(one.event, one.position, one.answers) for one in sorted(kept, key=lambda one: one.position)] == [
        ("$1", 1, ("a1",)),
        ("$2", 2, ("a2",)),
        ("$3", 3, ("a3",)),
        ("$4", 4, None),
    ]
    assert len(await store.ballots("p1", IVAN)) == 3
    assert await store.take_back(EventId("$3")) == "p1"
    assert await store.take_back(EventId("$3")) is None


async def test_an_anonymous_answer_counts_once(store: PollStore) -> None:
    assert await store.answer_anonymously("p1", IVAN, ("a1",))
    assert not await store.answer_anonymously("p1", IVAN, ("a2",))
    assert (await store.counts("p1"), await store.has_answered("p1")) == ({"a1": 1}, (IVAN,))


async def test_of_a_test_s_answers_the_first_counts(store: PollStore) -> None:
    await store.answer("p1", IVAN, 0, ("a1",))
    await store.answer("p1", IVAN, 0, ("a2",))
    assert await store.answers("p1") == {(IVAN, 0): ("a1",)}
