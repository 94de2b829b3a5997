"""One Synapse with the policy module for all these tests, and a view of it for each."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from support.circuit import Circuit, CircuitServer, circuit, circuit_server

from zvonok_appservice.policy import shipped_policy

with warnings.catch_warnings():  # what Synapse's own parts warn each other of
    warnings.simplefilter("ignore")
    import synapse.module_api  # noqa: F401

_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CircuitServer]:
    """The run's closed circuit."""
    async with circuit_server(tmp_path_factory.mktemp("circuit")) as running:
        yield running


@pytest.fixture
async def closed(server: CircuitServer) -> AsyncIterator[Circuit]:
    """The circuit, under the shipped table, with a prefix of the test's own."""
    await server.door.tell(table=shipped_policy(), language="ru")
    async with circuit(server, f"t{next(_numbers):03}_") as view:
        yield view
