"""The bot's tables, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from zvonok_botkit.program import open_bots_database
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_creative_homework.bot import bot
from zvonok_creative_homework.round import Round
from zvonok_creative_homework.store import HomeworkStore, Pick, Recording

AT = datetime(2026, 12, 31, 21, 0, tzinfo=UTC)
ROUND = Round("one", RoomId("!a"), UserId("@t"), "Чудеса", ("Радуга", "«Эхо»; горы"), 2, 60, AT)
IVAN, ANNA = UserId("@ivan"), UserId("@anna")


async def test_a_round_comes_back_as_it_was(database_url: str) -> None:
    async with open_bots_database(database_url, [bot]) as database:
        store = HomeworkStore(database)
        await store.add(ROUND, EventId("$c"))
        assert await store.round("one") == await store.set_by(EventId("$c")) == ROUND
        changed = replace(ROUND, title="", topics=("А", "Б"), times=1, seconds=90, closes=None)
        await store.change(changed)
        assert await store.running(RoomId("!a")) == changed
        assert await store.end("one", AT) and not await store.end("one", AT)
        assert await store.round("one") == replace(changed, ended=AT)
        assert await store.running(RoomId("!a")) is None is await store.set_by(EventId("$c"))


async def test_rounds_that_run_come_in_the_order_in_which_they_close(database_url: str) -> None:
    async with open_bots_database(database_url, [bot]) as database:
        store = HomeworkStore(database)
        for name, closes in (("c", None), ("b", AT), ("a", AT - timedelta(days=1)), ("d", AT)):
            room = RoomId(f"!{name}")
            await store.add(replace(ROUND, id=name, room=room, closes=closes), EventId(name))
        await store.end("d", AT)
        assert [one.id for one in await store.all_running()] == ["a", "b", "c"]


async def test_each_has_one_topic_and_the_order_is_kept(database_url: str) -> None:
    async with open_bots_database(database_url, [bot]) as database:
        store = HomeworkStore(database)
        for user, topic in ((IVAN, 1), (ANNA, 1), (IVAN, 2), (IVAN, 1)):
            await store.pick(Pick("one", user, topic, EventId(f"${topic}{user}")))
        assert list((await store.picks("one")).items()) == [(ANNA, 1), (IVAN, 1)]
        assert await store.picked_by(EventId("$2@ivan")) is None
        pick = await store.picked_by(EventId("$1@ivan"))
        assert pick == Pick("one", IVAN, 1, EventId("$1@ivan"))
        await store.let_go(pick)
        assert await store.picks("one") == {ANNA: 1}


async def test_the_newest_recording_that_was_measured_is_the_answer(database_url: str) -> None:
    async with open_bots_database(database_url, [bot]) as database:
        store = HomeworkStore(database)
        for number in (3, 1, 2):
            event = EventId(f"${9 - number}")
            recording = Recording(event, "one", IVAN, f"mxc://s/{number}", number, alone=number == 2)
            await store.expect(recording)
            assert await store.recording(recording.event) == recording
        assert await store.answers("one") == {}
        for number in (2, 1):
            await store.measured(EventId(f"${9 - number}"), number * 10)
        newest = (await store.answers("one"))[IVAN]
        assert (newest.event, newest.seconds, newest.alone) == ("$7", 20, True)
        await store.drop(EventId("$7"))
        assert (await store.answers("one"))[IVAN].seconds == 10
        await store.expect(Recording(EventId("$8"), "one", IVAN, "mxc://s/other", 5, alone=False))
        assert await store.answers("one") == {}
