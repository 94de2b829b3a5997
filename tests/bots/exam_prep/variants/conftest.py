"""A class of three with their teacher, and four tasks in physics."""

from __future__ import annotations

import pytest
from support.bringing import bring
from support.variants import FOUR

from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom


@pytest.fixture
def room(talk: Talk) -> TalkRoom:
    return talk.room("9А. Физика", kind="subject")


@pytest.fixture
async def vera(room: TalkRoom) -> TalkPerson:
    """Another student, in the direct chat."""
    return await room.enter("Ёлкина Вера Олеговна, ученица").writes_directly()


@pytest.fixture
async def four(talk: Talk) -> None:
    """A number, a word, a choice and an open answer; together six points."""
    await bring(talk, *FOUR)
