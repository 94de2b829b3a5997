"""Fixtures for all tests: databases of both kinds, schools on a real Synapse.

Servers are started when the first test asks for one, and once for a run.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path, PurePath
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import settings
from support.leftovers import Leftovers
from support.postgres import Postgres, running_postgres
from support.schools import HostedSchool, HostedSchools, hosted_school, hosted_schools

from zvonok_appservice.bootstrap import bootstrap
from zvonok_appservice.store.migrations import upgrades
from zvonok_core.db import Database, open_database

# The same examples at every run: a red test is about the change. To look for more, run
# pytest with --hypothesis-profile=default.
settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.load_profile("repeatable")

SCHOOLS = 10
"""On one Synapse; when they are used up, the next one is started."""
TOGETHER = ("tests/demo/", "tests/federation/")
"""Folders with fixtures of a session or a package that take long."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n`, a worker gets all tests of a file, or of a folder whose tests share what takes
    long to set up."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFixtures(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return str(PurePath(file).parent) if file.startswith(TOGETHER) else file

    return ByFixtures(config, log)


@pytest.fixture(scope="session", autouse=True)
def leftovers() -> Iterator[Leftovers]:
    """Fails the run, with the last test in it, where something is still running in the end."""
    watching = Leftovers()
    yield watching
    left = watching.found()
    assert not left, "\n".join(["tests have left behind:", *left])


@pytest.fixture(autouse=True)
def watched(request: pytest.FixtureRequest, leftovers: Leftovers) -> Iterator[None]:
    """Lets what is left be told by its test."""
    yield
    leftovers.look(request.node.nodeid)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'zvonok.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = await server.new_database()
    yield url
    await server.drop_database(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The appservice's database, migrated, of each kind in turn."""
    async with open_database(database_url, upgrades) as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def schools(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HostedSchools]:
    """The run's Synapse, with a school for each test."""
    async with hosted_schools(tmp_path_factory.mktemp("schools"), SCHOOLS) as running:
        yield running


@pytest.fixture
async def new_school(schools: HostedSchools, tmp_path: Path) -> AsyncIterator[HostedSchool]:
    """A school of the test's own, before its appservice's first start."""
    async with hosted_school(schools, tmp_path) as school:
        yield school


@pytest.fixture
async def school(new_school: HostedSchool) -> HostedSchool:
    """A school of the test's own, ready to be filled."""
    await bootstrap(new_school.homeserver, new_school.config)
    return new_school


@pytest.fixture
async def own_schools(tmp_path: Path) -> AsyncIterator[HostedSchools]:
    """A Synapse of the test's own, to be stopped, killed and started again."""
    async with hosted_schools(tmp_path / "own", 1) as running:
        yield running
