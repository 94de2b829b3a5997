"""A class comes in on its first day: the pages, a real Synapse, and the shipped limits."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import time
from datetime import date

import aiohttp
import pytest
from support.schools import HostedSchool
from support.waiting import eventually

from zvonok_appservice.app import App, open_app
from zvonok_appservice.config import ActivationConfig, Config
from zvonok_appservice.reconcile.model import Membership
from zvonok_appservice.serve import serving
from zvonok_appservice.verify import grouped, new_code
from zvonok_core.ids import PersonId, RoomId
from zvonok_demo.school.as_oneroster import write_oneroster
from zvonok_demo.school.generate import generate

pytestmark = pytest.mark.live
TODAY = date.today()  # noqa: DTZ011 - the appservice goes by the machine's own day
STUDENTS = 30


async def activate(config: Config, code: str, password: str) -> str:
    """All steps of the page, in a browser of one's own behind the school's one address.
    Returns the last page."""
    base = f"http://127.0.0.1:{config.appservice.listen_port}"
    headers = {"X-Forwarded-For": "203.0.113.9", "Accept-Language": "ru"}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(base, headers=headers, cookie_jar=jar) as browser:
        async with browser.get("/activate") as response:
            body = await response.text()
        for path, data in (
            ("/activate", {"code": grouped(code)}),
            ("/activate/you", {"answer": "yes"}),
            ("/activate/password", {"password": password}),
        ):
            token = re.search(r'name="token" value="([0-9a-f]+)"', body)
            assert token, body
            async with browser.post(path, data={"token": token[1], **data}) as response:
                body = await response.text()
                assert response.status == 200, body
        assert response.url.path == "/welcome", body
        return body


def due(app: App, person: PersonId) -> set[RoomId]:
    """The rooms that a person ought to be in, as far as they exist."""
    picture = app.board.picture
    assert picture is not None
    user = picture.given.accounts[person].user
    return {
        picture.actual.rooms[key].room
        for key, room in picture.desired.rooms.items()
        if user in room.members and key in picture.actual.rooms
    }


async def test_a_class_behind_one_address_is_in_its_rooms_within_a_minute(new_school: HostedSchool) -> None:
    snapshot = generate(5, TODAY, classes={7: 2}, size=STUDENTS + 4).snapshot
    config = dataclasses.replace(
        new_school.config,
        school=dataclasses.replace(new_school.config.school, id=snapshot.school.id),
        activation=ActivationConfig(consent_below_grade=0),
    )
    write_oneroster(snapshot, config.journal.path, TODAY)
    async with open_app(config) as app, serving(app):
        await eventually(lambda: app.board.picture and app.board.picture.actual.rooms, deadline=60)
        picture = app.board.picture
        assert picture is not None
        class_ = next(iter(snapshot.classes))
        students = [row.student for row in picture.today.students_of_class[class_]][:STUDENTS]
        assert len(students) == STUDENTS
        codes = {student: new_code() for student in students}
        await app.linking.codes.issue(codes, days=1)

        async def come_in(student: PersonId) -> None:
            password = f"мой пароль {student}"
            page = await activate(config, codes[student], password)
            assert re.search(r"Вас жд(ут|ёт) [1-9]", page) or "в течение минуты" in page
            user = app.linking.account(student).user
            async with new_school.stranger() as phone:
                answer = await phone.sign_in(user, password)
                assert answer.ok, answer

                async def all_there() -> bool:
                    wanted = due(app, student)
                    return bool(wanted) and wanted <= await phone.rooms()

                await eventually(all_there, deadline=60)

        began = time.monotonic()
        await asyncio.gather(*map(come_in, students))
        assert time.monotonic() - began < 60

        accounts = await new_school.homeserver.accounts()
        for student in students:
            account = accounts[app.linking.account(student).user]
            assert account.display_name == app.linking.account(student).display_name
            assert not account.admin
        common = next(r for k, r in picture.actual.rooms.items() if k.kind == "class" and k.class_ == class_)
        members = (await new_school.seen(common.room)).members
        joined = {user for user, membership in members.items() if membership is Membership.JOIN}
        assert {app.linking.account(student).user for student in students} <= joined
