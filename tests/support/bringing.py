"""Tasks in a school's collection, without the conversation that brings them there."""

from __future__ import annotations

from collections.abc import Sequence

from zvonok_botkit.testing import Talk
from zvonok_core.clock import milliseconds
from zvonok_core.db import transaction
from zvonok_core.ids import UserId
from zvonok_exam_prep.collection.store import TaskStore
from zvonok_exam_prep.items import Item

TEACHER = UserId("@anna:school.test")


async def bring(
    talk: Talk, *tasks: Item, by: UserId = TEACHER, owner: str = "", file: str = "задания.yaml"
) -> int:
    """Let the school have these; returns the number of the import."""
    at = milliseconds(talk.clock.now())
    return await transaction(
        talk.program.database,
        lambda db: TaskStore(db).add(tasks, file=file, by=by, owner=owner, at=at),
    )


def words(said: Sequence[str]) -> str:
    """All that was said, as one text."""
    return "\n".join(said)
