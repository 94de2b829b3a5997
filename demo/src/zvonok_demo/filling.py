"""From started to full: the people get their accounts, the rooms their members."""

from __future__ import annotations

import time
from collections.abc import Callable

from zvonok_appservice.reconcile.model import Membership
from zvonok_core.errors import UserError
from zvonok_core.ids import PersonId
from zvonok_core.text import text
from zvonok_demo.progress import Voice
from zvonok_demo.running import Demo

PATIENCE_SECONDS = 300.0
"""Many times what it takes, for a slow disk."""


async def fill(demo: Demo, voice: Voice) -> None:
    """Return once everybody of the cast is in all their rooms. Raises UserError where the
    journal can't be taken, or where it takes for ever."""
    with voice.step(text("Reading the journal")):
        await _until(demo, lambda: demo.app.board.picture is not None)
    with voice.step(text("Making accounts")) as step:
        people = [PersonId(person) for person in demo.cast.values()]
        present = [person for person in people if person in demo.picture.today.snapshot.people]
        await demo.logins.activate(present, lambda n, of: step.show(f"{n}/{of}"))
        demo.app.reconciler.wake()
    with voice.step(text("Filling the rooms")) as step:

        def full() -> bool:
            joined, due = places(demo)
            step.show(f"{joined}/{due}")
            return joined == due and demo.settled

        await _until(demo, full)
    demo.ready = True


def places(demo: Demo) -> tuple[int, int]:
    """How many places in rooms are taken by those who ought to have them, and how many
    there are for people with an account."""
    picture = demo.picture
    joined = due = 0
    for key, desired in picture.desired.rooms.items():
        actual = picture.actual.rooms.get(key)
        due += len(desired.members)
        if actual is not None:
            joined += sum(actual.members.get(user) is Membership.JOIN for user in desired.members)
    return joined, due


async def _until(demo: Demo, done: Callable[[], bool]) -> None:
    board = demo.app.board
    deadline = time.monotonic() + PATIENCE_SECONDS
    revision = board.revision
    while not done():
        if time.monotonic() > deadline:
            raise UserError(
                text(
                    "This takes too long; {log} says why. Stop the demo and start again.", log=demo.folder.log
                )
            )
        await board.newer_than(revision, timeout=0.5)
        revision = board.revision
