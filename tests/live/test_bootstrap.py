"""The first start of the appservice on a homeserver that knows nobody yet."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.schools import HostedSchool

from zvonok_appservice.bootstrap import bootstrap
from zvonok_appservice.mautrix_homeserver import connect
from zvonok_appservice.mautrix_homeserver.wire import ADMIN
from zvonok_core.errors import ConfigError

pytestmark = pytest.mark.live


async def test_the_sender_becomes_the_only_administrator(new_school: HostedSchool) -> None:
    await bootstrap(new_school.homeserver, new_school.config)

    accounts = await new_school.homeserver.accounts()
    ours = {user: account for user, account in accounts.items() if user.startswith(f"@{new_school.id}_")}
    bot = new_school.homeserver.user_id(new_school.config.bots[0].localpart)
    assert ours[bot].display_name == "Помощник"
    assert [user for user, account in ours.items() if account.admin] == []
    throwaways = [account for user, account in ours.items() if "_setup_" in user]
    assert len(throwaways) == 1
    assert throwaways[0].deactivated


async def test_the_second_start_writes_nothing_and_needs_no_secret(new_school: HostedSchool) -> None:
    await bootstrap(new_school.homeserver, new_school.config)
    written = new_school.homeserver.requests_written
    without = replace(new_school.config.homeserver, registration_shared_secret="")

    await bootstrap(new_school.homeserver, replace(new_school.config, homeserver=without))

    assert new_school.homeserver.requests_written == written


async def test_a_throwaway_left_by_a_start_cut_short_is_closed(new_school: HostedSchool) -> None:
    await bootstrap(new_school.homeserver, new_school.config)
    left = new_school.homeserver.user_id(f"{new_school.config.appservice.sender_localpart}_setup_left")
    await new_school.homeserver.create_account(left, "", "long enough")
    await new_school.homeserver.wire.put(ADMIN.v2.users[left], {"admin": True})

    await bootstrap(new_school.homeserver, new_school.config)

    account = await new_school.homeserver.account(left)
    assert account is not None
    assert account.deactivated
    assert not account.admin


async def test_a_bot_signs_in_with_the_password_that_is_configured_now(new_school: HostedSchool) -> None:
    (bot,) = new_school.config.bots
    user = new_school.homeserver.user_id(bot.localpart)
    await bootstrap(new_school.homeserver, new_school.config)
    for password in ("a-long-random-word-1", "a-long-random-word-2"):
        config = replace(new_school.config, bots=(replace(bot, password=password),))
        await bootstrap(new_school.homeserver, config)
        async with new_school.stranger() as program:
            assert (await program.sign_in(user, password)).ok
            await bootstrap(new_school.homeserver, config)
            assert (await program.call("GET", "/v3/account/whoami")).ok, "nobody was signed out"
    async with new_school.stranger() as program:
        assert (await program.sign_in(user, "a-long-random-word-1")).status == 403


@pytest.mark.parametrize("secret", ["", "wrong"])
async def test_without_the_secret_the_operator_is_told_which_key(
    new_school: HostedSchool, secret: str
) -> None:
    homeserver = replace(new_school.config.homeserver, registration_shared_secret=secret)
    with pytest.raises(ConfigError) as raised:
        await bootstrap(new_school.homeserver, replace(new_school.config, homeserver=homeserver))
    assert [fault.path for fault in raised.value.faults] == ["homeserver.registration_shared_secret"]


async def test_an_unknown_token_is_the_registrations_fault(new_school: HostedSchool) -> None:
    appservice = replace(new_school.config.appservice, as_token="a-word-that-nobody-knows")
    config = replace(new_school.config, appservice=appservice)
    async with connect(config, patience=1) as homeserver:
        with pytest.raises(ConfigError) as raised:
            await bootstrap(homeserver, config)
    assert [fault.path for fault in raised.value.faults] == ["appservice.as_token"]
