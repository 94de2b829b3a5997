"""The desk at which complaints are dealt with, every few seconds, beside the loop.

Take what was reported; decide who gets it; look for replies; remind; send what is due. Each
step goes by what is there, so that whatever a stop of either program has kept from being
done is done at the next look. A hint only makes a look come sooner.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from zvonok_appservice.complaints.addressees import addressees
from zvonok_appservice.complaints.model import Matter, Report, Said
from zvonok_appservice.complaints.people import classes_of, concerned, is_ours, reachable, reporters_to_tell
from zvonok_appservice.complaints.post import Post
from zvonok_appservice.complaints.ration import Batch, Waiting, batches
from zvonok_appservice.homeserver import Homeserver
from zvonok_appservice.picture import Board, Picture
from zvonok_appservice.reconcile.troubles import Troubles, pause
from zvonok_appservice.store.complaints import Complaint, Complaints
from zvonok_appservice.store.ledger import Ledger
from zvonok_appservice.store.letters import Letter, LetterChat, Letters, Purpose
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Connection, Database, transaction
from zvonok_core.ids import PersonId, RoomId, UserId
from zvonok_core.text import Catalogs

log = logging.getLogger(__name__)

EVERY = 10.0
"""Seconds between two looks at what was reported."""
ALL_CHATS_EVERY = 600.0
"""Seconds after which replies are looked for in every chat, hint or not."""
LONGEST_PAUSE = 600.0
"""Seconds. What fails is tried again after EVERY, then with growing pauses."""
HOUR = 3_600_000
"""In milliseconds, as moments are stored."""
REMINDED_AFTER = 24 * HOUR
WAKING_HOURS = range(8, 20)
"""Nobody is reminded at night."""


class Desk:
    """Owns everything that happens to complaints."""

    def __init__(
        self,
        *,
        board: Board,
        homeserver: Homeserver,
        database: Database,
        ledger: Ledger,
        catalogs: Catalogs,
        clock: Clock,
        language: str,
        zone: ZoneInfo,
    ) -> None:
        self._board = board
        self._homeserver = homeserver
        self._database = database
        self._ledger = ledger
        self._clock = clock
        self._zone = zone
        self._complaints = Complaints(database, clock)
        self._letters = Letters(database, clock)
        self._post = Post(homeserver, catalogs, self._complaints, self._letters, language, zone)
        self._failing: dict[Letter | RoomId, _Failing] = {}
        self._without_addressee: set[int] = set()
        self._chats: frozenset[RoomId] = frozenset()
        self._hinted: set[RoomId] = set()
        self._all_chats_at = -math.inf
        self._news = asyncio.Event()

    def hint(self, room: RoomId) -> None:
        """Somebody said something in a room of the sender's: it may be a reply."""
        self._hinted.add(room)
        if room in self._chats:  # most are not: people talk all day
            self._news.set()

    async def run(self, every: float = EVERY) -> None:
        """Look for ever, every so many seconds and at each hint; only cancellation ends it."""
        looking = Troubles("passing on complaints")
        while True:
            self._news.clear()
            await looking.endure(self.look())
            with suppress(TimeoutError):
                async with asyncio.timeout(every):
                    await self._news.wait()

    async def look(self) -> None:
        """Do all that is to be done now. Nothing before the school was looked at first.

        Raises TemporaryError while the homeserver or the database is away. A letter or a
        chat that makes trouble keeps no other one from its turn.
        """
        picture = self._board.picture
        if picture is None:
            return
        await self._take(picture)
        await self._address(picture)
        await self._find_replies(picture)
        await self._remind()
        for letter in await self._letters.unsent():
            work = f"telling of complaint {letter.complaint}"
            await self._endure(letter, work, partial(self._send, letter))

    # ------------------------------------------------------------ what comes in

    async def _take(self, picture: Picture) -> None:
        for matter in Matter:
            # All pages first: were a page filed before an older one, a stop between them
            # would hide the older one behind it.
            fresh: list[Report] = []
            start = 0
            while page := await self._homeserver.reports(matter, start):
                unknown = await self._complaints.unknown(page)
                fresh += unknown
                if len(unknown) < len(page):
                    break
                start += len(page)
            fresh.sort(key=lambda report: (report.received_at, report.id))
            if fresh:
                await self._complaints.file([(report, is_ours(picture, report)) for report in fresh])

    # ------------------------------------------------------------ who gets it

    async def _address(self, picture: Picture) -> None:
        waiting: list[Waiting] = []
        fresh: dict[int, Complaint] = {}
        for complaint in await self._complaints.open():
            recipients = self._due(picture, complaint)
            if complaint.addressed_at is not None:
                await self._add(picture, complaint, recipients)
            elif recipients:
                fresh[complaint.number] = complaint
                waiting.append(Waiting(complaint.number, complaint.about.reporter, recipients))
            elif complaint.number not in self._without_addressee:
                self._without_addressee.add(complaint.number)
                log.warning("complaint %d waits: nobody can be told of it", complaint.number)
        if waiting:
            told = await self._complaints.addressed_after(milliseconds(self._clock.now()) - HOUR)
            recent = [
                Waiting(one.number, one.about.reporter, frozenset(await self._letters.recipients(one.number)))
                for one in told
            ]
            for batch in batches(waiting, recent):
                await self._begin(picture, batch, fresh)

    def _due(self, picture: Picture, complaint: Complaint) -> frozenset[UserId]:
        """Whom the reports of which no letter tells yet are for."""
        open_accounts = reachable(picture)
        people: set[PersonId] = set()
        for report in complaint.untold:
            people.update(addressees(*concerned(picture, report), open_accounts))
        reporters = {filed.report.reporter for filed in complaint.reports}
        return frozenset(picture.given.accounts[person].user for person in people) - reporters

    async def _begin(self, picture: Picture, batch: Batch, fresh: Mapping[int, Complaint]) -> None:
        first = batch[0]
        complaints = [fresh[one.number] for one in batch]
        reports = [report for complaint in complaints for report in complaint.untold]
        classes = {one.number: classes_of(picture, one.untold) for one in complaints}

        async def work(_: Connection) -> None:
            await self._complaints.address([one.number for one in batch], classes)
            await self._complaints.tell(reports, 0)
            await self._write(first.number, Purpose.COMPLAINT, first.recipients)
            await self._write(first.number, Purpose.RECEIVED, reporters_to_tell(picture, reports))

        await transaction(self._database, work)

    async def _add(self, picture: Picture, complaint: Complaint, recipients: frozenset[UserId]) -> None:
        """More people have reported what was told already: one line more, at most once an
        hour; the whole letter for those who have none, such as the head of another class."""
        part, written_at = await self._letters.last_added(complaint.letter)
        told = {
            user
            for number in (complaint.letter, complaint.number)
            for user in await self._letters.recipients(number)
        }
        reporters = {report.reporter for report in complaint.untold}

        async def work(_: Connection) -> None:
            await self._write(
                complaint.letter, Purpose.RECEIVED, reporters_to_tell(picture, complaint.untold)
            )
            if recipients <= told and written_at > milliseconds(self._clock.now()) - HOUR:
                return
            await self._complaints.tell(complaint.untold, part + 1)
            await self._write(complaint.letter, Purpose.ALSO, told - reporters, part + 1)
            await self._write(complaint.number, Purpose.COMPLAINT, recipients - told)

        await transaction(self._database, work)

    # ------------------------------------------------------------ what is answered

    async def _find_replies(self, picture: Picture) -> None:
        chats = await self._letters.chats()
        self._chats = frozenset(chat.room for chat in chats)
        now = self._clock.monotonic()
        everywhere = now >= self._all_chats_at
        hinted, self._hinted = self._hinted, set()
        for chat in chats:
            if everywhere or chat.room in hinted or chat.room in self._failing:
                await self._endure(chat.room, "looking for replies", partial(self._read, picture, chat))
        if everywhere:
            self._all_chats_at = now + ALL_CHATS_EVERY

    async def _read(self, picture: Picture, chat: LetterChat) -> None:
        said = await self._homeserver.said_after(chat.room, chat.seen)

        async def work(_: Connection) -> None:
            for one in said:
                number = await self._letters.replied_to(one)
                if number is not None:
                    await self._answer(picture, number, one)
            if said:
                await self._letters.see(chat, said[-1].event)

        await transaction(self._database, work)

    async def _answer(self, picture: Picture, number: int, said: Said) -> None:
        """Each reply is recorded; the first makes letters, and those are written once."""
        if not await self._letters.answer(number, said):
            return
        actor = picture.person_of.get(said.sender, said.sender)
        await self._ledger.record(actor, "answered a complaint", str(number), said.event)
        reports = [filed.report for one in await self._complaints.in_letter(number) for filed in one.reports]
        await self._write(number, Purpose.ANSWERED, await self._letters.recipients(number))
        await self._write(number, Purpose.CLOSED, reporters_to_tell(picture, reports))

    async def _remind(self) -> None:
        now = self._clock.now()
        if now.astimezone(self._zone).hour not in WAKING_HOURS:
            return
        for number in await self._complaints.unanswered(milliseconds(now) - REMINDED_AFTER):
            recipients = await self._letters.recipients(number)
            await self._write(number, Purpose.REMINDER, recipients)

    # ------------------------------------------------------------ letters

    async def _write(
        self, number: int, purpose: Purpose, recipients: Iterable[UserId], part: int = 0
    ) -> None:
        await self._letters.write(Letter(number, user, purpose, part) for user in recipients)

    async def _send(self, letter: Letter) -> None:
        picture = self._board.picture
        assert picture is not None, "a picture is only ever replaced by a newer one"
        await self._post.send(picture, letter)

    async def _endure(self, what: Letter | RoomId, work: str, do: Callable[[], Awaitable[None]]) -> None:
        """Do it, unless it has failed and its pause is not over yet."""
        failing = self._failing.setdefault(what, _Failing(Troubles(work)))
        if self._clock.monotonic() < failing.until:
            return
        await failing.troubles.endure(do())
        if not failing.troubles.in_a_row:
            del self._failing[what]
        else:
            failing.until = self._clock.monotonic() + pause(
                failing.troubles.in_a_row - 1, EVERY, LONGEST_PAUSE
            )


@dataclass(slots=True)
class _Failing:
    troubles: Troubles
    until: float = -math.inf
