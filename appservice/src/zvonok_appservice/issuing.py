"""New cards, and accounts without cards: what the commands and the class head's page do."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from zvonok_appservice.letters import FirstPassword, group, letters
from zvonok_appservice.linking import Linking, needs_consent
from zvonok_appservice.reconcile.names import full_name
from zvonok_appservice.verify import new_code
from zvonok_core.clock import school_day
from zvonok_core.errors import PermanentError, TemporaryError, UserError
from zvonok_core.ids import ClassId, PersonId
from zvonok_core.text import Text, text

log = logging.getLogger(__name__)

_DIGITS = 14
"""46 bits. Digits, because a first-grader knows them, and every keyboard has them."""


async def issue_letters(
    linking: Linking, people: Iterable[PersonId], actor: str, class_: ClassId | None = None
) -> bytes:
    """A PDF with a new card for each of `people`, in the school's language. Their older
    cards are void from then on; whoever is linked gets a new password by using the card.
    `class_` is the class that the letters are for, if they are for one."""
    codes = {person: new_code() for person in people}
    if not codes:
        raise UserError(text("There is nobody to write a letter to."))
    picture = linking.picture()
    config = linking.config
    days = config.activation.code_days
    last_day = school_day(linking.clock, config.school.time_zone) + timedelta(days=days - 1)
    # Printed before they are kept: cards that are out stay good if this fails.
    pdf = await asyncio.to_thread(
        letters,
        picture,
        group(picture.today, codes, class_),
        codes,
        last_day,
        config,
        linking.catalogs,
        config.school.language,
    )
    await linking.codes.issue(codes, days)
    for person in codes:
        await linking.ledger.record(actor, "card issued", person)
    return pdf


@dataclass(frozen=True, slots=True)
class Activated:
    """Who got an account, and whom it was refused, with the reason."""

    passwords: tuple[FirstPassword, ...]
    refused: tuple[tuple[PersonId, Text], ...]


async def activate(
    linking: Linking,
    people: Iterable[PersonId],
    actor: str,
    *,
    consent_on_paper: bool = False,
    concurrency: int = 4,
) -> Activated:
    """Make an account with a first password for each of `people`, or give a new password
    to who has one. Children without a recorded consent are refused, unless the school
    holds the consents on paper. At most `concurrency` requests are under way at once."""
    gate = asyncio.Semaphore(concurrency)
    today = linking.picture().today
    consented = await linking.consents.children()
    below = linking.config.activation.consent_below_grade

    async def one(person: PersonId) -> FirstPassword | Text:
        try:
            account = linking.account(person)
        except UserError as error:
            return error.text
        if needs_consent(today, person, below) and person not in consented and not consent_on_paper:
            return text("One of the parents must be activated first, and consent.")
        password = "".join(secrets.choice("0123456789") for _ in range(_DIGITS))
        try:
            async with gate:
                await linking.link_without_card(person, password, actor)
        except UserError as error:
            return error.text
        except (TemporaryError, PermanentError) as error:
            # The others' passwords were made already, and must not be lost with this one.
            log.warning("%s could not be activated: %s", person, error)
            return text("The homeserver did not make the account; try again for this person.")
        name = full_name(today.snapshot.people[person])
        return FirstPassword(person, name, account.user[1:].partition(":")[0], password)

    listed = list(people)
    outcomes = await asyncio.gather(*map(one, listed))
    return Activated(
        tuple(outcome for outcome in outcomes if isinstance(outcome, FirstPassword)),
        tuple((p, out) for p, out in zip(listed, outcomes, strict=True) if isinstance(out, Text)),
    )
