"""A lesson makes a room; changes are told to whoever waits for them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest
from builders import as_desired, picture_of, small_school, user
from support.waiting import eventually

from zvonok_appservice.changes import REMEMBERED, ChangeLog
from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.model import Membership
from zvonok_core.text import Catalogs

from .conftest import ALGEBRA, Site, bearer

ALGEBRA_7A = {"subject": "Алгебра", "class": "7А"}


async def test_a_first_lesson_is_noted_and_wakes_the_reconciler(site: Site) -> None:
    assert await site.post("/v1/lessons", ALGEBRA_7A) == (202, {"room": None})
    assert await site.ledger.lessons() == {ALGEBRA}
    assert site.woken == ["wake"]
    (entry,) = await site.ledger.entries()
    assert (entry.actor, entry.action, entry.subject) == ("polls", "lesson", "Алгебра 7А")


async def test_the_answer_waits_for_the_room(site: Site, picture: Picture) -> None:
    asked = asyncio.ensure_future(site.post("/v1/lessons", ALGEBRA_7A))
    await eventually(lambda: site.woken)
    made = picture_of(small_school().snapshot(), lessons=await site.ledger.lessons())
    await site.board.hang(made)
    status, answer = await asked
    assert status == 200
    (room,) = [room.room for key, room in made.actual.rooms.items() if key.kind == "subject"]
    assert answer == {"room": room}

    assert await site.post("/v1/lessons", ALGEBRA_7A) == (200, {"room": room})
    assert site.woken == ["wake"], "a room that is there needs nobody to be woken"
    assert len(await site.ledger.entries()) == 1, "only the first lesson is worth an entry"


async def test_a_lesson_of_a_subgroup(site: Site) -> None:
    status, _ = await site.post("/v1/lessons", {"subject": "Немецкий язык", "subgroup": "de"})
    assert status == 202
    assert {load.subgroup for load in await site.ledger.lessons()} == {"de"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"subject": "Алгебра"}, 400),
        ({"subject": "Алгебра", "class": "7А", "subgroup": "de"}, 400),
        ({"subject": "Алгебра", "class": "7В"}, 404),
        ({"subject": "Магия", "class": "7А"}, 404),
        ({"subject": "Алгебра", "class": ""}, 404),
        ({"subject": 5, "class": "7А"}, 400),
        ({"subject": "Алгебра", "class": "7А", "more": 1}, 400),
        ({"subject_file": "/etc/hostname", "class": "7А"}, 400),
        (["Алгебра"], 400),
        ("x" * 5000, 413),
    ],
)
async def test_a_wrong_lesson_is_refused_and_not_noted(site: Site, body: Any, status: int) -> None:
    answered, answer = await site.post("/v1/lessons", body)
    assert (answered, list(answer)) == (status, ["error"])
    assert await site.ledger.lessons() == frozenset()
    assert site.woken == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 4000])
async def test_what_is_no_json_is_refused(site: Site, body: bytes) -> None:
    async with site.client.post("/v1/lessons", data=body, headers=bearer()) as response:
        assert (response.status, await response.json()) == (400, {"error": "The body must be JSON."})


# ---------------------------------------------------------------- changes


async def revision(site: Site) -> str:
    status, answer = await site.get("/v1/changes")
    assert (status, answer["reset"], answer["people"], answer["rooms"]) == (200, True, [], [])
    return str(answer["revision"])


async def test_a_new_reader_is_told_to_read_everything(site: Site) -> None:
    known = await revision(site)
    assert await revision(site) == known
    for stale in ("", "other-0", "0", f"{known}9", known + "x", "-1", known.split("-")[0] + "-"):
        _, answer = await site.get("/v1/changes", since=stale)
        assert answer["reset"], stale


async def test_nothing_new_is_said_when_the_time_is_up(site: Site) -> None:
    known = await revision(site)
    status, answer = await site.get("/v1/changes", since=known, timeout="0")
    assert (status, answer) == (200, {"revision": known, "reset": False, "people": [], "rooms": []})


@pytest.mark.parametrize("seconds", ["-1", "61", "x", "1.5", "", "٣", "1" * 5000])
async def test_a_wrong_timeout_is_refused(site: Site, seconds: str) -> None:
    assert (await site.get("/v1/changes", timeout=seconds))[0] == 400


async def test_who_waits_is_told_at_once_and_nobody_is_woken_for_nothing(site: Site) -> None:
    known = await revision(site)
    started = time.monotonic()
    waiting = asyncio.ensure_future(site.get("/v1/changes", since=known, timeout="20"))
    await site.board.hang(picture_of(small_school().snapshot()))
    await asyncio.wait({waiting}, timeout=0.1)
    assert not waiting.done(), "the same again is no news"
    moved = small_school().student("novy", "Новый Пётр", "7Б")
    await site.board.hang(picture_of(moved.snapshot()))
    status, answer = await waiting
    assert status == 200
    assert time.monotonic() - started < 10
    assert answer["people"] == [user("novy")]
    names = {
        room.name
        for room in picture_of(moved.snapshot()).actual.rooms.values()
        if room.room in answer["rooms"]
    }
    assert names == {"7Б", "7Б. Класс", "7Б. Общая", "7Б. Объявления"}


async def test_who_waits_is_let_go_when_the_service_closes(site: Site) -> None:
    known = await revision(site)
    waiting = asyncio.ensure_future(site.get("/v1/changes", since=known, timeout="50"))
    await asyncio.wait({waiting}, timeout=0.1)
    assert not waiting.done()
    started = time.monotonic()
    assert site.client.server is not None
    app = site.client.app
    assert app is not None
    await app.shutdown()
    _, answer = await waiting
    assert not answer["reset"]
    assert time.monotonic() - started < 10


def follow(*pictures: Picture) -> list[tuple[set[str], set[str]]]:
    """What a reader who asks after every picture is told of people and of room kinds."""
    log = ChangeLog(Catalogs({}))
    log.directory(pictures[0])
    known = log.since("").revision
    told = []
    for picture in pictures[1:]:
        directory = log.directory(picture)
        changes = log.since(known)
        assert not changes.reset
        known = changes.revision
        kinds = {directory.key_of[room].kind for room in changes.rooms}
        told.append(({person.partition(":")[0][1:] for person in changes.people}, kinds))
    return told


def with_today(picture: Picture, base: Picture) -> Picture:
    """The same picture, of the very roster that `base` has: as the loop makes them."""
    return replace(picture, today=base.today)


def test_an_activation_is_told_to_relatives_and_rooms() -> None:
    snapshot = small_school().snapshot()
    others = set(snapshot.people) - {"petrov"}
    first = picture_of(snapshot, linked=others)
    second = with_today(picture_of(snapshot), first)
    people, kinds = follow(first, second)[0]
    assert people == {"petrov", "petrova"}
    assert kinds == {"class_space", "class_announcements", "class", "class_common"}


def test_a_kick_is_told_of_its_room_alone() -> None:
    snapshot = small_school().snapshot()
    first = picture_of(snapshot)
    actual = as_desired(first.desired)
    key = next(key for key, room in actual.rooms.items() if room.name == "7А. Класс")
    room = actual.rooms[key]
    without = {u: how for u, how in room.members.items() if u != user("zhuk")}
    drifted = replace(actual, rooms={**actual.rooms, key: replace(room, members=without)})
    second = with_today(picture_of(snapshot, actual=drifted), first)
    assert follow(first, second, first) == [(set(), {"class"}), (set(), {"class"})]
    strangers = replace(room, members={**room.members, user("stranger"): Membership.JOIN})
    third = with_today(
        picture_of(snapshot, actual=replace(actual, rooms={**actual.rooms, key: strangers})), first
    )
    assert follow(first, third) == [(set(), set())], "a stranger is due nowhere and in no view"


def test_an_operators_lock_is_told() -> None:
    snapshot = small_school().snapshot()
    first = picture_of(snapshot)
    second = with_today(picture_of(snapshot, locked=["petrov"]), first)
    people, kinds = follow(first, second)[0]
    assert people == {"petrov"}
    assert kinds == set()


def test_a_new_class_head_is_told_of_the_class() -> None:
    school = small_school()
    later = school.later().homeroom("zueva", "7А")
    people, kinds = follow(picture_of(school.snapshot()), picture_of(later.snapshot()))[0]
    assert people == {"zueva"}
    assert kinds == {
        "class",
        "class_guardians",
        "class_common",
        "class_announcements",
        "class_space",
        "homeroom_teachers",
    }


def test_a_new_room_and_one_that_is_archived_are_told() -> None:
    snapshot = small_school().snapshot()
    first = picture_of(snapshot)
    second = with_today(picture_of(snapshot, lessons=[ALGEBRA]), first)
    assert follow(first, second) == [(set(), {"subject"})]


def test_who_was_away_for_too_long_reads_everything_anew() -> None:
    snapshot = small_school().snapshot()
    log = ChangeLog(Catalogs({}))
    log.directory(picture_of(snapshot))
    first = log.since("").revision
    for number in range(REMEMBERED):
        log.directory(picture_of(snapshot, locked=["petrov"] if number % 2 == 0 else []))
    assert log.since(first).people == (user("petrov"),)
    log.directory(picture_of(snapshot, locked=["petrov"]))
    assert log.since(first).reset
