"""Chats that people make in a test of the closed circuit, and refusals that people can read."""

from __future__ import annotations

from typing import Any

from support.circuit import Somebody
from support.matrix import Answer
from zvonok_core.ids import RoomId

MEGOLM = {"algorithm": "m.megolm.v1.aes-sha2"}


def refused(answer: Answer, *words: str) -> None:
    """Refused, with a sentence for people."""
    assert (answer.status, answer.errcode) == (403, "M_FORBIDDEN"), answer
    for word in words:
        assert word in answer.body["error"], answer


async def chat(one: Somebody, *others: Somebody) -> str:
    """A direct chat that everybody is in."""
    answer = await one.chat_with(*others)
    assert answer.ok, answer
    for other in others:
        assert (await other.join(answer.body["room_id"])).ok
    return str(answer.body["room_id"])


async def group(one: Somebody, *others: Somebody) -> str:
    """A group chat that everybody is in."""
    answer = await one.group_with(*others)
    assert answer.ok, answer
    for other in others:
        assert (await other.join(answer.body["room_id"])).ok
    return str(answer.body["room_id"])


async def state(somebody: Somebody, room: str) -> dict[str, Any]:
    return {event["type"]: event["content"] for event in await somebody.client.state(RoomId(room))}
