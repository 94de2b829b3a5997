"""Whatever strays from the journal on the homeserver is put right again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

import pytest
import pytest_asyncio
from builders import small_school
from support.kept import KeptSchool, joined, kept_school
from support.schools import HostedSchools, hosted_school
from support.waiting import eventually

from zvonok_appservice.bootstrap import bootstrap
from zvonok_appservice.mautrix_homeserver import Listener
from zvonok_appservice.mautrix_homeserver.wire import ADMIN, CLIENT
from zvonok_appservice.reconcile.model import ROOM_STATE_TYPE, ActualRoom
from zvonok_core.ids import RoomId, UserId

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]
CLASS = "7А. Класс"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kept(schools: HostedSchools, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[KeptSchool]:
    """One school for all tests here: each leaves it as it found it."""
    async with hosted_school(schools, tmp_path_factory.mktemp("drift")) as hosted:
        await bootstrap(hosted.homeserver, hosted.config)
        async with kept_school(hosted, small_school().snapshot()) as school:
            await school.reconciler.refresh()
            await school.activate("belova", "petrov", "petrova")
            await hosted.person("stranger")
            await school.keep()
            yield school


@dataclass
class Scene:
    """The class's room, who is in it, and the hands that disarrange it."""

    kept: KeptSchool
    room: ActualRoom
    space: ActualRoom
    head: UserId
    pupil: UserId
    stranger: UserId

    async def put(self, type: str, content: dict[str, object], room: RoomId | None = None) -> None:
        await self.kept.homeserver.set_state(room or self.room.room, type, "", content)

    async def account(self, content: dict[str, object]) -> None:
        await self.kept.homeserver.wire.put(ADMIN.v2.users[self.pupil], content)


async def kicked(s: Scene) -> None:
    await s.kept.homeserver.remove_member(s.room.room, s.pupil)


async def gone(s: Scene) -> None:
    async with s.kept.hosted.client_of(s.pupil) as phone:
        assert (await phone.call("POST", f"/v3/rooms/{quote(s.room.room)}/leave")).ok


async def stranger_joined(s: Scene) -> None:
    await s.kept.homeserver.add_member(s.room.room, s.stranger)


async def stranger_invited(s: Scene) -> None:
    await s.kept.homeserver.wire.post(CLIENT.v3.rooms[s.room.room].invite, {"user_id": s.stranger})


async def promoted(s: Scene) -> None:
    levels = dict(s.room.power_levels)
    await s.put("m.room.power_levels", {**levels, "users": {**levels["users"], s.pupil: 100}})


async def demoted(s: Scene) -> None:
    await s.put("m.room.power_levels", {**s.room.power_levels, "users": {}})


async def unsealed(s: Scene) -> None:
    await s.put("m.room.power_levels", {**s.room.power_levels, "invite": 0, "kick": 0})


async def renamed(s: Scene) -> None:
    await s.put("m.room.name", {"name": "Наша банда"})


async def topic_lost(s: Scene) -> None:
    await s.put("m.room.topic", {"topic": ""})


async def opened(s: Scene) -> None:
    await s.put("m.room.join_rules", {"join_rule": "public"})


async def published(s: Scene) -> None:
    await s.put("m.room.history_visibility", {"history_visibility": "world_readable"})


async def history_hidden(s: Scene) -> None:
    await s.put("m.room.history_visibility", {"history_visibility": "joined"})


async def guests_let_in(s: Scene) -> None:
    await s.put("m.room.guest_access", {"guest_access": "can_join"})


async def taken_down(s: Scene) -> None:
    await s.kept.homeserver.set_state(s.space.room, "m.space.child", s.room.room, {})


async def hung_elsewhere(s: Scene) -> None:
    (school,) = [r for r in (await s.kept.actual()).rooms.values() if r.key.kind == "school"]
    await s.kept.homeserver.link_child(school.room, s.room.room)
    await s.kept.homeserver.link_parent(school.room, s.room.room)


async def marked_archived(s: Scene) -> None:
    await s.put(ROOM_STATE_TYPE, s.room.key.content(archived=True))


