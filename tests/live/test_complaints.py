"""Somebody presses "Report": the right people have it within seconds, once, and can answer."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from support.complaining import ComplainingSchool, complaining_school, last_event
from support.meddling import Meddling
from support.processes import told, write_config
from support.schools import HostedSchool
from support.waiting import eventually

from zvonok_appservice.app import open_app
from zvonok_appservice.complaints.desk import Desk
from zvonok_appservice.mautrix_homeserver import Listener
from zvonok_appservice.serve import serving

pytestmark = pytest.mark.live


class Stopped(BaseException):
    """The program is killed at this moment: nothing in it may catch this."""


@asynccontextmanager
async def running(there: ComplainingSchool) -> AsyncIterator[Desk]:
    """The desk as the running program has it: it looks every so often, and listens."""
    desk, config = there.desk(), there.kept.hosted.config
    async with Listener(config, lambda _: None, desk.hint).serve():
        await there.kept.homeserver.ping(config.appservice.id)
        task = asyncio.create_task(desk.run(every=0.3))
        try:
            yield desk
            assert not task.done()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_classmates_message_reaches_class_head_and_deputy_and_is_answered(
    school: HostedSchool, tmp_path: Path
) -> None:
    async with complaining_school(school, "belova", "zueva", "orlov", "petrov", "ezhova") as there:
        room = await there.room("7А. Класс")
        message = await there.say("petrov", room, "Ты, Ёжова, дура")
        async with running(there):
            began = time.monotonic()
            await there.report("ezhova", room, message, "обзывается")
            (letter,) = await eventually(lambda: there.told("belova"))
            assert time.monotonic() - began < 5
            (to_deputy,) = await eventually(lambda: there.told("zueva"))
            (thanks,) = await eventually(lambda: there.told("ezhova"))

            assert "Жалуется: Ёжова Мария Львовна, ученица 7А" in letter
            assert "На кого: Петров Иван Сергеевич, ученик 7А" in letter
            assert "Где: чат «7А. Класс»" in letter and "Причина: «обзывается»" in letter
            assert "> Ты, Ёжова, дура" in letter
            link = f"https://matrix.to/#/{quote(room, safe='!')}/{quote(message, safe='')}"
            assert f"Сообщение в чате: {link}" in letter
            assert f"(откроется у тех, кто в нём состоит): {link}" in to_deputy
            assert "классный руководитель и заместитель директора" in thanks

            inbox = await there.inbox("belova")
            began = time.monotonic()
            answer = await there.reply("belova", last_event(inbox, school.homeserver.sender), "Поговорила.")
            await eventually(lambda: _count(there, "zueva", 2))
            assert time.monotonic() - began < 5
            await eventually(lambda: _count(there, "ezhova", 2))
            await eventually(lambda: _count(there, "belova", 2))
        assert "уже есть ответ: Белова Ольга Юрьевна" in (await there.told("zueva"))[1]
        closed = (await there.told("ezhova"))[1]
        assert "рассмотрели" in closed and "Поговорила" not in closed and "Белова" not in closed
        assert "записан" in (await there.told("belova"))[1]
        assert await there.told("petrov") == await there.told("orlov") == []
        (recorded,) = [e for e in await there.kept.ledger.entries() if "complaint" in e.action]
        assert (recorded.actor, recorded.subject, recorded.detail) == ("belova", "1", answer)

        code, printed = await told(
            write_config(school.config, tmp_path / "config.yaml"), "complaints", "--json"
        )
        (row,) = json.loads(printed)
        assert code == 0 and row["number"] == 1 and row["classes"] == ["7А"] and row["event"] == message
        assert {one["user"] for one in row["told"]} == {there.people[p].user for p in ("belova", "zueva")}
        assert [(one["user"], one["event"]) for one in row["answers"]] == [
            (there.people["belova"].user, answer)
        ]
        code, printed = await told(tmp_path / "config.yaml", "complaints")
        assert code == 0 and printed.startswith("№ 1, ") and ", 7А. Кто получил: " in printed
        assert f"Ответ: {there.people['belova'].user[1:].partition(':')[0]}" in printed


async def test_about_the_class_head_and_from_a_private_chat_and_a_person(school: HostedSchool) -> None:
    async with complaining_school(school, "belova", "zueva", "petrov", "ezhova", "sidorov") as there:
        desk = there.desk()
        room = await there.room("7А. Класс")
        harsh = await there.say("belova", room, "Опять двойка, бездельник")
        await there.report("petrov", room, harsh)
        await desk.look()
        assert await there.told("belova") == []
        assert "На кого: Белова Ольга Юрьевна" in (await there.told("zueva"))[0]

        private = await there.direct("sidorov", "ezhova")
        threat = await there.say("sidorov", private, "Встретимся после уроков")
        await there.report("ezhova", private, threat)
        await desk.look()
        (letter,) = await there.told("belova")
        assert "Где: личная переписка двух человек" in letter and "Сидоров Глеб Ильич" in letter
        assert "> Встретимся после уроков" in letter and "откроется у тех" in letter

        path = f"/v3/users/{quote(there.people['sidorov'].user)}/report"
        assert (await there.people["ezhova"].call("POST", path, {"reason": "угрожает"})).ok
        await desk.look()
        assert "Причина: «угрожает»" in (await there.told("belova"))[1]
        assert "matrix.to" not in (await there.told("belova"))[1]


async def test_what_was_changed_or_deleted_since_is_told_as_it_was(school: HostedSchool) -> None:
    async with complaining_school(school, "belova", "petrov", "ezhova") as there:
        room = await there.room("7А. Класс")
        deleted = await there.say("petrov", room, "Удалю и никто не узнает")
        changed = await there.say("petrov", room, "Ты дура")
        picture = await there.send(
            "petrov", room, {"msgtype": "m.image", "body": "свинья.png", "url": "mxc://x/y"}
        )
        for event in (deleted, changed, picture):
            await there.report("ezhova", room, event)
        await there.redact("petrov", room, deleted)
        for newer in ("Ты молодец", "Ты умница"):
            replaced = {"msgtype": "m.text", "body": newer}
            relation = {"rel_type": "m.replace", "event_id": changed}
            content = {**replaced, "m.new_content": replaced, "m.relates_to": relation}
            await there.send("petrov", room, content)
        await there.desk().look()
        first, second, third = await there.told("belova")
        assert "Это сообщение потом удалили. В нём было:\n> Удалю и никто не узнает" in first
        assert "Сейчас в нём:\n> Ты умница\nА до изменения было так:\n> Ты дура" in second
        assert "Картинка: свинья.png" in third


async def test_a_stop_anywhere_between_report_and_record_delivers_exactly_once(school: HostedSchool) -> None:
    async with complaining_school(school, "belova", "zueva", "petrov", "ezhova") as there:
        meddling = Meddling(there.kept.homeserver)
        stops: list[str] = []

        async def stop(verb: str, *arguments: object) -> None:
            if verb in ("reported", "direct_room", "send_text") and len(stops) < 12:
                if verb == "send_text" and len(stops) % 2:  # sent, but the answer is not heard
                    await there.kept.homeserver.send_text(*arguments)
                stops.append(verb)
                raise Stopped

        meddling.before = stop
        room = await there.room("7А. Класс")
        await there.report("ezhova", room, await there.say("petrov", room, "Дура"))
        while len(stops) < 12:
            with pytest.raises(Stopped):
                await there.desk(meddling).look()
            meddling.before = _only(stop, ("reported", "direct_room", "send_text")[len(stops) % 3])
        await there.desk().look()
        await there.desk().look()
        assert stops.count("send_text") >= 3
        for person in ("belova", "zueva", "ezhova"):
            assert len(await there.told(person)) == 1


async def test_while_the_program_is_down_people_report_and_answer(school: HostedSchool) -> None:
    async with complaining_school(school, "belova", "zueva", "petrov", "ezhova") as there:
        room = await there.room("7А. Класс")
        await there.report("ezhova", room, await there.say("petrov", room, "Дура"))
        async with running(there):
            await eventually(lambda: there.told("belova"))
            await eventually(lambda: there.told("ezhova"))
        letter = last_event(await there.inbox("belova"), school.homeserver.sender)
        for number in range(101):  # more than Synapse tells at once
            await there.kept.homeserver.send_text(
                (await there.chat("belova")) or room, "…", f"filler-{number}"
            )
        thread = {"rel_type": "m.thread", "event_id": letter, "is_falling_back": True}
        await there.reply("belova", letter, "Разобралась", **thread)
        await there.report("petrov", room, await there.say("ezhova", room, "Сам дурак"))
        async with running(there):
            await eventually(lambda: _count(there, "ezhova", 2))
            await eventually(lambda: _count(there, "petrov", 1))
            await eventually(lambda: _count(there, "zueva", 3))
        assert [answer.complaint for answer in await there.replies()] == [1]


async def test_the_running_program_passes_them_on_within_a_minute(school: HostedSchool) -> None:
    """With the shipped interval. Its journal is away, and the last good roster in force."""
    async with complaining_school(school, "belova", "zueva", "petrov", "ezhova") as there:
        room = await there.room("7А. Класс")
        async with open_app(school.config) as app, serving(app):
            await eventually(lambda: app.board.picture)
            began = time.monotonic()
            await there.report("ezhova", room, await there.say("petrov", room, "Дура"))
            await eventually(lambda: there.told("belova"), deadline=40)
            await eventually(lambda: there.told("zueva"), deadline=40)
            assert time.monotonic() - began < 40
            letter = last_event(await there.inbox("belova"), school.homeserver.sender)
            await there.reply("belova", letter, "Разобралась")
            await eventually(there.replies, deadline=30)


async def _count(there: ComplainingSchool, person: str, number: int) -> bool:
    return len(await there.told(person)) == number


def _only(stop: object, wanted: str) -> object:
    async def before(verb: str, *arguments: object) -> None:
        if verb == wanted:
            await stop(verb, *arguments)

    return before
