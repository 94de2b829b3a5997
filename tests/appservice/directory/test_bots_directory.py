"""The directory as bots read it, and what people may do in rooms by it."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from builders import room_id, user

from zvonok_appservice.picture import Picture
from zvonok_botkit.config import DirectoryConfig
from zvonok_botkit.directory import open_directory
from zvonok_botkit.people import Rooms
from zvonok_botkit.testing import FakeChat
from zvonok_core.errors import TemporaryError
from zvonok_core.ids import RoomId, UserId
from zvonok_core.roles import Role

from .conftest import TOKENS, Site


def config_of(site: Site, token: str = TOKENS["polls"]) -> DirectoryConfig:
    return DirectoryConfig(str(site.client.make_url("/")), token)


def room_of(picture: Picture, name: str) -> RoomId:
    return room_id(next(key for key, room in picture.desired.rooms.items() if room.name == name))


@pytest.mark.parametrize(
    ("who", "where", "role", "may"),
    [
        ("belova", "7А. Класс", Role.TEACHER, True),  # its head
        ("belova", "7А. Общая", Role.TEACHER, True),
        ("belova", "7Б. Общая", Role.TEACHER, True),  # teaches there, and has a child there
        ("belova", "7Б. Родители", Role.TEACHER, False),  # is there for the child
        ("belova", "7Б. Родители", Role.GUARDIAN, True),
        ("belov", "7Б. Класс", Role.STUDENT, True),
        ("belov", "7Б. Класс", Role.TEACHER, False),
        ("belov", "7А. Класс", Role.STUDENT, False),  # of another class
        ("belova", "Учительская", Role.TEACHER, True),
        ("belova", "Учительская", Role.PRINCIPAL, False),
        ("nobody", "Учительская", Role.STUDENT, False),
    ],
)
async def test_a_right_belongs_to_a_room(
    site: Site, picture: Picture, who: str, where: str, role: Role, may: bool
) -> None:
    async with open_directory(config_of(site)) as directory:
        rooms = Rooms(FakeChat(site.clock), directory, site.clock)
        assert await rooms.may(user(who), room_of(picture, where), role) is may


async def test_in_a_direct_chat_one_is_what_one_is_in_the_school(site: Site) -> None:
    chat = FakeChat(site.clock)
    for name in ("belova", "belov"):
        chat.members[RoomId(f"!{name}")] = {user(name): name, chat.user: "Звонок"}
    async with open_directory(config_of(site)) as directory:
        rooms = Rooms(chat, directory, site.clock)
        assert await rooms.may(user("belova"), RoomId("!belova"), Role.TEACHER)
        assert not await rooms.may(user("belova"), RoomId("!belova"), Role.STUDENT)
        assert await rooms.may(user("belov"), RoomId("!belov"), Role.STUDENT)
        assert not await rooms.may(user("belov"), RoomId("!belov"), Role.TEACHER)
        assert not await rooms.may(user("belova"), RoomId("!belov"), Role.TEACHER), "is not in it"


async def test_who_is_in_a_room_in_the_order_of_a_register(site: Site, picture: Picture) -> None:
    async with open_directory(config_of(site)) as directory:
        company = await Rooms(FakeChat(site.clock), directory, site.clock).view(room_of(picture, "7А. Класс"))
    names = [person.name for person in company.people]
    assert names and all("," in name for name in names)
    assert company.managed is not None and len(company.managed.members) > len(names), "bots are left out"


async def test_a_directory_that_does_not_answer_is_none_that_says_no(
    site: Site, unused_tcp_port: int
) -> None:
    for config in (
        config_of(site, "a-wrong-token"),
        DirectoryConfig(f"http://127.0.0.1:{unused_tcp_port}", "t"),
    ):
        async with open_directory(config) as directory:
            assert directory is not None
            with pytest.raises(TemporaryError):
                await directory.person(user("belova"))
    async with open_directory(config_of(site)) as directory:
        assert directory is not None
        assert await directory.person(UserId("@nobody:school.test")) is None
        assert await directory.room(RoomId("!nowhere")) is None


async def test_before_the_first_look_and_for_nonsense_it_is_away(empty_site: Site) -> None:
    async with open_directory(config_of(empty_site)) as directory:
        assert directory is not None
        with pytest.raises(TemporaryError):
            await directory.room(RoomId("!room"))

    async def nonsense(_: web.Request) -> web.Response:
        return web.json_response({"person": 3})

    app = web.Application()
    app.router.add_get("/v1/people/{user}", nonsense)
    async with (
        TestServer(app) as server,
        open_directory(DirectoryConfig(str(server.make_url("/")), "t")) as directory,
    ):
        assert directory is not None
        with pytest.raises(TemporaryError):
            await directory.person(user("belova"))
    async with open_directory(None) as directory:
        assert directory is None
