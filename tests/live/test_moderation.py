"""Mutes, pauses, and people who leave, on a real Synapse: what it refuses, what comes back by
itself, and what is said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
from builders import small_school
from support.kept import KeptSchool, joined, kept_school
from support.matrix import Answer, Client
from support.schools import PASSWORD, HostedSchool
from support.waiting import eventually

from zvonok_appservice.app import App, open_app
from zvonok_appservice.config import DirectoryConfig
from zvonok_appservice.picture import Picture
from zvonok_appservice.serve import serving
from zvonok_core.clock import ManualClock, SystemClock
from zvonok_core.ids import PersonId, RoomId, UserId
from zvonok_demo.school.as_oneroster import write_oneroster
from zvonok_demo.school.curriculum import FEW_SUBJECTS
from zvonok_demo.school.generate import generate

pytestmark = pytest.mark.live
CLASS = "7А. Класс"
TODAY = date.today()  # noqa: DTZ011 - the appservice goes by the machine's own day


def picture(kept: KeptSchool) -> Picture:
    assert kept.board.picture is not None
    return kept.board.picture


@asynccontextmanager
async def full_school(
    school: HostedSchool, clock: ManualClock | None = None, database: str = ""
) -> AsyncIterator[tuple[KeptSchool, RoomId]]:
    """A school with a class head and two students, and the room of their class."""
    async with kept_school(school, small_school().snapshot(), clock=clock, database=database) as kept:
        await kept.reconciler.refresh()
        known = await kept.people.all()
        if not any(row.linked_at for row in known.values()):
            await kept.activate("belova", "petrov", "ezhova")
        await kept.keep()
        yield kept, (await kept.room(CLASS)).room


def on_the_wall(clock: ManualClock, minutes: int) -> None:
    """Time passes for mutes and pauses, and not for the next complete look."""
    clock.moment += timedelta(minutes=minutes)


async def said(phone: Client, room: RoomId, status: int) -> Answer | None:
    """What a message is answered, where the answer has this status."""
    answer = await phone.say(room, "Слышно?")
    return answer if answer.status == status else None


async def react(phone: Client, room: RoomId, event: str) -> Answer:
    content = {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": "👍"}}
    return await phone.call("POST", f"/v3/rooms/{quote(room)}/send/m.reaction", content)


async def messages(phone: Client, room: RoomId, sender: UserId) -> list[str]:
    """What the sender has said in a room, the oldest first, as somebody there reads it."""
    answer = await phone.call("GET", f"/v3/rooms/{quote(room)}/messages?dir=f&limit=100")
    return [
        event["content"]["body"]
        for event in answer.body["chunk"]
        if event["type"] == "m.room.message" and event["sender"] == sender
    ]


async def told(school: HostedSchool, phone: Client) -> list[str]:
    """What the sender has told somebody between the two of them."""
    kept = {room.room for room in (await school.observed()).rooms.values()}
    direct = sorted(await phone.rooms() - kept)
    return [body for room in direct for body in await messages(phone, room, school.homeserver.sender)]


async def leave(phone: Client, room: RoomId) -> None:
    assert (await phone.call("POST", f"/v3/rooms/{quote(room)}/leave")).ok


async def test_a_mute_is_refused_by_synapse_itself_and_ends_by_itself(school: HostedSchool) -> None:
    clock = ManualClock(SystemClock().now())
    async with full_school(school, clock) as (kept, room):
        belova, petrov, ezhova = [await kept.user(name) for name in ("belova", "petrov", "ezhova")]
        async with kept.kept(), school.client_of(petrov) as muted, school.client_of(ezhova) as other:
            own = (await muted.say(room, "Ещё можно")).body["event_id"]
            await kept.moderation.mute(picture(kept), room, petrov, belova, 30, "Спам", "polls")

            refused = await eventually(lambda: said(muted, room, 403))
            assert refused.errcode == "M_FORBIDDEN"
            assert (await react(muted, room, own)).status == 403
            path = f"/v3/rooms/{quote(room)}/redact/{quote(own)}/1"
            assert (await muted.call("PUT", path)).status == 403
            assert (await react(other, room, own)).ok
            assert (await other.say(room, "А мне можно")).ok
            assert petrov in joined(await school.seen(room))
            on_the_wall(clock, minutes=29)
            await kept.reconciler.look(complete=True)
            assert (await muted.say(room, "А теперь?")).status == 403

            on_the_wall(clock, minutes=2)
            await eventually(lambda: said(muted, room, 200))
            await kept.notices.run()
            assert await told(school, muted) == [], "what is over is not told any more"


async def test_a_short_mute_is_told_and_over_within_seconds_of_the_real_clock(school: HostedSchool) -> None:
    async with full_school(school) as (kept, room):
        belova, petrov = [await kept.user(name) for name in ("belova", "petrov")]
        async with kept.kept(), school.client_of(petrov) as muted:
            until = SystemClock().now() + timedelta(seconds=5)
            await kept.restrictions.mute(room, petrov, until, belova, "Спам")
            kept.reconciler.wake()
            await eventually(lambda: said(muted, room, 403))
            await kept.notices.run()
            await eventually(lambda: said(muted, room, 200), deadline=15)
            assert SystemClock().now() >= until
            assert SystemClock().now() < until + timedelta(seconds=5)
            (message,) = await told(school, muted)
            assert message.startswith(f"You can't write in “{CLASS}” until ")
            assert "Decided by: Белова Ольга Юрьевна, teacher.\nWhy: Спам\n" in message


async def test_a_mute_outlives_a_restart_and_ends_after_it(school: HostedSchool, tmp_path: Path) -> None:
    clock = ManualClock(SystemClock().now())
    database = f"sqlite:///{tmp_path / 'kept.db'}"
    async with full_school(school, clock, database) as (kept, room):
        belova, petrov = [await kept.user(name) for name in ("belova", "petrov")]
        await kept.moderation.mute(picture(kept), room, petrov, belova, 30, "Спам", "polls")
        (look,) = await kept.keep()
        assert len(look.steps.revocations) == 1
        assert await kept.notices.run() == 1
    async with full_school(school, clock, database) as (kept, room):
        assert await kept.notices.run() == 0, "it was told before"
        async with kept.kept(), school.client_of(petrov) as muted:
            assert (await muted.say(room, "После перезапуска?")).status == 403
            looked = kept.board.revision
            await eventually(lambda: kept.board.revision > looked)
            on_the_wall(clock, minutes=31)
            await eventually(lambda: said(muted, room, 200))
            assert len(await told(school, muted)) == 1


async def test_a_pause_stops_students_and_not_the_teacher_and_ends_by_itself(school: HostedSchool) -> None:
    clock = ManualClock(SystemClock().now())
    async with full_school(school, clock) as (kept, room):
        belova, petrov = [await kept.user(name) for name in ("belova", "petrov")]
        async with (
            kept.kept(),
            school.client_of(belova) as teacher,
            school.client_of(petrov) as pupil,
        ):
            event = (await teacher.say(room, "Начинаем контрольную")).body["event_id"]
            await kept.moderation.pause(picture(kept), room, belova, 45, "polls")
            await eventually(lambda: said(pupil, room, 403))
            assert (await teacher.say(room, "Пишу только я")).ok
            assert (await react(pupil, room, event)).ok, "members react where only some may write"
            await kept.notices.run()
            await kept.notices.run()
            on_the_wall(clock, minutes=46)
            await eventually(lambda: said(pupil, room, 200))
            (message,) = await messages(pupil, room, school.homeserver.sender)
            assert message.startswith("This room is for reading only until ")
            assert message.endswith("Meanwhile write here: Белова Ольга Юрьевна, teacher.")
        assert await kept.keep() == []


async def test_a_mute_or_a_pause_that_is_taken_back_is_over_at_once(school: HostedSchool) -> None:
    async with full_school(school) as (kept, room):
        belova, petrov = [await kept.user(name) for name in ("belova", "petrov")]
        before = (await school.seen(room)).power_levels
        await kept.moderation.mute(picture(kept), room, petrov, belova, 30, "Спам", "polls")
        await kept.moderation.pause(picture(kept), room, belova, 30, "polls")
        await kept.keep()
        levels = (await school.seen(room)).power_levels
        assert (levels["users"][petrov], levels["events_default"]) == (-1, 50)
        await kept.moderation.unmute(picture(kept), room, petrov, belova, "polls")
        await kept.moderation.resume(picture(kept), room, belova, "polls")
        await kept.keep()
        assert (await school.seen(room)).power_levels == before


async def test_what_a_hand_writes_into_the_room_does_not_end_a_mute(school: HostedSchool) -> None:
    async with full_school(school) as (kept, room):
        belova, petrov = [await kept.user(name) for name in ("belova", "petrov")]
        before = (await school.seen(room)).power_levels
        await kept.moderation.mute(picture(kept), room, petrov, belova, 30, "Спам", "polls")
        await kept.keep()
        await school.homeserver.set_state(room, "m.room.power_levels", "", before)
        await kept.keep()
        assert (await school.seen(room)).power_levels["users"][petrov] == -1


async def test_whoever_leaves_is_put_back_and_told_once_however_often(
    school: HostedSchool, tmp_path: Path
) -> None:
    clock = ManualClock(SystemClock().now())
    database = f"sqlite:///{tmp_path / 'kept.db'}"
    word = (
        f"You have left the room “{CLASS}”. Who is in it follows from the school's journal, so you are"
        " back in it. If its messages disturb you, turn off the notifications in the chat's settings."
    )
    async with full_school(school, clock, database) as (kept, room):
        petrov, ezhova = [await kept.user(name) for name in ("petrov", "ezhova")]
        clock.advance(seconds=1)
        async with school.client_of(petrov) as phone:
            await leave(phone, room)
            assert (await school.seen(room)).left.keys() == {petrov}
            await kept.keep()
            assert petrov in joined(await school.seen(room))
            assert (await school.seen(room)).left == {}
            assert await kept.notices.run() == 1
            assert await told(school, phone) == [word]
            await leave(phone, room)
            await kept.keep()
            assert await kept.notices.run() == 0
    async with full_school(school, clock, database) as (kept, room):
        async with school.client_of(petrov) as phone:
            await leave(phone, room)
            await kept.keep()
            assert petrov in joined(await school.seen(room))
            await kept.notices.run()
            assert await told(school, phone) == [word]

            clock.advance(days=1, minutes=1)
            await leave(phone, room)
            await kept.keep()
            await kept.notices.run()
            assert await told(school, phone) == [word, word], "a day later it may be said again"
        await school.homeserver.remove_member(room, ezhova)
        await kept.keep()
        assert ezhova in joined(await school.seen(room))
        assert await kept.notices.run() == 0, "she did not leave by herself"


async def test_whoever_is_muted_says_nothing_by_leaving_either(school: HostedSchool) -> None:
    clock = ManualClock(SystemClock().now())
    async with full_school(school, clock) as (kept, room):
        petrov, belova = [await kept.user(name) for name in ("petrov", "belova")]

        async def goes(phone: Client) -> dict[str, object]:
            path = f"/v3/rooms/{quote(room)}/leave"
            assert (await phone.call("POST", path, {"reason": "Все сюда!"})).ok
            async with school.as_sender() as sender:
                (gone,) = [e for e in await sender.state(room) if e.get("state_key") == petrov]
            await kept.keep()
            assert petrov in joined(await school.seen(room))
            event = f"/v3/rooms/{quote(room)}/event/{quote(gone['event_id'])}"
            return dict((await phone.call("GET", event)).body["content"])

        async with school.client_of(petrov) as phone:
            assert (await goes(phone))["reason"] == "Все сюда!", "who may write may say it so"
            await kept.moderation.mute(picture(kept), room, petrov, belova, 60, "Шумит", "test")
            await kept.keep()
            assert "reason" not in await goes(phone)


async def test_an_account_that_was_closed_and_made_anew_is_told_nothing(school: HostedSchool) -> None:
    async with full_school(school) as (kept, room):
        petrov = await kept.user("petrov")
        await school.homeserver.deactivate(petrov)

        async def is_out() -> bool:
            return await kept.rooms_of(petrov) == set()

        await eventually(is_out)
        assert petrov in (await school.seen(room)).left, "Synapse leaves in the owner's name"
        await kept.activate("petrov")
        await kept.keep()
        assert petrov in joined(await school.seen(room))
        assert await kept.notices.run() == 0


async def test_a_bot_asks_the_running_appservice_and_people_are_told(new_school: HostedSchool) -> None:
    made = generate(7, TODAY, classes={7: 1}, size=6, subjects=FEW_SUBJECTS)
    own = replace(made.snapshot, school=replace(made.snapshot.school, id=new_school.id))
    token = "token-of-the-bot-of-this-school"
    config = replace(new_school.config, directory=DirectoryConfig({"bot": token}))
    write_oneroster(own, config.journal.path, TODAY)
    class_ = made.class_called("7А")
    base, headers = f"http://127.0.0.1:{config.appservice.listen_port}", {"Authorization": f"Bearer {token}"}
    async with open_app(config) as app, serving(app), aiohttp.ClientSession(base, headers=headers) as bot:
        await eventually(lambda: app.board.picture and app.board.picture.actual.rooms, deadline=60)
        today = app.board.picture.today  # type: ignore[union-attr]
        people = (made.head_of(class_), today.students_of_class[class_][0].student)
        head, pupil = [await activated(app, person) for person in people]

        async def joined_class() -> RoomId | None:
            rooms = app.board.picture.actual.rooms.values()  # type: ignore[union-attr]
            found = next(room for room in rooms if room.name == CLASS)
            return found.room if {head, pupil} <= joined(found) else None

        room = await eventually(joined_class, deadline=30)
        path = f"/v1/rooms/{quote(room)}"
        order = {"user": pupil, "by": head, "minutes": 5, "reason": "Спам"}
        async with new_school.client_of(pupil) as phone:
            async with bot.post(f"{path}/mutes", json=order) as response:
                assert response.status == 200, await response.text()
            await eventually(lambda: said(phone, room, 403))

            async def words(count: int) -> list[str] | None:
                found = await told(new_school, phone)
                return found if len(found) == count else None

            (word,) = await eventually(lambda: words(1))
            assert word.startswith("До ")
            assert "Почему: Спам\n" in word
            async with bot.delete(f"{path}/mutes/{quote(pupil)}", params={"by": head}) as response:
                assert response.status == 204
            await eventually(lambda: said(phone, room, 200))

            await leave(phone, room)
            _, word = await eventually(lambda: words(2))
            assert word.startswith(
                f"Вы вышли из комнаты «{CLASS}». Кто в ней состоит, решает школьный журнал"
            )
            assert pupil in joined(await new_school.seen(room))


async def activated(app: App, person: PersonId) -> UserId:
    """The account of somebody who comes in with PASSWORD."""
    user = app.linking.account(person).user
    await app.homeserver.create_account(user, "", PASSWORD)
    await app.people.link(person)
    app.reconciler.wake()
    return user
