"""`scripts/demo --exit`: everything that the demo promises is tried once, for real."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from uuid import uuid4

import aiohttp

from zvonok_appservice.verify import new_code
from zvonok_core.errors import PermanentError, UserError, ZvonokError
from zvonok_core.ids import PersonId, RoomId, UserId
from zvonok_core.text import Text, text
from zvonok_demo.activating import activate_by_page, somebody_to_activate
from zvonok_demo.cast import Part
from zvonok_demo.installation import DIRECTORY_CONSUMER
from zvonok_demo.morning import Kind, Morning
from zvonok_demo.page.live import Live
from zvonok_demo.progress import Voice
from zvonok_demo.running import Demo

SOON = 15.0
"""Seconds within which drift must be mended and a new person be everywhere."""

COMPLAINT = 60.0
"""Seconds within which a complaint must be with those who answer it."""


class Wrong(Exception):  # noqa: N818 - a finding
    """Something does not work; `text` says what."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


Check = Callable[[Demo, Morning], Awaitable[None]]


async def check(demo: Demo, morning: Morning, voice: Voice) -> bool:
    """Try everything, and say of each whether it works. Returns whether all of it does."""
    failed = 0
    for title, attempt in CHECKS:
        try:
            with voice.step(title):
                await attempt(demo, morning)
        except Wrong as found:
            failed += 1
            voice.say(text("  does not work: {reason}", reason=found.text))
        except (ZvonokError, aiohttp.ClientError, TimeoutError) as error:
            failed += 1
            told = error.text if isinstance(error, UserError) else repr(error)
            voice.say(text("  does not work: {reason}", reason=told))
    voice.say()
    voice.say(text("Not everything works; see above.") if failed else text("Everything works."))
    return not failed


# ---------------------------------------------------------------- people and rooms


async def _logins(demo: Demo, _: Morning) -> None:
    await asyncio.gather(*(demo.phones.of(person) for person in demo.logins.known))


async def _memberships(demo: Demo, _: Morning) -> None:
    for login in list(demo.logins.known.values()):
        phone = await demo.phones.of(login.person)
        managed = {room.room for room in demo.picture.actual.rooms.values()}
        _same_rooms(await phone.rooms() & managed, _due(demo, login.user), login.user)


def _due(demo: Demo, user: UserId) -> set[RoomId]:
    picture = demo.picture
    return {
        picture.actual.rooms[key].room
        for key, room in picture.desired.rooms.items()
        if user in room.members and key in picture.actual.rooms
    }


def _same_rooms(found: Collection[RoomId], due: Collection[RoomId], user: UserId) -> None:
    if not due or set(found) != set(due):
        raise Wrong(
            text("{user} is in {found} rooms instead of {due}.", user=user, found=len(found), due=len(due))
        )


async def _messages(demo: Demo, _: Morning) -> None:
    writer = await demo.phones.of(demo.person(Part.STUDENT))
    reader = await demo.phones.of(demo.person(Part.CLASSMATE))
    room = _class_room(demo)
    event = await writer.say(room, "Проверка связи")
    if await reader.reads(room, event) != "Проверка связи":
        raise Wrong(text("The message came through changed."))


def _class_room(demo: Demo) -> RoomId:
    class_ = demo.picture.today.class_of[demo.person(Part.STUDENT)].class_
    rooms = demo.picture.actual.rooms
    return next(rooms[key].room for key in rooms if (key.kind, key.class_) == ("class", class_))


async def _second_look(demo: Demo, _: Morning) -> None:
    before = demo.app.homeserver.requests_written
    look = await demo.app.reconciler.look(complete=True)
    written = demo.app.homeserver.requests_written - before
    if look is None or not look.steps.empty or written:
        raise Wrong(text("It wrote {n} times, though nothing had changed.", n=written))


async def _drift(demo: Demo, _: Morning) -> None:
    phone = await demo.phones.of(demo.person(Part.NEIGHBOUR))
    room = _class_room(demo)
    await phone.leave(room)
    await _within(SOON, lambda: _is_in(phone.rooms, {room}), text("Whoever left is not back."))


async def _contact(demo: Demo, _: Morning) -> None:
    student = await demo.phones.of(demo.person(Part.STUDENT))
    users = {
        part: demo.logins.known[demo.person(part)].user for part in (Part.CLASS_HEAD, Part.NEW_CLASSMATE)
    }
    await student.leave(await student.chat_with(users[Part.CLASS_HEAD]))
    try:
        await student.leave(await student.chat_with(users[Part.NEW_CLASSMATE]))
    except PermanentError as error:
        if error.code == "M_FORBIDDEN":
            return
        raise
    raise Wrong(text("A student could write to a student of another class."))


