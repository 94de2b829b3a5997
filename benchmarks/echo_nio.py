"""The bot of `bench_botkit.py` as nio's examples have it: `echo_nio.py ADDRESS USER FOLDER`."""

from __future__ import annotations

import asyncio
import sys

from nio import AsyncClient, MatrixRoom, RoomMessageText


async def main(address: str, user: str) -> None:
    client = AsyncClient(address, user)
    await client.login("Зонт-на-гвозде-7")

    async def answer(room: MatrixRoom, event: RoomMessageText) -> None:
        if event.sender == user or not event.body.startswith("!эхо "):
            return
        content = {
            "msgtype": "m.text",
            "body": event.body.removeprefix("!эхо ") + "!",
            "m.mentions": {"user_ids": [event.sender]},
            "m.relates_to": {"m.in_reply_to": {"event_id": event.event_id}},
        }
        await client.room_send(room.room_id, "m.room.message", content)

    for room in (await client.sync()).rooms.invite:
        await client.join(room)
    client.add_event_callback(answer, RoomMessageText)
    await client.sync_forever(30_000)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
