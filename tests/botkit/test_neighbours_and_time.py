"""Bots beside each other, jobs by the clock, invitations, and what is sent where."""

from __future__ import annotations

from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_botkit import Answer, Bot, Context, Edit, Option, React, Rest, Role, Say, Withdraw, text
from zvonok_botkit.chat import Invitation
from zvonok_botkit.services import Awards
from zvonok_botkit.testing import ME, NOON, FakeChat, conversation, words_of
from zvonok_botkit.timetable import QuietHours
from zvonok_core.clock import ManualClock
from zvonok_core.db import Connection
from zvonok_core.errors import PermanentError, TemporaryError, UserError
from zvonok_core.ids import RoomId, UserId

# ---------------------------------------------------------------- services


class Shelf:
    def __init__(self, db: Connection) -> None:
        self._db = db

    async def put(self, user: str) -> None:
        await self._db.execute("INSERT INTO shelf (user_id) VALUES ($1)", user)


def shelf_bot() -> Bot[Shelf, None]:
    bot = Bot("shelf", store=Shelf)

    @bot.migration("What everybody has got")
    async def first(db: Connection) -> None:
        await db.execute("CREATE TABLE shelf (user_id TEXT NOT NULL)")

    @bot.serves(Awards)
    class Given:
        def __init__(self, ctx: Context[Shelf]) -> None:
            self._ctx = ctx

        async def give(self, to: UserId, badge: str, reason: str, *, by: UserId, room: RoomId) -> None:
            if not await self._ctx.may(Role.TEACHER, by, room):
                raise UserError(text("No."))
            await self._ctx.store.put(to)
            self._ctx.post(Say(f"{badge} → {to}", key=f"given:{to}"))

    @bot.on("m.reaction")
    async def thanked(ctx: Context[Shelf]) -> Answer:
        return Say(f"{ctx.bot} hears of {ctx.about}")

    return bot


def quiz_bot() -> Bot[None, None]:
    bot: Bot[None, None] = Bot("quiz")

    @bot.command("win", "победить")
    async def win(ctx: Context, how: str = "well") -> Answer:
        """Win, and get a badge: `!win`"""
        await ctx.service(Awards).give(ctx.asker.user, "Кубок", "", by=ctx.asker.user, room=ctx.room)
        if how == "badly":
            raise RuntimeError
        return text("You won.")

    @bot.on("m.reaction")
    async def overheard(ctx: Context) -> Answer:
        return Say("quiz hears of what is not its own")

    return bot


async def test_one_bot_serves_another_in_the_same_transaction(database_url: str) -> None:
    async with conversation(quiz_bot(), shelf_bot(), database_url=database_url) as talk:
        room = talk.room()
        anna, oleg = room.enter("Анна, учитель", Role.TEACHER), room.enter("Олег, ученик")
        assert await anna.says("!победить") == [f"Кубок → {anna.user}", "You won."]
        assert await anna.reacts(talk.said[-2].id, "👍") == [f"shelf hears of given:{anna.user}"], (
            "it is the shelf's"
        )
        assert await oleg.says("!победить") == ["No."]
        (sorry,) = await anna.says("!победить badly")
        assert "сломалось" in sorry
        assert await talk.program.database.fetchval("SELECT COUNT(*) FROM shelf") == 1


async def test_a_bot_whose_service_is_not_there_says_so(database_url: str) -> None:
    async with conversation(quiz_bot(), database_url=database_url) as talk:
        anna = talk.room().enter("Анна, учитель", Role.TEACHER)
        assert await anna.says("!победить") == ["Бот, который это умеет, здесь не запущен."]


# ---------------------------------------------------------------- asking from inside


