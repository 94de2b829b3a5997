"""GET /v1/facts: everything at first, then what changes, as soon as it does."""

from __future__ import annotations

import asyncio
import time

from builders import picture_of, small_school, user

from zvonok_appservice.facts import facts_of
from zvonok_appservice.picture import Picture
from zvonok_appservice.policy import shipped_policy
from zvonok_core.access import read_facts

from .conftest import SENDER, Site, bearer


async def test_the_first_answer_has_everything(site: Site, picture: Picture) -> None:
    status, answer = await site.get("/v1/facts")
    assert status == 200
    assert answer["since"] is None
    assert read_facts(answer) == facts_of(picture, SENDER, shipped_policy(), answer["revision"])


async def test_when_nothing_is_new_the_answer_is_empty_when_the_time_is_up(site: Site) -> None:
    _, known = await site.get("/v1/facts")
    parameters = {"since": known["revision"], "timeout": "0"}
    async with site.client.get("/v1/facts", params=parameters, headers=bearer()) as response:
        assert (response.status, await response.read()) == (304, b"")


async def test_who_waits_is_told_of_an_activation_as_soon_as_there_is_one(
    site: Site, picture: Picture
) -> None:
    snapshot = small_school().snapshot()
    await site.board.hang(picture_of(snapshot, linked=set(snapshot.people) - {"petrov"}))
    _, known = await site.get("/v1/facts")
    waiting = asyncio.ensure_future(site.get("/v1/facts", since=known["revision"], timeout="50"))
    await asyncio.wait({waiting}, timeout=0.1)
    assert not waiting.done()
    started = time.monotonic()
    await site.board.hang(picture_of(snapshot, linked=set(snapshot.people) - {"petrov"}))
    await site.board.hang(picture)
    status, news = await waiting
    assert time.monotonic() - started < 10
    assert (status, news["since"]) == (200, known["revision"])
    assert list(news["people"]) == [user("petrov")]
    assert read_facts(news, read_facts(known)).people[user("petrov")].linked


async def test_an_unknown_revision_gets_everything_and_a_wrong_timeout_a_sentence(site: Site) -> None:
    status, answer = await site.get("/v1/facts", since="of-another-boot")
    assert (status, answer["since"]) == (200, None)
    status, answer = await site.get("/v1/facts", timeout="ever")
    assert status == 400
    assert "timeout" in answer["error"]


async def test_a_bug_in_the_policy_module_is_written_into_the_audit(site: Site) -> None:
    incident = {"callback": "user_may_invite", "number": "0badcafe"}
    async with site.client.post("/v1/incidents", json=incident, headers=bearer()) as response:
        assert response.status == 204
    (entry,) = await site.ledger.entries()
    assert (entry.actor, entry.action) == ("polls", "bug")
    assert (entry.subject, entry.detail) == ("user_may_invite", "0badcafe")

    status, _ = await site.post("/v1/incidents", {"callback": "user_may_invite"})
    assert status == 400
    assert len(await site.ledger.entries()) == 1
