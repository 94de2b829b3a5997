"""The daily message to class heads: who is still missing."""

from __future__ import annotations

import logging
from datetime import date

from zvonok_appservice.linking import Linking
from zvonok_appservice.register import Entry, Register, registers
from zvonok_core.errors import PermanentError, TemporaryError, UserError
from zvonok_core.ids import PersonId
from zvonok_core.text import Text, ntext, text

log = logging.getLogger(__name__)

_ACTION = "told who is missing"
_LATE_HOURS = 4
"""A message that was missed is caught up for so long, so that nobody gets it at night."""


class Digest:
    """Sends each class head at most one message a day."""

    def __init__(self, linking: Linking) -> None:
        self._linking = linking
        self._done: date | None = None

    async def run(self) -> int:
        """Send what is due now; the loop calls this every few minutes. Returns how many
        messages went out. Who was told is in the audit, so a restart tells nobody twice;
        a head who can't be reached is tried again at the next call."""
        config = self._linking.config
        local = self._linking.clock.now().astimezone(config.school.time_zone)
        hour = config.activation.digest_hour
        if hour < 0 or not hour <= local.hour < hour + _LATE_HOURS or self._done == local.date():
            return 0
        day = local.date()
        told = {e.subject for e in await self._linking.ledger.entries() if e.detail == f"{_ACTION} {day}"}
        sent, complete = 0, True
        for person in await self._heads():
            if person in told:
                continue
            try:
                sent += await self._tell(person, day)
            except UserError:
                continue  # a class head who is locked hears nothing
            except (TemporaryError, PermanentError) as error:
                complete = complete and isinstance(error, PermanentError)
                log.warning("A class head could not be told who is missing: %s", error)
        if complete:
            self._done = day
        return sent

    async def _heads(self) -> list[PersonId]:
        today = self._linking.picture().today
        heads = {row.teacher for rows in today.homerooms_of_class.values() for row in rows}
        known = await self._linking.people.all()
        return sorted(p for p in heads if p in known and known[p].linked_at is not None)

    async def _tell(self, person: PersonId, day: date) -> bool:
        linking = self._linking
        today = linking.picture().today
        own = [c for c, rows in today.homerooms_of_class.items() if any(r.teacher == person for r in rows)]
        missing = [register for register in await registers(linking, own) if _incomplete(register)]
        if not missing:
            return False
        link = f"{linking.config.appservice.public_url.rstrip('/')}/class"
        parts = [*map(self._class, missing), self._say(text("The list, and new cards: {link}", link=link))]
        room = await linking.homeserver.direct_room(linking.account(person).user)
        await linking.homeserver.send_text(room, "\n\n".join(parts), f"missing-{day}-{person}")
        await linking.ledger.record("zvonok", "told", person, f"{_ACTION} {day}")
        return True

    def _class(self, register: Register) -> str:
        students = [entry.name for entry in register.students if not entry.linked]
        guardians = [entry.name for entry in register.guardians if not entry.linked]
        lines = [
            text(
                "{class_}: activated are {students}, {guardians}.",
                class_=register.title,
                students=_students(register.students),
                guardians=_guardians(register.guardians),
            )
        ]
        if students:
            lines.append(text("Students still missing: {names}.", names=", ".join(students)))
        if guardians:
            lines.append(text("Parents still missing: {names}.", names=", ".join(guardians)))
        return "\n".join(map(self._say, lines))

    def _say(self, message: Text) -> str:
        return self._linking.catalogs.say(message, self._linking.config.school.language)


def _incomplete(register: Register) -> bool:
    return any(not entry.linked for entry in register.students + register.guardians)


def _linked(entries: tuple[Entry, ...]) -> int:
    return sum(entry.linked for entry in entries)


def _students(entries: tuple[Entry, ...]) -> Text:
    return ntext("{linked} of {n} student", "{linked} of {n} students", len(entries), linked=_linked(entries))


def _guardians(entries: tuple[Entry, ...]) -> Text:
    return ntext("{linked} of {n} parent", "{linked} of {n} parents", len(entries), linked=_linked(entries))
