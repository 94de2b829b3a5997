"""What a school does in the rooms of others: it names, goes in, and goes again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from builders import SERVER, SchoolBuilder, picture_of, small_school, user
from fakes import Elsewhere, FakeHomeserver

from zvonok_appservice.federation.visiting import Visiting
from zvonok_appservice.picture import Board
from zvonok_appservice.reconcile.abroad import Abroad, Delegation, Topic, selector_of
from zvonok_appservice.reconcile.model import DELEGATES_STATE_TYPE, TALK_STATE_TYPE
from zvonok_core.access import Peer, Talk, appservice_of
from zvonok_core.clock import ManualClock
from zvonok_core.errors import PermanentError, TemporaryError
from zvonok_core.ids import RoomId, UserId

HOST, OTHER = "host.example", "other.example"
CONTROL, COUNCIL, FAIR = RoomId("!control"), RoomId("!council"), RoomId("!fair")
HEADS, EVENT = Topic(Talk.HEADS), Topic(Talk.EVENT, "fair")
SENDER = UserId(f"@zvonok:{SERVER}")
ORLOV, BELOVA, ZUEVA, FROLOV = (user(name) for name in ("orlov", "belova", "zueva", "frolov"))


def by(*selectors: str, schools: frozenset[str] = frozenset()) -> Delegation:
    return Delegation(tuple(filter(None, map(selector_of, selectors))), schools)


DELEGATIONS = {HEADS: by("position(head)"), EVENT: by("members(math)")}


class Visits:
    """Our school, and a host with a control room and rooms for two topics."""

    def __init__(self) -> None:
        self.homeserver = FakeHomeserver(SERVER)
        self.clock = ManualClock(datetime(2026, 10, 1, tzinfo=UTC))
        self.board = Board()
        self.visiting = Visiting(self.board, self.homeserver, self.clock)  # type: ignore[arg-type]  # other verbs
        self.host(HOST, CONTROL)
        self.topic(HEADS, COUNCIL, ORLOV)
        self.topic(EVENT, FAIR, BELOVA, ZUEVA)

    def host(self, server: str, control: RoomId) -> None:
        self.homeserver.controls[server] = control
        self.homeserver.elsewhere[control] = Elsewhere(appservice_of(server), invited={SENDER})

    def topic(self, topic: Topic | str, room: RoomId, *invited: UserId, control: RoomId = CONTROL) -> None:
        """A host makes a room, tells of it, and invites."""
        creator = self.homeserver.elsewhere[control].creator
        self.homeserver.elsewhere[room] = Elsewhere(creator, invited=set(invited))
        self.tell(str(topic), {"room": room}, control=control)

    def tell(self, topic: str, content: Any, *, control: RoomId = CONTROL, sender: str = "") -> None:
        at = self.homeserver.elsewhere[control]
        at.set(TALK_STATE_TYPE, topic, content, UserId(sender) if sender else None)

    async def visit(
        self, school: SchoolBuilder | None = None, *, later: float = 700.0, **changes: Any
    ) -> list[tuple[str, RoomId, UserId]]:
        """What is done at a visit, `later` than the one before."""
        self.clock.advance(seconds=later)
        abroad: dict[str, Any] = {"delegations": DELEGATIONS, "peers": {HOST: Peer(frozenset(Talk), {})}}
        given = {key: changes.pop(key) for key in ("linked", "locked") if key in changes}
        described = Abroad(SERVER, **{**abroad, **changes})
        snapshot = (school or small_school()).snapshot()
        await self.board.hang(picture_of(snapshot, abroad=described, **given))
        self.homeserver.done.clear()
        await self.visiting.visit()
        return list(self.homeserver.done)

    def members(self, room: RoomId) -> set[UserId]:
        return self.homeserver.elsewhere[room].members

    def said(self, control: RoomId = CONTROL) -> Any:
        return self.homeserver.elsewhere[control].said(DELEGATES_STATE_TYPE, SENDER)


@pytest.fixture
def visits() -> Visits:
    return Visits()


async def test_without_a_picture_nothing_is_done(visits: Visits) -> None:
    await visits.visiting.visit()
    assert visits.homeserver.done == []


async def test_a_school_names_its_people_and_puts_them_in(visits: Visits) -> None:
    done = await visits.visit()
    assert set(done) == {
        ("in", CONTROL, SENDER),
        ("in", COUNCIL, ORLOV),
        ("in", FAIR, BELOVA),
        ("in", FAIR, ZUEVA),
    }
    assert done[0] == ("in", CONTROL, SENDER)
    assert visits.said() == {
        "people": {ORLOV: ["heads"], BELOVA: ["event:fair"], ZUEVA: ["event:fair"]},
    }
    assert await visits.visit() == []


async def test_what_has_been_said_is_not_said_again(visits: Visits) -> None:
    await visits.visit()
    control = visits.homeserver.elsewhere[CONTROL]
    control.set(DELEGATES_STATE_TYPE, appservice_of(OTHER), {"people": {}})
    before = list(control.state)
    await visits.visit()
    assert [*map(id, control.state)] == [*map(id, before)], "nothing was written anew"


async def test_only_those_are_named_and_put_in_whose_account_may_be_used(visits: Visits) -> None:
    await visits.visit(linked=["orlov", "belova"], locked=["belova"])
    assert visits.said() == {"people": {ORLOV: ["heads"]}}
    assert visits.members(FAIR) == set()


async def test_a_school_is_told_only_what_is_for_it(visits: Visits) -> None:
    visits.host(OTHER, RoomId("!control2"))
    peers = {HOST: Peer(frozenset({Talk.HEADS}), {}), OTHER: Peer(frozenset(Talk), {})}
    delegations = {HEADS: by("position(head)", schools=frozenset({OTHER})), EVENT: by("members(math)")}
    await visits.visit(peers=peers, delegations=delegations)
    assert visits.said() == {"people": {}}
    assert visits.said(RoomId("!control2"))["people"].keys() == {ORLOV, BELOVA, ZUEVA}


async def test_somebody_who_is_named_no_longer_is_taken_out(visits: Visits) -> None:
    await visits.visit()
    later = small_school()
    later.association_members = [row for row in later.association_members if row.person != "zueva"]
    assert await visits.visit(later) == [("out", FAIR, ZUEVA)]
    assert ZUEVA not in visits.said()["people"]
    assert await visits.visit(delegations={}) == [("out", COUNCIL, ORLOV), ("out", FAIR, BELOVA)]
    assert visits.said() == {"people": {}}


async def test_somebody_named_for_another_topic_leaves_the_room_of_this_one(visits: Visits) -> None:
    await visits.visit()
    visits.homeserver.elsewhere[COUNCIL].invited |= {BELOVA, ZUEVA}
    done = await visits.visit(delegations={HEADS: by("members(math)")})
    assert set(done[:3]) == {("out", FAIR, BELOVA), ("out", FAIR, ZUEVA), ("out", COUNCIL, ORLOV)}
    assert set(done[3:]) == {("in", COUNCIL, BELOVA), ("in", COUNCIL, ZUEVA)}


async def test_one_who_is_refused_keeps_nobody_else_out(visits: Visits) -> None:
    visits.homeserver.elsewhere[FAIR].invited.discard(BELOVA)
    visits.homeserver.elsewhere[COUNCIL].invited.clear()
    await visits.visit()
    assert visits.members(FAIR) == {ZUEVA}
    visits.homeserver.elsewhere[FAIR].invited.add(BELOVA)
    visits.homeserver.refused[BELOVA] = PermanentError("closed", "M_USER_DEACTIVATED")
    visits.homeserver.elsewhere[COUNCIL].invited.add(ORLOV)
    await visits.visit()
    assert visits.members(COUNCIL) == {ORLOV}
    visits.homeserver.refused.clear()
    assert await visits.visit() == [("in", FAIR, BELOVA)]


async def test_nothing_that_is_given_holds_up_what_is_taken(visits: Visits) -> None:
    await visits.visit()
    visits.homeserver.elsewhere[COUNCIL].invited.clear()
    visits.homeserver.refused[FROLOV] = PermanentError("no", "M_FORBIDDEN")
    later = small_school()
    later.association_members = [row for row in later.association_members if row.person != "zueva"]
    delegations = {HEADS: by("position(head)", "person(frolov)"), EVENT: by("members(math)")}
    assert await visits.visit(later, delegations=delegations) == [("out", FAIR, ZUEVA)]


async def test_a_locked_account_that_can_not_leave_keeps_nobody_else_in(visits: Visits) -> None:
    await visits.visit()
    visits.homeserver.refused[BELOVA] = PermanentError("locked", "M_USER_LOCKED")
    assert await visits.visit(delegations={}) == [("out", COUNCIL, ORLOV), ("out", FAIR, ZUEVA)]


async def test_while_a_host_is_away_its_rooms_are_left_all_the_same(visits: Visits) -> None:
    await visits.visit()
    visits.homeserver.servers_away[HOST] = TemporaryError("connection refused")
    visits.homeserver.elsewhere[CONTROL].members.clear()
    assert await visits.visit(delegations={HEADS: DELEGATIONS[HEADS]}) == [
        ("out", FAIR, BELOVA),
        ("out", FAIR, ZUEVA),
    ]


async def test_a_school_that_is_away_for_a_day_delays_nobody_and_is_tried_with_growing_pauses(
    visits: Visits,
) -> None:
    visits.host(OTHER, RoomId("!control2"))
    visits.homeserver.servers_away[OTHER] = TemporaryError("connection refused")
    both = {server: Peer(frozenset(Talk), {}) for server in (HOST, OTHER)}
    await visits.visit(peers=both)
    assert visits.members(COUNCIL) == {ORLOV}
    for _ in range(24 * 6):
        await visits.visit(later=600, peers=both)
    del visits.homeserver.servers_away[OTHER]
    assert await visits.visit(later=500, peers=both) == []
    assert await visits.visit(later=100, peers=both) == [("in", RoomId("!control2"), SENDER)]


async def test_a_host_that_is_listed_no_longer_is_left_with_everybody(visits: Visits) -> None:
    await visits.visit()
    done = await visits.visit(peers={})
    assert set(done) == {
        ("out", CONTROL, SENDER),
        ("out", COUNCIL, ORLOV),
        ("out", FAIR, BELOVA),
        ("out", FAIR, ZUEVA),
    }
    assert await visits.visit(peers={}) == []


async def test_chats_that_people_have_made_are_none_of_its_business(visits: Visits) -> None:
    chat = RoomId("!chat")
    visits.homeserver.elsewhere[chat] = Elsewhere(UserId(f"@orlova:{HOST}"), members={FROLOV})
    await visits.visit()
    await visits.visit(peers={})
    assert visits.members(chat) == {FROLOV}


async def test_a_room_that_is_told_no_longer_is_left(visits: Visits) -> None:
    await visits.visit()
    visits.tell("heads", {})
    assert await visits.visit() == [("out", COUNCIL, ORLOV)]


async def test_an_invitation_is_followed_at_once_by_the_address_alone(visits: Visits) -> None:
    visits.homeserver.controls.clear()
    for _ in range(9):
        await visits.visit(later=600)
    visits.homeserver.controls[HOST] = CONTROL
    assert await visits.visit(later=1) == []
    visits.visiting.asked(HOST)
    assert ("in", CONTROL, SENDER) in await visits.visit(later=1)


async def test_an_invitation_is_forgotten_once_it_was_followed(visits: Visits) -> None:
    visits.homeserver.controls.clear()
    visits.visiting.asked(CONTROL)
    await visits.visit()
    visits.members(CONTROL).clear()
    visits.homeserver.elsewhere[CONTROL].invited.add(SENDER)
    assert ("in", CONTROL, SENDER) not in await visits.visit()


async def test_who_is_not_invited_yet_is_no_trouble_and_who_is_refused_is(
    visits: Visits, caplog: pytest.LogCaptureFixture
) -> None:
    council = visits.homeserver.elsewhere[COUNCIL]
    council.invited.clear()
    await visits.visit()
    assert caplog.records == []
    council.invited.add(ORLOV)
    assert await visits.visit(later=1) == [], "there is a pause before the next attempt"
    visits.homeserver.refused[ORLOV] = PermanentError("closed", "M_USER_DEACTIVATED")
    await visits.visit()
    assert [record.getMessage() for record in caplog.records] == [
        "going into the rooms of another school, host.example: closed"
    ]


async def test_without_a_control_room_there_is_nothing_to_say(visits: Visits) -> None:
    visits.homeserver.controls.clear()
    assert await visits.visit() == []


# ---------------------------------------------------------------- hosts that mean harm


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"room": None},
        {"room": 5},
        {"room": ["!council"]},
        {"room": {}},
        {"room": ""},
        {"room": "!nowhere"},
    ],
)
async def test_what_is_no_room_is_no_room(visits: Visits, content: dict[str, Any]) -> None:
    visits.tell("heads", content)
    await visits.visit()
    assert visits.members(FAIR) == {BELOVA, ZUEVA}
    assert visits.members(COUNCIL) == set()


@pytest.mark.parametrize("topic", ["", "gossip", "heads:", "event", "event:Fair", "direct", "event:other"])
async def test_a_room_for_what_nobody_is_named_for_stays_empty(visits: Visits, topic: str) -> None:
    visits.homeserver.elsewhere[COUNCIL].invited |= {BELOVA, ZUEVA, FROLOV}
    visits.tell("heads", {})
    visits.tell(topic, {"room": COUNCIL})
    await visits.visit()
    assert visits.members(COUNCIL) == set()


async def test_only_the_hosts_appservice_tells_of_rooms(visits: Visits) -> None:
    visits.tell("heads", {"room": COUNCIL}, sender=f"@zvonok:{OTHER}")
    await visits.visit()
    assert visits.members(COUNCIL) == set()
    assert visits.members(FAIR) == {BELOVA, ZUEVA}


async def test_what_another_says_in_our_name_is_put_right(visits: Visits) -> None:
    elsewhere = visits.homeserver.elsewhere[CONTROL]
    elsewhere.set(DELEGATES_STATE_TYPE, SENDER, {"people": {FROLOV: ["heads"]}})
    elsewhere.set(DELEGATES_STATE_TYPE, appservice_of(OTHER), {"people": {FROLOV: ["heads"]}})
    await visits.visit()
    assert visits.said()["people"].keys() == {ORLOV, BELOVA, ZUEVA}


async def test_a_host_has_no_word_in_our_own_rooms(visits: Visits) -> None:
    snapshot = small_school().snapshot()
    own = next(room.room for room in picture_of(snapshot).actual.rooms.values() if ORLOV not in room.members)
    visits.homeserver.elsewhere[own] = Elsewhere(SENDER, invited={ORLOV, BELOVA})
    visits.tell("heads", {"room": own})
    await visits.visit()
    assert visits.members(own) == set()


async def test_nobody_is_put_into_a_control_room(visits: Visits) -> None:
    visits.homeserver.elsewhere[CONTROL].invited.add(ORLOV)
    visits.tell("heads", {"room": CONTROL})
    await visits.visit()
    assert visits.members(CONTROL) == {SENDER}
    visits.members(CONTROL).update({ORLOV, FROLOV})
    assert await visits.visit() == [("out", CONTROL, FROLOV), ("out", CONTROL, ORLOV)]


async def test_one_room_for_two_topics_is_for_those_of_both(visits: Visits) -> None:
    visits.homeserver.elsewhere[COUNCIL].invited |= {BELOVA, ZUEVA}
    visits.tell("event:fair", {"room": COUNCIL})
    await visits.visit()
    assert visits.members(COUNCIL) == {ORLOV, BELOVA, ZUEVA}
    assert await visits.visit() == []


async def test_whoever_a_host_has_got_into_a_room_of_its_own_is_taken_out(visits: Visits) -> None:
    await visits.visit()
    trap = RoomId("!trap")
    visits.homeserver.elsewhere[trap] = Elsewhere(appservice_of(HOST), members={ORLOV, user("petrov")})
    assert await visits.visit() == [("out", trap, user("petrov")), ("out", trap, ORLOV)]


async def test_a_room_of_another_host_is_left_by_nobody_at_a_hosts_word(visits: Visits) -> None:
    second = RoomId("!control2")
    visits.host(OTHER, second)
    theirs = RoomId("!theirs")
    visits.topic(HEADS, theirs, ORLOV, control=second)
    both = {server: Peer(frozenset(Talk), {}) for server in (HOST, OTHER)}
    await visits.visit(peers=both)
    assert visits.members(theirs) == {ORLOV}
    visits.tell("event:fair", {"room": theirs})
    await visits.visit(peers=both)
    assert visits.members(theirs) == {ORLOV}


async def test_a_broken_answer_of_one_host_is_that_hosts_trouble(visits: Visits) -> None:
    visits.host(OTHER, RoomId("!control2"))
    visits.homeserver.servers_away[OTHER] = KeyError("room_id")
    await visits.visit(peers={server: Peer(frozenset(Talk), {}) for server in (HOST, OTHER)})
    assert visits.members(COUNCIL) == {ORLOV}
