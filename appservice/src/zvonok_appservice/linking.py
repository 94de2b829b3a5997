"""An account becomes a person's: by a card's code, or by the operator's hand.

All that letters, pages and commands do to accounts goes through here, so that there is
one place where it is decided who may be activated, and one where it is written down.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from zvonok_appservice.config import Config
from zvonok_appservice.homeserver import Homeserver
from zvonok_appservice.picture import Board, Picture
from zvonok_appservice.reconcile.desired import accounts
from zvonok_appservice.reconcile.model import DesiredAccount
from zvonok_appservice.reconcile.today import Today
from zvonok_appservice.store.codes import Card, Codes
from zvonok_appservice.store.consents import Consents
from zvonok_appservice.store.ledger import Ledger
from zvonok_appservice.store.people import People
from zvonok_appservice.store.sessions import Sessions
from zvonok_appservice.verify import derived_key
from zvonok_core.clock import Clock
from zvonok_core.db import Connection, Database, transaction
from zvonok_core.errors import PermanentError, TemporaryError, UserError
from zvonok_core.ids import PersonId
from zvonok_core.roles import Role
from zvonok_core.text import Catalogs, text

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 40
"""How long the homeserver may take; less than a claim's lease, so that two browsers are
never at one account at once."""


@dataclass(frozen=True)
class Linking:
    """Whatever linking needs, in one hand. `settle` puts a person who has just linked into
    their rooms; `wake` makes the loop look soon, after something was taken away."""

    config: Config
    clock: Clock
    board: Board
    homeserver: Homeserver
    catalogs: Catalogs
    database: Database
    people: People
    codes: Codes
    sessions: Sessions
    consents: Consents
    ledger: Ledger
    settle: Callable[[PersonId], Awaitable[int]]
    wake: Callable[[], None]

    @classmethod
    def assemble(
        cls,
        *,
        config: Config,
        clock: Clock,
        board: Board,
        homeserver: Homeserver,
        catalogs: Catalogs,
        database: Database,
        people: People,
        ledger: Ledger,
        settle: Callable[[PersonId], Awaitable[int]],
        wake: Callable[[], None],
    ) -> Linking:
        """Put it together, with the stores that only linking uses."""
        return cls(
            config=config,
            clock=clock,
            board=board,
            homeserver=homeserver,
            catalogs=catalogs,
            database=database,
            people=people,
            codes=Codes(database, clock, derived_key(config.appservice.as_token, "codes")),
            sessions=Sessions(database, clock, config.activation.session_days),
            consents=Consents(database, clock),
            ledger=ledger,
            settle=settle,
            wake=wake,
        )

    # ------------------------------------------------------------ who may

    def picture(self) -> Picture:
        """What is known now. Raises TemporaryError while the program is starting."""
        if self.board.picture is None:
            raise TemporaryError("no roster has been read yet")
        return self.board.picture

    def account(self, person: PersonId) -> DesiredAccount:
        """The account as it ought to be once it is linked. Raises UserError where the
        person may have none: gone from the journal, or locked."""
        picture = self.picture()
        reserved = picture.given.accounts.get(person)
        if person not in picture.today.snapshot.people or reserved is None:
            raise UserError(text("The school's journal no longer lists this person."))
        linked = dataclasses.replace(reserved, linked=True)
        given = dataclasses.replace(picture.given, accounts={person: linked})
        account = accounts(picture.today, given, self.catalogs)[reserved.user]
        if account.locked:
            raise UserError(text("This person has no access at present. Please ask at the school's office."))
        return account

    async def lacks_consent(self, person: PersonId) -> bool:
        """Whether a guardian must consent before this person can be activated."""
        below = self.config.activation.consent_below_grade
        if not needs_consent(self.picture().today, person, below):
            return False
        return person not in await self.consents.children()

    def open_card(self, card: Card | None) -> Card:
        """The card, where it still works. Raises UserError that says why it does not."""
        if card is None:
            raise UserError(
                text("This code is not known. Please look at the card again; only the newest one works.")
            )
        if card.used:
            raise UserError(
                text(
                    "This card has been used already: each works once. If it wasn't you, tell the class head"
                    " now. If you have forgotten the password, ask for a new card."
                )
            )
        if card.expired:
            raise UserError(text("This card has expired. Please ask for a new one."))
        self.account(card.person)
        return card

    # ------------------------------------------------------------ linking

    async def link(self, hash: str, password: str) -> PersonId:
        """Make the account of a card's person, or give it a new password, and use the card
        up. Raises UserError where the card or the password won't do, TemporaryError where
        the homeserver is away: the card then works again."""
        card = self.open_card(await self.codes.card(hash))
        if await self.lacks_consent(card.person):
            raise UserError(text("One of the parents must be activated first, and consent."))
        claim = await self.codes.claim(hash)
        if claim is None:
            raise UserError(
                text("Somebody is using this card at this moment. If that isn't you, tell the class head.")
            )
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._give_password(self.account(card.person), password)
        except TimeoutError as error:
            # The homeserver may still be at it, so the claim is left to run out.
            raise TemporaryError("the homeserver takes too long") from error
        except PermanentError as error:
            await self.codes.release(hash, claim)
            if "PASSWORD" in error.code:
                raise UserError(text("This password is too weak. Please choose another.")) from error
            raise
        except BaseException:
            await asyncio.shield(self.codes.release(hash, claim))
            raise
        if not await self._finish(card, claim):
            raise UserError(text("This card was replaced a moment ago. Only the newest one works."))
        return card.person

    async def _give_password(self, account: DesiredAccount, password: str) -> None:
        existing = await self.homeserver.account(account.user)
        if existing is not None and existing.admin:
            log.error("%s is an administrator of the homeserver, and is given to nobody", account.user)
            raise UserError(text("This account can't be given out. Please ask at the school's office."))
        if existing is None or existing.deactivated:
            await self.homeserver.create_account(account.user, account.display_name, password)
        else:
            await self.homeserver.set_password(account.user, password)

    async def _finish(self, card: Card, claim: str) -> bool:
        async def work(_: Connection) -> bool:
            if not await self.codes.finish(card.hash, claim):
                return False
            await self.people.link(card.person)
            await self.sessions.close_all(card.person)
            await self.ledger.record(card.person, "linked", card.person, "card")
            return True

        if await transaction(self.database, work):
            return True
        if await self.codes.card(card.hash) is None:
            # Revoked while the homeserver was at it: what was set must not stay.
            await self.homeserver.set_password(self.account(card.person).user, secrets.token_urlsafe(32))
        return False

    async def link_without_card(self, person: PersonId, password: str, actor: str) -> None:
        """The same by an operator's hand. The person's cards are void afterwards."""
        await self._give_password(self.account(person), password)

        async def work(_: Connection) -> None:
            await self.codes.void([person])
            await self.people.link(person)
            await self.sessions.close_all(person)
            await self.ledger.record(actor, "linked", person, "first password")

        await transaction(self.database, work)

    async def revoke(self, person: PersonId, actor: str) -> None:
        """Take an account, and every card, out of the hands that have them: only a new
        letter links the person again. Sessions and devices are signed out, and the person
        leaves the rooms until then."""

        async def shut(_: Connection) -> None:
            await self.codes.void([person])
            await self.sessions.close_all(person)

        async def unlink(_: Connection) -> None:
            await self.sessions.close_all(person)
            await self.people.unlink(person)
            await self.ledger.record(actor, "revoked", person)

        # First what makes cards worthless, so that nobody links in between; last what shows
        # the person as revoked, so that an interrupted revocation can be seen and repeated.
        await transaction(self.database, shut)
        reserved = self.picture().given.accounts[person]
        existing = await self.homeserver.account(reserved.user)
        if existing is not None and not existing.deactivated:
            await self.homeserver.set_password(reserved.user, secrets.token_urlsafe(32))
        await transaction(self.database, unlink)
        self.wake()


def needs_consent(today: Today, person: PersonId, below_grade: int) -> bool:
    """Whether a student is so young that a guardian must consent. One whose grade the
    journal doesn't tell counts as young."""
    if not below_grade or not today.has_role(person, Role.STUDENT):
        return False
    row = today.class_of.get(person)
    grade = today.snapshot.classes[row.class_].grade if row else None
    return grade is None or grade < below_grade
