"""The demo while it runs: homeserver, appservice and start page, started and stopped in order."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date

from zvonok_appservice.app import App, open_app
from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.plan import plan
from zvonok_appservice.serve import serving
from zvonok_core.errors import TemporaryError, UserError
from zvonok_core.ids import PersonId
from zvonok_core.text import Catalogs, text
from zvonok_demo import journal_edit, ports
from zvonok_demo.cast import Part, person_of
from zvonok_demo.folder import DataFolder
from zvonok_demo.installation import POLICY_CONSUMER, SERVER_NAME, make_school, write_config
from zvonok_demo.logins import Logins
from zvonok_demo.phones import Phones
from zvonok_demo.progress import Voice
from zvonok_demo.synapse import SynapseProcess, policy_module


@dataclass
class Demo:
    """Everything that runs, for the page, the morning and the checks."""

    folder: DataFolder
    catalogs: Catalogs
    app: App
    ports: Mapping[str, int]
    cast: Mapping[str, str]
    logins: Logins
    phones: Phones
    ready: bool = False
    """Whether the cast is in its rooms."""

    def person(self, part: Part) -> PersonId:
        """Who has a part."""
        return person_of(self.cast, part)

    @property
    def picture(self) -> Picture:
        """What the appservice knows. Raises TemporaryError before its first look."""
        if self.app.board.picture is None:
            raise TemporaryError("the appservice has not looked yet")
        return self.app.board.picture

    @property
    def homeserver_address(self) -> str:
        """What is typed into a client on this machine."""
        return self.app.config.homeserver.public_address

    @property
    def page_address(self) -> str:
        """The start page."""
        return f"http://localhost:{self.ports['page']}/"

    @property
    def settled(self) -> bool:
        """Whether everything was as the journal says at the last look."""
        picture = self.app.board.picture
        if picture is None:
            return False
        return plan(picture.desired, picture.actual, picture.verdict.held).empty


@asynccontextmanager
async def running(
    folder: DataFolder, voice: Voice, homeserver_port: int | None, catalogs: Catalogs
) -> AsyncIterator[Demo]:
    """Start homeserver and appservice; stop them, in the opposite order, in the end.

    Raises UserError that says what to do where something is missing.
    """
    if importlib.util.find_spec("synapse") is None:
        raise UserError(
            text("The homeserver is not installed: start the demo by scripts/demo, which installs it.")
        )
    facts = make_school(folder, date.today())  # noqa: DTZ011 - the day where the user is
    with suppress(UserError):  # a journal that its owner broke is for the appservice to tell
        journal_edit.undo(folder)
    synapse = SynapseProcess(folder.synapse, SERVER_NAME, registrations=[folder.registration])
    await asyncio.to_thread(synapse.prepare)
    chosen = ports.choose(facts.ports, homeserver_port)
    folder.remember_ports(chosen)
    synapse.port = chosen["homeserver"]
    config = write_config(folder, chosen, synapse.registration_shared_secret)
    synapse.policy = policy_module(
        config.appservice.address,
        config.directory.tokens[POLICY_CONSUMER],
        folder.path.absolute() / "policy_facts.json",
    )
    async with _started(synapse, voice), open_app(config) as app, serving(app):
        logins = Logins(folder, app)
        yield Demo(folder, catalogs, app, chosen, facts.cast, logins, Phones(app.homeserver, logins.known))


@asynccontextmanager
async def _started(synapse: SynapseProcess, voice: Voice) -> AsyncIterator[None]:
    with voice.step(text("Starting the homeserver")):
        await synapse.start()
    try:
        yield
    finally:
        with voice.step(text("Stopping the homeserver")):
            await synapse.stop()
