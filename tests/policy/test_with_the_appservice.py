"""The module fed by the real appservice: what the journal says holds within seconds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.circuit import HASTE
from support.matrix import Answer, Client
from support.ports import free_port
from support.schools import PASSWORD, HostedSchool, registered, school_config
from support.waiting import eventually

from zvonok_appservice.app import App, open_app
from zvonok_appservice.config import DirectoryConfig
from zvonok_appservice.serve import serving
from zvonok_core.ids import PersonId, UserId
from zvonok_demo.school.as_oneroster import write_oneroster
from zvonok_demo.school.generate import generate
from zvonok_demo.synapse import SynapseProcess, policy_module

pytestmark = pytest.mark.live
TOKEN = "token-of-the-policy-module"
TODAY = datetime.now(UTC).date()


async def account(app: App, person: PersonId) -> UserId:
    """Activate somebody, as the page does."""
    known = (await app.people.all())[person]
    user = app.homeserver.user_id(known.localpart)
    await app.homeserver.create_account(user, "", PASSWORD)
    await app.people.link(person)
    app.reconciler.wake()
    return user


async def begin(phone: Client, other: UserId) -> Answer:
    request = {"preset": "trusted_private_chat", "is_direct": True, "invite": [other]}
    return await phone.call("POST", "/v3/createRoom", request)


async def test_what_the_journal_says_holds_within_seconds(tmp_path: Path) -> None:
    snapshot = generate(5, TODAY, classes={7: 2}, size=5).snapshot
    first, second = snapshot.classes
    rows = Counter(row.student for row in snapshot.class_enrolments)  # one child moves this year
    one, other = [
        row.student for row in snapshot.class_enrolments if row.class_ == first and rows[row.student] == 1
    ][:2]
    synapse = SynapseProcess(tmp_path / "synapse", port=free_port(), overlay=HASTE)
    config = school_config(synapse, tmp_path, "s")
    config = replace(
        config,
        school=replace(config.school, id=snapshot.school.id),
        journal=replace(config.journal, check_every=1),
        directory=DirectoryConfig({"policy": TOKEN}),
    )
    write_oneroster(snapshot, config.journal.path, TODAY)
    synapse.registrations = [registered(config, tmp_path)]
    address = config.appservice.address
    synapse.policy = policy_module(address, TOKEN, tmp_path / "facts.json", "s_zvonok")
    async with synapse:
        secret = synapse.registration_shared_secret
        config = replace(config, homeserver=replace(config.homeserver, registration_shared_secret=secret))
        async with open_app(config) as app, serving(app):
            school = HostedSchool(config, app.homeserver, synapse)
            assert await app.homeserver.has_policy_module()
            await eventually(lambda: app.board.picture, deadline=60)
            one_user, other_user = await account(app, one), await account(app, other)

            async def signed_in() -> bool:
                async with school.stranger() as phone:
                    return (await phone.sign_in(one_user, PASSWORD)).ok

            await eventually(signed_in, deadline=30)
            async with school.client_of(one_user) as phone:

                async def talks() -> str:
                    answer = await begin(phone, other_user)
                    return str(answer.body.get("room_id", ""))

                room = await eventually(talks, deadline=30)
                assert (await phone.say(room, "Привет")).ok

                moved = tuple(
                    replace(row, class_=second) if row.student == one else row
                    for row in snapshot.class_enrolments
                )
                write_oneroster(replace(snapshot, class_enrolments=moved), config.journal.path, TODAY)

                async def silent() -> bool:
                    return (await phone.say(room, "Ещё одно")).status == 403

                await eventually(silent, deadline=30)
                assert (await begin(phone, other_user)).status == 403

                # An operator's lock reaches the module without a look at the journal.
                await app.people.lock(one, "for the test")
                app.reconciler.wake()

                async def shut_out() -> bool:
                    return (await phone.call("GET", "/v3/sync?timeout=0")).status in (401, 403)

                await eventually(shut_out, deadline=10)