async def test_a_handler_asks_and_what_it_wrote_until_then_is_undone(database_url: str) -> None:
    bot = Bot("badges", store=Shelf)

    @bot.migration("Badges")
    async def first(db: Connection) -> None:
        await db.execute("CREATE TABLE shelf (user_id TEXT NOT NULL)")

    @bot.command("badge", "знак")
    async def badge(ctx: Context[Shelf], which: str, why: Rest = Rest()) -> Answer:
        """Choose a badge: `!badge cup`"""
        await ctx.store.put(which)
        if which not in ("кубок", "звезда"):
            raise ctx.ask(
                "which", text("Which badge?"), [Option("Кубок", "кубок"), Option("Звезда", "звезда")]
            )
        return text("{which}: {why}", which=which, why=why)

    async with conversation(bot, database_url=database_url) as talk:
        anna = talk.room().enter("Анна")
        assert await anna.says("!знак медаль за сад") == ["Which badge?\n1. Кубок\n2. Звезда"]
        assert await talk.program.database.fetchval("SELECT COUNT(*) FROM shelf") == 0
        assert await anna.says("2") == ["звезда: за сад"]
        assert await talk.program.database.fetchval("SELECT user_id FROM shelf") == "звезда"


# ---------------------------------------------------------------- jobs


def alarm_bot() -> Bot[None, None]:
    bot: Bot[None, None] = Bot("alarm")

    @bot.command("set", "поставить")
    async def set_alarm(ctx: Context, job: str, minutes: int, key: str = "") -> Answer:
        """Set an alarm: `!set once 10`"""
        await ctx.schedule(job, ctx.now + timedelta(minutes=minutes), key, number=minutes)
        return None

    @bot.command("unset", "снять")
    async def unset_alarm(ctx: Context, job: str, key: str = "") -> Answer:
        """Take an alarm back: `!unset once`"""
        await ctx.cancel(job, key)
        return None

    @bot.job(late="once", quiet="ignore")
    async def once(ctx: Context, number: int) -> Answer:
        return Say(f"once {number}")

    @bot.job(late="skip", quiet="ignore")
    async def skip(ctx: Context, number: int) -> Answer:
        return Say(f"skip {number}")

    @bot.job(late="once", quiet="wait")
    async def quiet(ctx: Context, number: int) -> Answer:
        return Say(f"quiet {number}", to=UserId("@anna:school.test"))

    @bot.job()
    async def broken(ctx: Context, number: int) -> Answer:
        raise RuntimeError

    return bot


async def test_what_was_due_while_it_was_down_runs_late_once_or_not_at_all(database_url: str) -> None:
    chat = FakeChat(ManualClock(NOON))
    async with conversation(alarm_bot(), database_url=database_url, chat=chat, clock=chat.clock) as talk:
        anna = talk.room().enter("Анна")
        for words in ("once 10", "skip 10", "skip 25", "skip 70", "no-such-job 10"):
            assert await anna.says(f"!поставить {words} {words[-2:]}") == []
    chat.clock.advance(minutes=31)
    async with conversation(alarm_bot(), database_url=database_url, chat=chat, clock=chat.clock) as talk:
        assert words_of(await talk.settle())[-2:] == ["once 10", "skip 25"]
        assert words_of(await talk.settle()) == []
        chat.clock.advance(minutes=40)
        assert words_of(await talk.settle()) == ["skip 70"]


async def test_a_job_of_the_same_name_takes_the_place_of_the_first(database_url: str) -> None:
    async with conversation(alarm_bot(), database_url=database_url) as talk:
        anna = talk.room().enter("Анна")
        for words in ("once 10", "once 20", "once 5 other", "skip 5"):
            await anna.says(f"!поставить {words}")
        await anna.says("!снять skip")
        talk.clock.advance(minutes=15)
        assert words_of(await talk.settle()) == ["once 5"]
        talk.clock.advance(minutes=15)
        assert words_of(await talk.settle()) == ["once 20"]


