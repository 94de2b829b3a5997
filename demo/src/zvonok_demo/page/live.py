"""What the page shows and how it changes: plain data for the browser, in one language.

While rooms are being filled the appservice's picture is as old as its last look; the
homeserver's own list of rooms, which is one request, has the newest counts.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from zvonok_appservice.introductions import in_order, introduction
from zvonok_appservice.letters import select
from zvonok_appservice.linking import needs_consent
from zvonok_appservice.mautrix_homeserver.wire import ADMIN
from zvonok_appservice.reconcile.model import RoomKey
from zvonok_appservice.reconcile.names import full_name
from zvonok_appservice.views import Directory, name_of_key
from zvonok_core.directory import Branch
from zvonok_core.errors import ZvonokError
from zvonok_core.ids import PersonId
from zvonok_core.text import Text
from zvonok_demo.cast import MAIN
from zvonok_demo.morning import Line, Morning
from zvonok_demo.report import rooms_first
from zvonok_demo.running import Demo

FRESH_SECONDS = 0.8
"""How old counts may be before the homeserver is asked again."""


class Live:
    """Views of the running demo, each as JSON types."""

    def __init__(self, demo: Demo, morning: Morning) -> None:
        self._demo = demo
        self._morning = morning
        self._counts: Mapping[str, int] = {}
        self._counted_at = -FRESH_SECONDS

    async def everything(self, language: str) -> dict[str, Any]:
        """By the name of the event that carries it."""
        rooms = await self.rooms()
        return {
            "status": self._status(),
            "rooms": rooms,
            "people": self.people(language),
            "waiting": await self.waiting(language),
            "morning": {
                "playing": self._morning.playing,
                "lines": [self._line(line, language) for line in self._morning.lines],
            },
        }

    # ------------------------------------------------------------ rooms

    async def rooms(self) -> list[dict[str, Any]]:
        """The tree: spaces, what hangs in them, how many are there of how many."""
        if self._demo.app.board.picture is None:
            return []
        await self._count()
        tree = Directory(self._demo.picture, self._demo.catalogs).tree()
        return [self._branch(branch) for branch in tree]

    def _branch(self, branch: Branch) -> dict[str, Any]:
        room = branch.room
        return {
            "key": room.key,
            "name": room.name,
            "space": room.space,
            "there": room.key in self._counts or room.room is not None,
            "joined": room.joined if (seen := self._joined(room.key)) is None else seen,
            "due": room.due,
            "children": [self._branch(child) for child in rooms_first(branch.children)],
        }

    async def _count(self) -> None:
        if time.monotonic() - self._counted_at < FRESH_SECONDS:
            return
        self._counted_at = time.monotonic()
        prefix = "#" + self._demo.app.config.appservice.alias_prefix
        try:
            listed = await self._demo.app.homeserver.wire.get(ADMIN.v1.rooms, {"limit": "500"})
        except ZvonokError:
            return  # the last counts stand until it is back
        self._counts = {
            alias.removeprefix(prefix).partition(":")[0]: room["joined_members"]
            for room in listed["rooms"]
            if (alias := room["canonical_alias"] or "").startswith(prefix)
        }

    def _status(self) -> dict[str, Any]:
        """How far filling is: places taken, and places for people with an account."""
        joined = due = 0
        if self._demo.app.board.picture is not None:
            for key, room in self._demo.picture.desired.rooms.items():
                due += len(room.members)
                joined += min(len(room.members), self._joined(name_of_key(key)) or 0)
        return {"ready": self._demo.ready, "joined": joined, "due": due}

    def _joined(self, name: str) -> int | None:
        """The people in a room; its creator, who is in every one, is none of them."""
        return max(0, self._counts[name] - 1) if name in self._counts else None

    def key(self, name: str) -> RoomKey | None:
        """The room that `rooms` called so."""
        return next((key for key in self._demo.picture.desired.rooms if name_of_key(key) == name), None)

    # ------------------------------------------------------------ people

    def people(self, language: str) -> list[dict[str, Any]]:
        """Everybody whose password is known, the six who are printed first."""
        if self._demo.app.board.picture is None:
            return []
        main = [self._demo.person(part) for part in MAIN]
        known = self._demo.logins.known
        order = [*main, *(person for person in known if person not in main)]
        return [
            self._introduced(person, language)
            | {"user": known[person].name, "password": known[person].password, "main": person in main}
            for person in order
            if person in known and person in self._demo.picture.today.snapshot.people
        ]

    async def waiting(self, language: str) -> list[dict[str, Any]]:
        """Everybody who could be activated and is not, as a register lists them; `ready`
        is false for a child whose parents have not consented yet."""
        if not self._demo.ready:
            return []
        picture = self._demo.picture
        consented = await self._demo.app.linking.consents.children()
        below = self._demo.app.config.activation.consent_below_grade
        return [
            self._introduced(person, language)
            | {"ready": person in consented or not needs_consent(picture.today, person, below)}
            for person in in_order(picture.today, select(picture))
            if not picture.given.accounts[person].linked
        ]

    def _introduced(self, person: PersonId, language: str) -> dict[str, Any]:
        today = self._demo.picture.today
        return {
            "id": person,
            "name": full_name(today.snapshot.people[person]),
            "who": self._say(introduction(today, person), language),
        }

    def why(self, person: PersonId, key: RoomKey, language: str) -> dict[str, Any]:
        """Whether and why somebody belongs in a room. Raises KeyError where there is nobody."""
        picture = self._demo.picture
        user = picture.given.accounts[person].user
        view = Directory(picture, self._demo.catalogs).why(user, key, language)
        assert view is not None
        return {"due": view.due, "level": view.level, "reasons": [reason.text for reason in view.reasons]}

    # ------------------------------------------------------------ words

    def _line(self, line: Line, language: str) -> dict[str, Any]:
        return {
            "kind": line.kind.value,
            "time": line.time,
            "who": line.who,
            "room": line.room,
            "text": self._say(line.text, language),
        }

    def _say(self, message: Text | str, language: str) -> str:
        return self._demo.catalogs.say(message, language)
