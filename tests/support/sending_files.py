"""Files that people send from real clients: stored first, then said in a message."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote

from support.bots import Chatter
from support.matrix import Client
from zvonok_core.ids import RoomId


async def stored(client: Client, data: bytes, name: str, mimetype: str) -> str:
    """Upload a file; returns its mxc:// address."""
    url = f"{client.address}/_matrix/media/v3/upload?filename={quote(name)}"
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": mimetype}
    async with client.session.post(url, data=io.BytesIO(data), headers=headers) as response:
        assert response.status == 200, await response.text()
        return str((await response.json())["content_uri"])


async def sends_file(
    chatter: Chatter, name: str, data: bytes, mimetype: str, kind: str = "file", **content: Any
) -> str:
    """Send a file as clients do; returns the event's id."""
    address = await stored(chatter.client, data, name, mimetype)
    info = {"mimetype": mimetype, "size": len(data)}
    described = {"msgtype": f"m.{kind}", "body": name, "filename": name, "url": address, "info": info}
    path = f"/v3/rooms/{quote(chatter.room)}/send/m.room.message"
    answer = await chatter.client.call("POST", path, {**described, **content})
    assert answer.ok, answer
    return str(answer.body["event_id"])


async def downloaded(client: Client, address: str) -> bytes:
    """A stored file, whole."""
    url = f"{client.address}/_matrix/client/v1/media/download/{address.removeprefix('mxc://')}"
    async with client.session.get(url, headers={"Authorization": f"Bearer {client.token}"}) as response:
        assert response.status == 200, await response.text()
        return await response.read()


async def alone_with(client: Client, bot: str) -> Chatter:
    """A direct chat that somebody has begun with the bot."""
    request = {"preset": "trusted_private_chat", "is_direct": True, "invite": [bot]}
    made = await client.call("POST", "/v3/createRoom", request)
    assert made.ok, made
    return Chatter(client, RoomId(made.body["room_id"]))