async def test_a_job_that_raises_is_done_with_and_nobody_is_told(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with conversation(alarm_bot(), database_url=database_url) as talk:
        anna = talk.room().enter("Анна")
        await anna.says("!поставить broken 1")
        await anna.says("!поставить once 1")
        talk.clock.advance(minutes=2)
        assert words_of(await talk.settle()) == ["once 1"]
        assert "in alarm with job:broken:" in caplog.text


async def test_what_was_wished_for_a_time_comes_in_quiet_hours_too(database_url: str) -> None:
    async with conversation(alarm_bot(), database_url=database_url) as talk:
        anna = talk.room().enter("Анна")
        await anna.says("!поставить once 660")  # at 23:00 in Moscow
        await anna.says("!поставить quiet 660")
        talk.clock.advance(hours=11)
        assert words_of(await talk.settle()) == ["once 660"]


async def test_a_message_to_somebody_goes_to_one_direct_chat(database_url: str) -> None:
    async with conversation(alarm_bot(), database_url=database_url) as talk:
        anna = talk.room().enter("Анна")
        for minutes in (1, 2):
            await anna.says(f"!поставить quiet {minutes} {minutes}")
        talk.clock.advance(minutes=2)
        assert sorted(words_of(await talk.settle())) == ["quiet 1", "quiet 2"]
        assert {event.room for event in talk.said} == {"!direct-@anna:school.test"}


@given(st.integers(0, 365 * 24 * 60), st.sampled_from([-10, 3, 12]))
def test_quiet_hours_end_when_they_end(minutes: int, offset: int) -> None:
    moment = (NOON + timedelta(minutes=minutes)).astimezone(timezone(timedelta(hours=offset)))
    quiet, zone = QuietHours(), ZoneInfo("Europe/Moscow")
    end = quiet.over(moment, zone)
    local = moment.astimezone(zone)
    if end is None:
        assert 7 <= local.hour < 21
    else:
        assert end.astimezone(zone).time() == quiet.end
        assert timedelta() < end - moment <= timedelta(hours=10)
        assert quiet.over(end, zone) is None
    assert QuietHours(quiet.end, quiet.end).over(moment, zone) is None
    assert (QuietHours(quiet.end, quiet.begin).over(moment, zone) is None) == (end is not None)


# ---------------------------------------------------------------- invitations, and what can't be sent


async def test_it_comes_where_it_is_invited_by_its_own_homeserver(database_url: str) -> None:
    class Shut(FakeChat):
        refuses: list[Exception] = []  # noqa: RUF012

        async def join(self, room: RoomId) -> None:
            if self.refuses:
                raise self.refuses.pop(0)
            await super().join(room)

    clock = ManualClock(NOON)
    chat = Shut(clock)
    async with conversation(alarm_bot(), database_url=database_url, chat=chat, clock=clock) as talk:
        chat.invitations = [
            Invitation(RoomId("!ours"), UserId("@a:school.test")),
            Invitation(RoomId("!theirs"), UserId("@a:else.where")),
        ]
        await talk.settle()
        assert set(chat.members) == {"!ours"}

        chat.refuses = [TemporaryError("away")]
        chat.invitations = [Invitation(RoomId("!later"), UserId("@a:school.test"))]
        await talk.settle()
        assert "!later" not in chat.members
        clock.advance(seconds=6)
        await talk.settle()
        assert "!later" in chat.members

        chat.refuses = [PermanentError("gone", "M_FORBIDDEN")]
        chat.invitations = [Invitation(RoomId("!gone"), UserId("@a:school.test"))]
        await talk.settle()
        clock.advance(days=1)
        await talk.settle()
        assert "!gone" not in chat.members


async def test_what_is_refused_for_good_holds_nothing_up(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    bot: Bot[None, None] = Bot("sender")

    @bot.command("send", "послать")
    async def send(ctx: Context, where: str) -> Answer:
        """Send something: `!send !room`"""
        lost = Say("тайна", to=RoomId(where), key="lost")
        return [
            lost,
            Edit("lost", "другая тайна"),
            React("👍", about="lost"),
            Withdraw("lost"),
            text("Sent."),
        ]

    async with conversation(bot, database_url=database_url) as talk:
        anna = talk.room().enter("Анна")
        assert await anna.says("!послать !nowhere") == ["Sent."]
        assert "M_FORBIDDEN" in caplog.text and "тайна" not in caplog.text
        assert (
            await talk.program.database.fetchval("SELECT COUNT(*) FROM kit_outbox WHERE sent_at IS NULL") == 0
        )
        assert talk.said[-1].sender == ME
        assert (
            await talk.program.database.fetchval("SELECT COUNT(*) FROM kit_outbox WHERE body IS NOT NULL")
            == 0
        )
        assert (
            await talk.program.database.fetchval("SELECT COUNT(*) FROM kit_inbox WHERE body IS NOT NULL") == 0
        )
