"""A school with two classes, on both kinds of database."""

from __future__ import annotations

import pytest
from builders import small_school
from support.linking import LinkedSchool, linked_school

from zvonok_core.db import Database


@pytest.fixture
async def school(database: Database) -> LinkedSchool:
    """Nobody is linked yet."""
    return await linked_school(database, small_school())
