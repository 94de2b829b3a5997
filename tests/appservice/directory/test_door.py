"""Nothing under /v1 is answered without a token, and every answer is JSON."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from builders import user

from .conftest import TOKENS, Site, bearer

PATHS = ["/v1/rooms", "/v1/people/x", "/v1/why", "/v1/changes", "/v1/openapi.json", "/v1/nowhere", "/metrics"]
WRONG = {
    "none": {},
    "a wrong one": bearer("token-of-the-poll"),
    "an empty one": {"Authorization": "Bearer "},
    "nothing but the scheme": {"Authorization": "Bearer"},
    "another scheme": {"Authorization": f"Basic {TOKENS['polls']}"},
    "a scheme of our own": {"Authorization": f"Token {TOKENS['polls']}"},
    "no scheme": {"Authorization": TOKENS["polls"]},
    "not ASCII": {"Authorization": "Bearer ключ"},
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("path", PATHS)
async def test_without_a_right_token_every_path_answers_alike(
    site: Site, path: str, headers: dict[str, str]
) -> None:
    async with site.client.get(path, headers=headers) as response:
        assert response.status == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert await response.json() == {"error": "A bearer token is needed."}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_the_token_comes_before_method_and_body(site: Site, method: str) -> None:
    async with site.client.request(method, "/v1/rooms", data=b"x" * 100_000) as response:
        assert response.status == 401


@pytest.mark.parametrize("token", TOKENS.values())
async def test_every_consumer_has_a_token_of_its_own(site: Site, token: str) -> None:
    async with site.client.get("/v1/rooms", headers=bearer(token)) as response:
        assert response.status == 200


async def test_the_scheme_is_taken_in_any_case(site: Site) -> None:
    headers = {"Authorization": f"bearer {TOKENS['pages']}"}
    async with site.client.get("/v1/rooms", headers=headers) as response:
        assert response.status == 200


async def test_unknown_paths_and_methods_get_a_sentence(site: Site) -> None:
    assert await site.get("/v1/nowhere") == (404, {"error": "Not Found: GET /v1/nowhere"})
    async with site.client.delete("/v1/rooms", headers=bearer()) as response:
        assert response.status == 405
        assert response.headers["Allow"] == "GET,HEAD"
        assert await response.json() == {"error": "Method Not Allowed: DELETE /v1/rooms"}


async def test_before_the_first_look_it_asks_to_come_again(empty_site: Site) -> None:
    for path in ("/v1/rooms", "/v1/changes", f"/v1/people/{user('petrov')}"):
        async with empty_site.client.get(path, headers=bearer()) as response:
            assert response.status == 503
            assert response.headers["Retry-After"] == "5"
            assert "not looked" in (await response.json())["error"]


async def test_health_needs_no_token_and_tells_nothing(empty_site: Site, site: Site) -> None:
    async with site.client.get("/health") as response:
        assert (response.status, await response.json()) == (200, {"status": "ok"})
    site.board.picture = None
    async with site.client.get("/health") as response:
        assert (response.status, await response.json()) == (503, {"status": "starting"})


async def test_a_bug_gets_a_number_that_the_log_has_too(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    not_a_picture: Any = "not a picture"
    site.board.picture = not_a_picture
    with caplog.at_level(logging.ERROR):
        status, answer = await site.get("/v1/rooms")
    assert status == 500
    number = answer["error"].split()[-1].rstrip(".")
    (record,) = caplog.records
    assert f"bug {number} in answering polls" in record.getMessage()
    assert TOKENS["polls"] not in caplog.text
