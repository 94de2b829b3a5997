"""A federation of two schools; each test goes on with a copy of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.registrars import Office, school


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office.found(tmp_path_factory.mktemp("template") / "registrars")
    office.release(school(1), school(2))
    return office


@pytest.fixture
def office(template: Office, tmp_path: Path) -> Office:
    return template.copy(tmp_path / "registrars")