async def _complaint(demo: Demo, _: Morning) -> None:
    writer = await demo.phones.of(demo.person(Part.CLASSMATE))
    reader = await demo.phones.of(demo.person(Part.STUDENT))
    class_head = await demo.phones.of(demo.person(Part.CLASS_HEAD))
    room = _class_room(demo)
    words = f"Списывать тут ({uuid4().hex[:8]})"
    await reader.report(room, await writer.say(room, words), "Мешает учиться")

    async def has_come() -> bool:
        talk = await demo.app.homeserver.direct_room(class_head.user)
        return any(words in said for said in await class_head.latest(talk))

    await _within(COMPLAINT, has_come, text("A complaint has not reached the class head."))


async def _is_in(rooms: Callable[[], Awaitable[Collection[RoomId]]], wanted: set[RoomId]) -> bool:
    return wanted <= set(await rooms())


async def _within(seconds: float, done: Callable[[], Awaitable[bool]], otherwise: Text) -> None:
    deadline = time.monotonic() + seconds
    while not await done():
        if time.monotonic() > deadline:
            raise Wrong(otherwise)
        await asyncio.sleep(0.1)


# ---------------------------------------------------------------- pages


async def _activation(demo: Demo, _: Morning) -> None:
    person = somebody_to_activate(demo)
    code = new_code()
    await demo.app.linking.codes.issue({person: code}, 1)
    login = await activate_by_page(demo, person, code)
    phone = await demo.phones.sign_in(login)

    async def everywhere() -> bool:
        wanted = _due(demo, login.user)
        return bool(wanted) and wanted <= await phone.rooms()

    await _within(SOON, everywhere, text("Whoever was activated is not in all their rooms."))


async def _why(demo: Demo, morning: Morning) -> None:
    live = Live(demo, morning)
    student = demo.person(Part.STUDENT)
    class_ = demo.picture.today.class_of[student].class_
    keys = demo.picture.desired.rooms
    own = next(key for key in keys if (key.kind, key.class_) == ("class", class_))
    staff = next(key for key in keys if key.kind == "staff_room")
    yes, no = live.why(student, own, "ru"), live.why(student, staff, "ru")
    if not yes["due"] or not yes["reasons"] or no["due"] or not no["reasons"]:
        raise Wrong(text("It does not know why a student is in the class room, and not in the staff room."))


async def _directory(demo: Demo, _: Morning) -> None:
    address = f"{demo.app.config.appservice.address}/v1/people/{demo.logins.known[_head(demo)].user}"
    token = demo.app.config.directory.tokens[DIRECTORY_CONSUMER]
    async with aiohttp.ClientSession() as session:
        async with session.get(address) as answer:
            _expect(answer, 401)
        async with session.get(address, headers={"Authorization": f"Bearer {token}"}) as answer:
            _expect(answer, 200)
            if (await answer.json())["person"] != _head(demo):
                raise Wrong(text("The directory confuses people."))


def _head(demo: Demo) -> PersonId:
    return demo.person(Part.HEAD)


def _expect(answer: aiohttp.ClientResponse, status: int) -> None:
    if answer.status != status:
        raise Wrong(
            text(
                "{path} answers {status} instead of {expected}.",
                path=answer.url.path,
                status=answer.status,
                expected=status,
            )
        )


async def _start_page(demo: Demo, _: Morning) -> None:
    async with _browser(demo) as browser:
        async with browser.get("/") as answer:
            _expect(answer, 200)
            if demo.homeserver_address not in await answer.text():
                raise Wrong(text("The start page does not tell the homeserver's address."))
        async with browser.get("/ru", headers={"Host": "elsewhere.example"}) as answer:
            _expect(answer, 421)
        async with browser.post("/ru/morning", headers={"Origin": "http://elsewhere.example"}) as answer:
            _expect(answer, 403)


@asynccontextmanager
async def _browser(demo: Demo) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(demo.page_address) as session:
        yield session


async def _morning(demo: Demo, morning: Morning) -> None:
    if await morning.play(pause=0.0):
        return
    failed = next(line for line in morning.lines if line.kind is Kind.FAILED)
    raise Wrong(text("{time} {who}: {what}", time=failed.time, who=failed.who, what=failed.text))


CHECKS: tuple[tuple[Text, Check], ...] = (
    (text("Everybody can log in"), _logins),
    (text("Each is in exactly their rooms"), _memberships),
    (text("A message comes through"), _messages),
    (text("A second look writes nothing"), _second_look),
    (text("Whoever leaves a room is put back"), _drift),
    (text("Only those write to each other whom the school's rules let"), _contact),
    (text("A complaint reaches the class head"), _complaint),
    (text("A code activates a person"), _activation),
    (text("“Why” is answered"), _why),
    (text("The directory answers with a token only"), _directory),
    (text("The start page answers, and to nobody else"), _start_page),
    (text("The school morning plays"), _morning),
)
