"""The demo's people get accounts, and their first passwords are remembered for the page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from zvonok_appservice.app import App
from zvonok_appservice.issuing import activate
from zvonok_core.ids import PersonId, UserId
from zvonok_demo.folder import DataFolder
from zvonok_demo.phones import Login

FILE = "passwords.json"
AT_ONCE = 4
"""Accounts that are made at the same time: hashing passwords is what takes long."""


class Logins:
    """`known` maps people to their logins, in the order in which they were activated."""

    def __init__(self, folder: DataFolder, app: App) -> None:
        self._folder = folder
        self._app = app
        self.known: dict[PersonId, Login] = {
            PersonId(person): Login(PersonId(person), UserId(entry["user"]), entry["password"])
            for person, entry in folder.read_private(FILE).items()
        }

    async def activate(self, people: Iterable[PersonId], done: Callable[[int, int], None]) -> None:
        """Give an account to each of `people` who has none whose password is known.
        `done` is told how many of how many are ready.

        The password is remembered after the account was made: if the demo is cut short in
        between, the next run makes another.
        """
        linked = await self._app.people.all()
        waiting = [
            person for person in people if person not in self.known or linked[person].linked_at is None
        ]
        gate = asyncio.Semaphore(AT_ONCE)
        ready = 0

        async def one(person: PersonId) -> None:
            nonlocal ready
            async with gate:
                await self._activate(person)
            ready += 1
            done(ready, len(waiting))

        async with asyncio.TaskGroup() as group:
            for person in waiting:
                group.create_task(one(person))

    async def _activate(self, person: PersonId) -> None:
        outcome = await activate(self._app.linking, [person], "demo", consent_on_paper=True)
        for made in outcome.passwords:
            user = self._app.homeserver.user_id(made.user)
            self.known[person] = Login(person, user, made.password)
        self._folder.write_private(
            FILE,
            {login.person: {"user": login.user, "password": login.password} for login in self.known.values()},
        )
        await self._app.reconciler.settle(person)
