"""The verbs of people's accounts on a real Synapse, and each of them again."""

from __future__ import annotations

import time

import pytest
from support.schools import PASSWORD, HostedSchool
from support.waiting import eventually

from zvonok_appservice.reconcile.model import ActualAccount
from zvonok_core.errors import PermanentError

pytestmark = pytest.mark.live


async def test_an_account_is_as_it_was_made_and_may_be_made_again(school: HostedSchool) -> None:
    user = await school.person("ivanova", "Иванова Мария Петровна, учитель")
    await school.person("ivanova", "Иванова Мария Петровна, учитель")

    expected = ActualAccount(
        user, "Иванова Мария Петровна, учитель", locked=False, deactivated=False, admin=False
    )
    assert await school.homeserver.account(user) == expected
    assert (await school.homeserver.accounts())[user] == expected


async def test_there_is_no_account_of_the_sender_or_of_nobody(school: HostedSchool) -> None:
    assert await school.homeserver.account(school.homeserver.sender) is None
    assert await school.homeserver.account(school.user("nobody")) is None
    assert school.homeserver.sender not in await school.homeserver.accounts()


async def test_accounts_are_read_page_by_page(school: HostedSchool, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {await school.person(f"pupil{number}") for number in range(5)}
    monkeypatch.setattr("zvonok_appservice.mautrix_homeserver.adapter.PAGE", 2)
    assert made <= (await school.homeserver.accounts()).keys()


async def test_a_lock_ends_every_session_within_a_second(school: HostedSchool) -> None:
    user = await school.person("petrov")
    async with school.client_of(user) as phone, school.client_of(user) as laptop:
        began = time.monotonic()
        await school.homeserver.lock(user)
        answers = [await device.call("GET", "/v3/account/whoami") for device in (phone, laptop)]
        took = time.monotonic() - began
        again = await phone.sign_in(user, PASSWORD)

    assert [answer.status for answer in answers] == [401, 401]
    assert took < 1
    assert again.errcode == "M_USER_LOCKED"
    account = await school.homeserver.account(user)
    assert account is not None
    assert account.locked


async def test_after_the_unlock_old_sessions_stay_ended(school: HostedSchool) -> None:
    user = await school.person("petrov")
    async with school.client_of(user) as phone:
        await school.homeserver.lock(user)
        await school.homeserver.lock(user)
        await school.homeserver.unlock(user)
        await school.homeserver.unlock(user)
        assert (await phone.call("GET", "/v3/account/whoami")).errcode == "M_UNKNOWN_TOKEN"
        assert (await phone.sign_in(user, PASSWORD)).ok


async def test_a_new_password_ends_every_session(school: HostedSchool) -> None:
    user = await school.person("petrov")
    async with school.client_of(user) as phone:
        await school.homeserver.set_password(user, "совсем другой пароль")
        assert (await phone.call("GET", "/v3/account/whoami")).status == 401
        assert (await phone.sign_in(user, PASSWORD)).errcode == "M_FORBIDDEN"
        assert (await phone.sign_in(user, "совсем другой пароль")).ok


async def test_a_password_is_checked_without_leaving_a_session(school: HostedSchool) -> None:
    user = await school.person("petrov")
    async with school.client_of(user) as phone:
        assert await school.homeserver.verify_password(user, PASSWORD)
        assert not await school.homeserver.verify_password(user, "не он")
        assert not await school.homeserver.verify_password(school.user("nobody"), PASSWORD)
        devices = (await phone.call("GET", "/v3/devices")).body["devices"]
        assert len(devices) == 1
        await school.homeserver.lock(user)
    assert not await school.homeserver.verify_password(user, PASSWORD)
    await school.homeserver.unlock(user)
    await school.homeserver.deactivate(user)
    assert not await school.homeserver.verify_password(user, PASSWORD)


async def test_a_name_is_shown_in_the_rooms_that_the_person_is_in(school: HostedSchool) -> None:
    user = await school.person("petrov", "Петров Иван")
    room = await school.make(school.desired())
    await school.homeserver.add_member(room, user)

    await school.homeserver.set_display_name(user, "Петров Иван Сергеевич")

    account = await school.homeserver.account(user)
    assert account is not None
    assert account.display_name == "Петров Иван Сергеевич"
    async with school.as_sender() as sender:

        async def shown() -> bool:
            (membership,) = [event for event in await sender.state(room) if event["state_key"] == user]
            return membership["content"]["displayname"] == "Петров Иван Сергеевич"

        await eventually(shown)


async def test_who_was_closed_can_be_made_anew(school: HostedSchool) -> None:
    user = await school.person("petrov", "Петров Иван")
    room = await school.make(school.desired())
    await school.homeserver.add_member(room, user)

    await school.homeserver.lock(user)
    await school.homeserver.deactivate(user)
    await school.homeserver.deactivate(user)
    account = await school.homeserver.account(user)
    assert account is not None
    assert account.deactivated

    await school.person("petrov", "Петров Иван")
    account = await school.homeserver.account(user)
    assert account == ActualAccount(user, "Петров Иван", locked=False, deactivated=False, admin=False)
    await school.homeserver.add_member(room, user)
    async with school.client_of(user) as phone:
        assert await phone.rooms() == {room}


async def test_a_password_given_anew_does_not_undo_a_lock(school: HostedSchool) -> None:
    user = await school.person("petrov")
    await school.homeserver.lock(user)
    await school.person("petrov")
    account = await school.homeserver.account(user)
    assert account is not None
    assert account.locked


@pytest.mark.parametrize("verb", ["lock", "unlock", "deactivate"])
async def test_no_verb_makes_an_account_by_mistake(school: HostedSchool, verb: str) -> None:
    nobody = school.user("nobody")
    with pytest.raises(PermanentError) as raised:
        await getattr(school.homeserver, verb)(nobody)
    assert raised.value.code == "M_NOT_FOUND"
    assert await school.homeserver.account(nobody) is None


async def test_a_name_for_nobody_makes_no_account(school: HostedSchool) -> None:
    nobody = school.user("nobody")
    for attempt in (
        school.homeserver.set_display_name(nobody, "Никто"),
        school.homeserver.set_password(nobody, PASSWORD),
    ):
        with pytest.raises(PermanentError):
            await attempt
    assert await school.homeserver.account(nobody) is None