async def called_otherwise(s: Scene) -> None:
    await s.account({"displayname": "Директор"})


async def locked_by_another_hand(s: Scene) -> None:
    await s.account({"locked": True})


DRIFTS: list[Callable[[Scene], Awaitable[None]]] = [
    kicked,
    gone,
    stranger_joined,
    stranger_invited,
    promoted,
    demoted,
    unsealed,
    renamed,
    topic_lost,
    opened,
    published,
    history_hidden,
    guests_let_in,
    taken_down,
    hung_elsewhere,
    marked_archived,
    called_otherwise,
    locked_by_another_hand,
]


async def scene(kept: KeptSchool) -> Scene:
    return Scene(
        kept,
        room=await kept.room(CLASS),
        space=await kept.room("7А"),
        head=await kept.user("belova"),
        pupil=await kept.user("petrov"),
        stranger=kept.hosted.user("stranger"),
    )


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.__name__)
async def test_the_next_look_puts_right(kept: KeptSchool, drift: Callable[[Scene], Awaitable[None]]) -> None:
    before = await kept.actual()
    await drift(await scene(kept))
    changed = await kept.actual()
    assert changed.rooms != before.rooms or changed.accounts != before.accounts

    (look,) = await kept.keep()

    assert not look.steps.empty
    after = await kept.actual()
    assert after.rooms == before.rooms
    assert after.accounts == before.accounts


async def test_a_second_room_of_one_kind_and_place_is_left_alone(kept: KeptSchool) -> None:
    s = await scene(kept)
    desired = kept.hosted.desired(key=s.room.key)
    prefix = kept.hosted.config.appservice.alias_prefix
    second = await kept.homeserver.create_room(kept.hosted.creation(desired), f"{prefix}second", [])
    try:
        assert await kept.keep() == []
        kept.reconciler.hint(second)
        look = await kept.reconciler.look(complete=False)
        assert look is not None
        assert look.steps.empty
        assert look.picture.actual.rooms[s.room.key].room == s.room.room
    finally:
        async with kept.hosted.as_sender() as sender:
            await sender.call("POST", f"/v3/rooms/{quote(second)}/leave")


async def test_what_a_rooms_administrator_may_do_is_left_as_it_is(kept: KeptSchool) -> None:
    s = await scene(kept)
    async with kept.hosted.client_of(s.head) as phone:
        said = await phone.say(s.room.room, "Завтра экскурсия")
        pins = {"pinned": [said.body["event_id"]]}
        assert (await phone.put_state(s.room.room, "m.room.pinned_events", pins)).ok
        assert (await phone.put_state(s.room.room, "m.room.topic", {"topic": "Экскурсия 3 октября"})).ok

        assert await kept.keep() == []

        state = {event["type"]: event["content"] for event in await phone.state(s.room.room)}
    assert state["m.room.topic"]["topic"] == "Экскурсия 3 октября"
    assert state["m.room.pinned_events"] == pins


async def test_a_hint_brings_the_look_within_seconds(kept: KeptSchool) -> None:
    s = await scene(kept)
    appservice = kept.hosted.config.appservice.id
    listener = Listener(kept.hosted.config, kept.reconciler.hint)
    async with listener.serve(), kept.kept():
        await kept.homeserver.ping(appservice)
        for drift in (gone, stranger_joined):
            revision = kept.board.revision
            await drift(s)

            async def put_right(seen: int = revision) -> bool:
                members = joined(await kept.room(CLASS))
                return kept.board.revision > seen and s.pupil in members and s.stranger not in members

            await eventually(put_right, deadline=15)
    assert await kept.keep() == []


async def test_an_account_that_another_program_made_is_found_without_a_complete_look(
    kept: KeptSchool,
) -> None:
    async with kept.kept():
        looked = kept.board.revision
        await eventually(lambda: kept.board.revision > looked)
        (user,) = await kept.activate("sidorov")
        await kept.ledger.record("operator", "linked", "sidorov")

        async def is_in() -> bool:
            return user in joined(await kept.room("7Б. Класс"))

        await eventually(is_in, deadline=15)
