"""Mutes and pauses over HTTP: what is done, what is refused with which sentence, and what is
written down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from builders import BOT, SchoolBuilder, picture_of, small_school, user

from zvonok_core.roles import Role

from .conftest import Site, bearer

UNTIL = "2026-10-01T06:30:00+00:00"
BY = user("belova")


def path(site: Site, room: str = "7А. Класс", more: str = "") -> str:
    assert site.board.picture is not None
    rooms = site.board.picture.actual.rooms.values()
    return f"/v1/rooms/{next(found.room for found in rooms if found.name == room)}{more}"


def order(**changes: Any) -> dict[str, Any]:
    return {"user": user("petrov"), "by": BY, "minutes": 30, "reason": "Спам", **changes}


async def audit(site: Site) -> list[tuple[str, str, str]]:
    return [(entry.actor, entry.action, entry.subject) for entry in await site.ledger.entries()]


async def test_a_mute_is_asked_for_shown_and_taken_back(site: Site) -> None:
    room = path(site)
    assert await site.post(f"{room}/mutes", order(reason=" Спам\n в\0чате ")) == (200, {"until": UNTIL})
    assert site.woken == ["wake"]
    mute = {
        "user": user("petrov"),
        "until": UNTIL,
        "by": BY,
        "reason": "Спам в чате",
        "since": "2026-10-01T06:00:00+00:00",
    }
    assert await site.get(f"{room}/restrictions") == (200, {"mutes": [mute], "pause": None})
    assert await site.get(path(site, "7А. Общая", "/restrictions")) == (200, {"mutes": [], "pause": None})

    assert await site.delete(f"{room}/mutes/{user('petrov')}", by=BY) == (204, None)
    assert site.woken == ["wake", "wake"]
    assert await site.get(f"{room}/restrictions") == (200, {"mutes": [], "pause": None})
    status, answer = await site.delete(f"{room}/mutes/{user('petrov')}", by=BY)
    assert (status, answer) == (404, {"error": "Nobody has muted this person here."})
    entries = await site.ledger.entries()
    assert await audit(site) == [("belova", "mute", "petrov"), ("belova", "unmute", "petrov")]
    assert entries[0].detail == f"{room.rpartition('/')[2]} until {UNTIL} polls: Спам в чате"


async def test_a_pause_is_asked_for_shown_made_longer_and_taken_back(site: Site) -> None:
    room = path(site)
    assert await site.post(f"{room}/pause", {"by": BY, "minutes": 30}) == (200, {"until": UNTIL})
    site.clock.advance(minutes=10)
    longer = "2026-10-01T07:10:00+00:00"
    await site.board.hang(picture_of(small_school().snapshot(), pauses=[key_of(site)]))
    assert await site.post(f"{room}/pause", {"by": BY, "minutes": 60}) == (200, {"until": longer})
    pause = {"until": longer, "by": BY, "since": "2026-10-01T06:10:00+00:00"}
    assert await site.get(f"{room}/restrictions") == (200, {"mutes": [], "pause": pause})
    assert await site.delete(f"{room}/pause", by=BY) == (204, None)
    assert await site.delete(f"{room}/pause", by=BY) == (404, {"error": "This room is not paused."})
    assert [action for _, action, _ in await audit(site)] == ["pause", "pause", "resume"]
    assert site.woken == ["wake"] * 3


def key_of(site: Site) -> Any:
    assert site.board.picture is not None
    return next(key for key, room in site.board.picture.actual.rooms.items() if room.name == "7А. Класс")


@pytest.mark.parametrize(
    ("room", "changes", "sentence"),
    [
        ("7А. Класс", {"by": user("petrov"), "user": user("zhuk")}, "Only those who lead this room"),
        ("7А. Класс", {"by": user("frolov")}, "Only those who lead this room"),
        ("7А. Класс", {"by": "@nobody:school.example"}, "Only those who lead this room"),
        ("7А. Класс", {"by": BOT}, "Only those who lead this room"),
        ("7А. Класс", {"user": BY}, "Nobody mutes themselves"),
        ("7А. Класс", {"user": BOT}, "A bot can't be muted"),
        ("7А. Класс", {"user": user("sidorov")}, "This person does not belong in this room"),
        ("7А. Класс", {"user": "@nobody:school.example"}, "This person does not belong in this room"),
        ("7А. Общая", {"user": user("orlov")}, "This person leads the room as well"),
        ("7А", {"by": user("orlov")}, "Nobody writes in a space"),
    ],
)
async def test_who_may_not_mute_reads_why(
    site: Site, room: str, changes: dict[str, Any], sentence: str
) -> None:
    status, answer = await site.post(path(site, room, "/mutes"), order(**changes))
    assert status == 403
    assert answer["error"].startswith(sentence)
    assert await site.restrictions.mutes() == []
    assert (await audit(site), site.woken) == ([], [])


async def test_the_journal_decides_who_leads_and_not_what_is_written_in_the_room(site: Site) -> None:
    assert site.board.picture is not None
    actual, key = site.board.picture.actual, key_of(site)
    power_levels = {**actual.rooms[key].power_levels, "users": {user("zhuk"): 100, BY: 0}}
    rooms = {**actual.rooms, key: replace(actual.rooms[key], power_levels=power_levels)}
    await site.board.hang(picture_of(small_school().snapshot(), actual=replace(actual, rooms=rooms)))
    status, _ = await site.post(path(site, more="/mutes"), order(by=user("zhuk")))
    assert status == 403
    status, _ = await site.post(path(site, more="/mutes"), order(user=user("zhuk")))
    assert status == 200


@pytest.mark.parametrize("given", [{"locked": ["belova"]}, {"linked": ["petrov"]}])
async def test_whoever_is_locked_or_has_no_account_decides_nothing(site: Site, given: Any) -> None:
    await site.board.hang(picture_of(small_school().snapshot(), **given))
    for more, body in (("/mutes", order()), ("/pause", {"by": BY, "minutes": 5})):
        status, answer = await site.post(path(site, more=more), body)
        assert (status, answer["error"].partition(".")[0]) == (
            403,
            "Your account has no access at present",
        )


async def test_only_those_who_lead_take_anything_back(site: Site) -> None:
    room = path(site)
    await site.post(f"{room}/mutes", order())
    await site.post(f"{room}/pause", {"by": BY, "minutes": 30})
    for what in (f"{room}/mutes/{user('petrov')}", f"{room}/pause"):
        assert (await site.delete(what, by=user("petrov")))[0] == 403
        assert (await site.delete(what))[0] == 400
    assert len(await site.restrictions.mutes()) == len(await site.restrictions.pauses()) == 1


@pytest.mark.parametrize("room", ["7А. Объявления", "Объявления"])
async def test_where_only_those_who_lead_write_a_pause_makes_no_sense(site: Site, room: str) -> None:
    status, answer = await site.post(path(site, room, "/pause"), {"by": user("orlov"), "minutes": 5})
    assert (status, answer["error"].startswith("In this room only those who lead it")) == (403, True)


async def test_in_an_archived_room_nobody_decides_anything(site: Site) -> None:
    assert site.board.picture is not None
    before = site.board.picture.actual
    room = path(site, "МО учителей математики")
    school = SchoolBuilder().teacher("belova")
    await site.board.hang(picture_of(school.snapshot(), actual=before))
    for more, body in (("/mutes", order()), ("/pause", {"by": BY, "minutes": 5})):
        status, answer = await site.post(room + more, body)
        assert (status, answer["error"].startswith("This room is archived")) == (403, True)
    assert await site.get(f"{room}/restrictions") == (200, {"mutes": [], "pause": None})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"minutes": 0}, "Somebody can be muted"),
        ({"minutes": 43_201}, "Somebody can be muted"),
        ({"minutes": "30"}, "minutes: must be a whole number"),
        ({"minutes": 1.5}, "minutes: must be a whole number"),
        ({"minutes": True}, "minutes: must be a whole number"),
        ({"reason": " \n"}, "Please say why"),
        ({"reason": "x" * 501}, "Please say why"),
        ({"reason": None}, "reason: must be text"),
        ({"level": -1}, "level: is not a known key"),
    ],
)
async def test_a_wrong_body_is_refused(site: Site, changes: dict[str, Any], sentence: str) -> None:
    status, answer = await site.post(path(site, more="/mutes"), order(**changes))
    assert (status, answer["error"].partition(sentence)[:2]) == (400, ("", sentence))
    assert await site.restrictions.mutes() == []


async def test_a_pause_of_more_than_a_day_is_refused(site: Site) -> None:
    status, answer = await site.post(path(site, more="/pause"), {"by": BY, "minutes": 1441})
    assert (status, answer["error"].startswith("A room can be read-only")) == (400, True)


async def test_an_unknown_room_is_unknown_whatever_is_asked(site: Site) -> None:
    room = "/v1/rooms/!nowhere"
    answers = [
        await site.post(f"{room}/mutes", order()),
        await site.post(f"{room}/pause", {"by": BY, "minutes": 5}),
        await site.delete(f"{room}/mutes/{user('petrov')}", by=BY),
        await site.delete(f"{room}/pause", by=BY),
        await site.get(f"{room}/restrictions"),
    ]
    assert [status for status, _ in answers] == [404] * 5


async def test_what_the_journal_overrules_is_not_shown(site: Site) -> None:
    room = path(site)
    await site.post(f"{room}/mutes", order())
    await site.post(f"{room}/pause", {"by": BY, "minutes": 5})
    leads = small_school().role("petrov", Role.TEACHER).homeroom("petrov", "7А")
    await site.board.hang(picture_of(leads.snapshot()))
    status, answer = await site.get(f"{room}/restrictions")
    assert (status, answer["mutes"], answer["pause"] is not None) == (200, [], True)


async def test_before_the_first_look_and_without_a_token_nothing_is_decided(empty_site: Site) -> None:
    status, _ = await empty_site.post("/v1/rooms/!r/mutes", order())
    assert status == 503
    async with empty_site.client.post(
        "/v1/rooms/!r/mutes", json=order(), headers=bearer("wrong")
    ) as response:
        assert response.status == 401
