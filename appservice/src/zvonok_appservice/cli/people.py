"""Commands about people: `letters`, `activate`, `lock`, `unlock`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from zvonok_appservice.app import App, open_app
from zvonok_appservice.cli.exits import Exit
from zvonok_appservice.cli.rooms import say
from zvonok_appservice.config import Config
from zvonok_appservice.issuing import activate as make_accounts
from zvonok_appservice.issuing import issue_letters
from zvonok_appservice.letters import password_list, select
from zvonok_appservice.lookup import find_class, find_person
from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.names import full_name
from zvonok_core.ids import ClassId, PersonId
from zvonok_core.text import ntext, text

OPERATOR = "operator"
"""Who acts, in the audit: whoever may use the command line."""


async def letters(config: Config, options: Namespace) -> Exit:
    """Write new letters; the older ones of the same people no longer work."""
    async with open_app(config) as app:
        picture = await _known(app)
        people, class_ = _selected(picture, options)
        pdf = await issue_letters(app.linking, people, OPERATOR, class_)
        output: Path = options.output or Path("letters.pdf")
        _write_private(output, pdf)
        say(app, ntext("{n} letter: {file}", "{n} letters: {file}", len(people), file=str(output)))
    return Exit.DONE


async def activate(config: Config, options: Namespace) -> Exit:
    """Make accounts with first passwords; print them, or write a list to hand out."""
    async with open_app(config) as app:
        picture = await _known(app)
        people, _ = _selected(picture, options)
        made = await make_accounts(app.linking, people, OPERATOR, consent_on_paper=options.consent_on_paper)
        if options.json:
            print(json.dumps([asdict(row) for row in made.passwords], ensure_ascii=False, indent=2))
        elif made.passwords:
            language = config.school.language
            output: Path = options.output or Path("passwords.pdf")
            _write_private(output, password_list(picture, made.passwords, config, app.catalogs, language))
            say(
                app,
                ntext("{n} account: {file}", "{n} accounts: {file}", len(made.passwords), file=str(output)),
            )
        for person, reason in made.refused:
            name = full_name(picture.today.snapshot.people[person])
            refusal = text("{name}: {reason}", name=name, reason=reason)
            print(app.catalogs.say(refusal, config.school.language), file=sys.stderr)
    return Exit.QUESTION if made.refused else Exit.DONE


async def lock(config: Config, options: Namespace) -> Exit:
    """Lock at once, whatever the running appservice is busy with."""
    async with open_app(config) as app:
        picture = await _in_force(app)
        person = find_person(picture, options.person)
        await app.people.lock(person, options.reason)
        await app.ledger.record(OPERATOR, "lock", person, options.reason)
        user = picture.given.accounts[person].user
        if await app.homeserver.account(user) is not None:
            await app.homeserver.lock(user)
        await app.linking.sessions.close_all(person)
        say(app, text("Locked: {user}. `unlock` undoes it.", user=user))
    return Exit.DONE


async def unlock(config: Config, options: Namespace) -> Exit:
    """Undo `lock`. Whom the journal locks stays locked."""
    async with open_app(config) as app:
        picture = await _in_force(app)
        person = find_person(picture, options.person)
        user = picture.given.accounts[person].user
        if not await app.people.unlock(person):
            say(app, text("Nobody has locked {user}.", user=user))
            return Exit.DONE
        await app.ledger.record(OPERATOR, "unlock", person)
        account = (await _in_force(app)).desired.accounts.get(user)
        if account is not None and not account.locked:
            await app.homeserver.unlock(user)
            say(app, text("Unlocked: {user}.", user=user))
        else:
            say(app, text("{user} is no longer locked by hand, but stays locked by the journal.", user=user))
    return Exit.DONE


async def _in_force(app: App) -> Picture:
    """The people by the last good roster: a lock waits for no journal."""
    return await app.reconciler.roster_picture(read=False)


async def _known(app: App) -> Picture:
    """The people as the roster has them, without a look at the homeserver."""
    picture = await app.reconciler.roster_picture()
    await app.board.hang(picture)
    return picture


def _selected(picture: Picture, options: Namespace) -> tuple[list[PersonId], ClassId | None]:
    if options.person:
        return [find_person(picture, query) for query in options.person], None
    if options.class_title is not None:
        class_ = find_class(picture, options.class_title)
        return select(picture, class_=class_), class_
    return select(picture, kind=options.role), None


def _write_private(path: Path, content: bytes) -> None:
    """Codes and passwords are for their owner's eyes."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(content)
