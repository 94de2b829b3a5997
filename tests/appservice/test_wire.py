"""What is tried again, for how long, and what is said when it fails: against a homeserver
that answers as the test wants."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from zvonok_appservice.mautrix_homeserver.wire import CLIENT, Wire
from zvonok_core.errors import PermanentError, TemporaryError


@dataclass
class Scripted:
    """Answers with the next of `answers`; with 200 when there are none left."""

    answers: list[web.Response | None] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.read())
        self.tokens.append(request.headers.get("Authorization"))
        answer = self.answers.pop(0) if self.answers else web.json_response({"fine": True})
        if answer is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return answer


@pytest.fixture
def homeserver() -> Scripted:
    return Scripted()


@pytest.fixture
async def address(homeserver: Scripted) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", homeserver.handle)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


def refusal(status: int, code: str, **more: object) -> web.Response:
    return web.json_response({"errcode": code, "error": "no", **more}, status=status)


@pytest.mark.parametrize(
    "first",
    [
        refusal(429, "M_LIMIT_EXCEEDED", retry_after_ms=20),
        refusal(429, "M_LIMIT_EXCEEDED"),
        refusal(500, "M_UNKNOWN"),
        web.Response(status=502, text="<html>bad gateway</html>"),
        None,
    ],
    ids=["429 with a time", "429 without", "500", "502 of a proxy", "connection cut"],
)
async def test_what_may_pass_is_tried_again_with_the_same_body(
    homeserver: Scripted, address: str, first: web.Response | None
) -> None:
    homeserver.answers = [first]
    async with Wire.open(address, "token") as wire:
        assert await wire.put(CLIENT.v3.thing, {"a": 1}) == {"fine": True}
        assert wire.requests_written == 1
    assert homeserver.bodies == [b'{"a": 1}'] * 2


async def test_a_long_rate_limit_is_told_at_once(homeserver: Scripted, address: str) -> None:
    homeserver.answers = [refusal(429, "M_LIMIT_EXCEEDED", retry_after_ms=20_000)]
    async with Wire.open(address, "token") as wire:
        with pytest.raises(TemporaryError) as raised:
            await wire.get(CLIENT.v3.thing)
    assert raised.value.retry_after == 20
    assert len(homeserver.bodies) == 1


async def test_patience_has_an_end(homeserver: Scripted, address: str) -> None:
    homeserver.answers = [refusal(500, "M_UNKNOWN") for _ in range(20)]
    async with Wire.open(address, "token", patience=0.5) as wire:
        with pytest.raises(TemporaryError):
            await wire.get(CLIENT.v3.thing)
    assert 1 < len(homeserver.bodies) < 6


async def test_a_refusal_is_not_repeated_and_keeps_its_code(homeserver: Scripted, address: str) -> None:
    homeserver.answers = [refusal(403, "M_FORBIDDEN"), refusal(400, "ORG_SOMETHING_NEW")]
    async with Wire.open(address, "token") as wire:
        for code in ("M_FORBIDDEN", "ORG_SOMETHING_NEW"):
            with pytest.raises(PermanentError) as raised:
                await wire.get(CLIENT.v3.thing)
            assert raised.value.code == code
    assert len(homeserver.bodies) == 2


async def test_while_the_homeserver_is_away_requests_fail_fast_and_it_is_said_once(
    homeserver: Scripted, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    gone = [web.Response(status=503) for _ in range(20)]
    homeserver.answers = list(gone)
    async with Wire.open(address, "token", patience=0.1) as wire:
        with caplog.at_level(logging.WARNING):
            for _ in range(5):
                with pytest.raises(TemporaryError):
                    await wire.get(CLIENT.v3.thing)
            asked = len(homeserver.bodies)
            with pytest.raises(TemporaryError):
                await wire.get(CLIENT.v3.thing)
            assert len(homeserver.bodies) == asked + 1, "once, without a second try"
            homeserver.answers.clear()
            for _ in range(2):
                await wire.get(CLIENT.v3.thing)
    assert [record.message for record in caplog.records] == [
        "the homeserver is away (503)",
        "the homeserver is back",
    ]


async def test_nobody_listening_is_temporary(unused_tcp_port: int) -> None:
    async with Wire.open(f"http://127.0.0.1:{unused_tcp_port}", "token", patience=0.1) as wire:
        with pytest.raises(TemporaryError):
            await wire.get(CLIENT.v3.thing)


async def test_another_token_goes_over_the_same_connections(homeserver: Scripted, address: str) -> None:
    async with Wire.open(address, "token") as wire:
        await wire.as_other("other").post(CLIENT.v3.thing, {})
        await wire.as_other("").delete(CLIENT.v3.thing)
        assert wire.requests_written == 0
    assert homeserver.tokens == ["Bearer other", None]


async def test_no_body_and_no_token_is_logged(
    homeserver: Scripted, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with Wire.open(address, "very-secret") as wire:
        with caplog.at_level(logging.DEBUG):
            await wire.put(CLIENT.v3.thing, {"displayname": "Иванова Мария"})
    said = " ".join(f"{record.message} {record.__dict__}" for record in caplog.records)
    assert "thing" in said
    assert "Иванова" not in said
    assert "\\u0418" not in said
    assert "very-secret" not in said
