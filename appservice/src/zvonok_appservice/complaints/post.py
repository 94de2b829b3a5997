"""Sends the letters that complaints make. What each says is read anew when it goes out."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from zvonok_appservice.complaints import wording
from zvonok_appservice.complaints.model import Report
from zvonok_appservice.complaints.people import introduced, managed_room, offices, reachable
from zvonok_appservice.complaints.quoting import within_a_line
from zvonok_appservice.homeserver import Homeserver
from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.model import ActualRoom, Membership
from zvonok_appservice.store.complaints import Complaint, Complaints
from zvonok_appservice.store.letters import Letter, Letters, Purpose
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_core.roles import Role
from zvonok_core.text import Catalogs, Text

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Post:
    """Writes letters by the picture of the moment, in the school's language."""

    homeserver: Homeserver
    catalogs: Catalogs
    complaints: Complaints
    letters: Letters
    language: str
    zone: ZoneInfo

    async def send(self, picture: Picture, letter: Letter) -> None:
        """Send a letter, or drop it where its recipient can't be told any more."""
        if picture.person_of.get(letter.recipient) not in reachable(picture):
            await self._drop(letter)
            return
        lines = await self._lines(picture, letter)
        body = "\n".join(self.catalogs.say(line, self.language) for line in lines)
        room = await self.homeserver.direct_room(letter.recipient)
        event = await self.homeserver.send_text(room, body, letter.transaction, await self._first(letter))
        await self.letters.told(letter, room, event)

    async def _drop(self, letter: Letter) -> None:
        log.warning("complaint %d: %s is out of reach", letter.complaint, letter.recipient)
        await self.letters.drop(letter)
        if letter.purpose is Purpose.COMPLAINT and not await self.letters.recipients(letter.complaint):
            await self.complaints.readdress(letter.complaint)

    async def _first(self, letter: Letter) -> EventId | None:
        """The complaint's letter to the same person: further ones are replies to it."""
        for sent in await self.letters.sent(letter.complaint):
            if sent.letter.recipient == letter.recipient and sent.letter.purpose is Purpose.COMPLAINT:
                return sent.event
        return None

    # ------------------------------------------------------------ what they say

    async def _lines(self, picture: Picture, letter: Letter) -> wording.Lines:
        number = letter.complaint
        match letter.purpose:
            case Purpose.COMPLAINT:
                return await self._complaint(picture, letter)
            case Purpose.ALSO:
                return await self._also(picture, letter)
            case Purpose.REMINDER:
                return wording.reminder(number)
            case Purpose.ANSWERED:
                first = next(answer for answer in await self.letters.answers() if answer.complaint == number)
                if first.recipient == letter.recipient:
                    return wording.noted(number)
                return wording.answered(number, introduced(picture, first.recipient))
            case Purpose.RECEIVED:
                people = [picture.person_of.get(user) for user in await self.letters.recipients(number)]
                person = picture.person_of[letter.recipient]
                child = picture.today.has_role(person, Role.STUDENT)
                return wording.received(offices(picture, people), child=child)
            case Purpose.CLOSED:
                reports = [
                    filed.report for c in await self.complaints.in_letter(number) for filed in c.reports
                ]
                own = min(r.received_at for r in reports if r.reporter == letter.recipient)
                return wording.closed(own, self.zone)

    async def _complaint(self, picture: Picture, letter: Letter) -> wording.Lines:
        complaints = await self.complaints.in_letter(letter.complaint)
        if len(complaints) > 1:
            listed = complaints[: wording.MOST_LISTED]
            cases = [await self._case(picture, complaint, letter.recipient) for complaint in listed]
            return wording.several(cases, len(complaints))
        case = await self._case(picture, complaints[0], letter.recipient)
        others = [
            user for user in await self.letters.recipients(letter.complaint) if user != letter.recipient
        ]
        return wording.complaint(case, [introduced(picture, user) for user in others], self.zone)

    async def _also(self, picture: Picture, letter: Letter) -> wording.Lines:
        more = [
            (complaint.number, filed.report)
            for complaint in await self.complaints.in_letter(letter.complaint)
            for filed in complaint.reports
            if filed.told_in == letter.part
        ]
        return wording.also(
            [
                (number, introduced(picture, report.reporter), await self._reason(report))
                for number, report in more
            ]
        )

    async def _case(self, picture: Picture, complaint: Complaint, reader: UserId) -> wording.Case:
        about = complaint.about
        told = [filed.report for filed in complaint.reports if filed.told_in is not None]
        reasons = [await self._reason(report) for report in told]
        room = managed_room(picture, about.room)
        return wording.Case(
            number=complaint.number,
            reporters=tuple(introduced(picture, report.reporter) for report in told),
            reasons=tuple(reason for reason in reasons if reason),
            author=introduced(picture, about.author) if about.author is not None else None,
            chat=await self._chat(room, about.room) if about.room is not None else None,
            about=about,
            reported=await self.homeserver.reported(about),
            within_reach=room is not None and room.members.get(reader) is Membership.JOIN,
        )

    async def _reason(self, report: Report) -> str:
        return within_a_line((await self.homeserver.reported(report)).reason)

    async def _chat(self, managed: ActualRoom | None, room: RoomId) -> Text:
        if managed is not None:
            return wording.managed(managed.name)
        return wording.unmanaged(await self.homeserver.chat(room))
