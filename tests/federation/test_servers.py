"""What homeservers say to each other, whoever asks."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from support.federation import Federation

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]


async def test_a_request_signed_by_a_server_that_is_on_no_list_is_refused(together: Federation) -> None:
    north, south, west = (together[name] for name in ("north", "south", "west"))
    path = f"/v1/query/directory?room_alias={quote(f'#nothing:{north.server_name}')}"
    known, unknown = await south.ask(north, "GET", path), await west.ask(north, "GET", path)
    assert (known.status, known.errcode) == (404, "M_NOT_FOUND")
    assert (unknown.status, unknown.errcode) == (403, "M_FORBIDDEN")
