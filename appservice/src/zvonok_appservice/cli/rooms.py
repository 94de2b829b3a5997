"""Commands about rooms: `plan`, `apply`, `why`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from zvonok_appservice.app import App, only_writer, open_app
from zvonok_appservice.bootstrap import bootstrap
from zvonok_appservice.cli.exits import Exit
from zvonok_appservice.config import Config
from zvonok_appservice.lookup import find_person, find_room
from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.explain import hold_sentences, plan_sentences
from zvonok_appservice.reconcile.model import Plan
from zvonok_appservice.reconcile.plan import plan as make_plan
from zvonok_appservice.roster.source import Severity
from zvonok_appservice.views import why_view
from zvonok_core.directory import to_json
from zvonok_core.errors import PermanentError, UserError
from zvonok_core.text import Text, ntext, text

MOST_LOOKS = 10
"""After so many looks without an end something else keeps changing the rooms."""


async def plan(config: Config, options: Namespace) -> Exit:
    """Print what would be done."""
    async with open_app(config) as app:
        picture, steps = await _preview(app)
        if options.json:
            print(json.dumps(_as_json(app, picture, steps), ensure_ascii=False, indent=2))
        else:
            _print_plan(app, picture, steps)
        if _journal_refused(app):
            return Exit.JOURNAL
        return Exit.HELD if picture.verdict.holds else Exit.DONE


async def _preview(app: App) -> tuple[Picture, Plan]:
    """What a look would do; before the appservice's first start nothing is there yet."""
    try:
        return await app.reconciler.preview()
    except PermanentError as error:
        if error.code != "M_FORBIDDEN":
            raise
    picture = await app.reconciler.roster_picture()
    return picture, make_plan(picture.desired, picture.actual)


async def apply(config: Config, options: Namespace) -> Exit:
    """Confirm what is held, where a digest is given, and put everything right."""
    async with open_app(config) as app:
        if options.digest is not None:
            picture, _ = await _preview(app)
            if picture.verdict.digest != options.digest:
                raise UserError(
                    text("“{digest}” is not what is held now; look at `plan` again", digest=options.digest)
                )
            await app.ledger.approve(picture.verdict.removals, config.guard.approval_hours)
            await app.ledger.record("operator", "approve", options.digest)
        try:
            with only_writer(config):
                await bootstrap(app.homeserver, config)
                return await _converge(app)
        except UserError:
            if options.digest is None:
                raise
            say(app, text("Confirmed; the running appservice takes it up within seconds."))
            return Exit.DONE


async def _converge(app: App) -> Exit:
    done = 0
    look = None
    await app.reconciler.refresh()
    for _ in range(MOST_LOOKS):
        look = await app.reconciler.look(complete=True)
        if look is None or look.steps.empty or look.outcome.failures:
            break
        done += look.outcome.done
    if look is None:
        say(app, text("There is no roster yet; `check` says what is wrong with the journal."))
        return Exit.JOURNAL
    for sentence in hold_sentences(look.picture):
        say(app, sentence)
    say(app, ntext("Done: {n} step.", "Done: {n} steps.", done))
    if look.outcome.failures:
        say(app, text("Some steps failed; they are in the log, and `apply` tries them again."))
        return Exit.AWAY
    if _journal_refused(app):
        return Exit.JOURNAL
    return Exit.HELD if look.picture.verdict.holds else Exit.DONE


async def why(config: Config, options: Namespace) -> Exit:
    """Print the chain of rows between a person and a room."""
    async with open_app(config) as app:
        picture, _ = await _preview(app)
        person = find_person(picture, options.person)
        key = find_room(picture, options.room)
        user = picture.given.accounts[person].user
        view = why_view(picture, user, key, app.catalogs, app.config.school.language)
        if options.json:
            print(json.dumps(to_json(view), ensure_ascii=False, indent=2))
        else:
            for reason in view.reasons:
                print(reason.text)
        return Exit.DONE


def _journal_refused(app: App) -> bool:
    refused = any(finding.severity is Severity.FATAL for finding in app.journal.findings)
    if refused:
        sentence = text(
            "The journal can't be taken as it is now, so the last good one was used; see `check`."
        )
        print(app.catalogs.say(sentence, app.config.school.language), file=sys.stderr)
    return refused


def say(app: App, message: Text) -> None:
    """Print a sentence in the school's language."""
    print(app.catalogs.say(message, app.config.school.language))


def _print_plan(app: App, picture: Picture, steps: Plan) -> None:
    for sentence in plan_sentences(picture, steps):
        say(app, sentence)
    if steps.empty:
        say(app, text("Everything is as the journal says; there is nothing to do."))
    for sentence in hold_sentences(picture):
        say(app, sentence)


def _as_json(app: App, picture: Picture, steps: Plan) -> dict[str, object]:
    language = app.config.school.language

    def spoken(sentences: list[Text]) -> list[str]:
        return [app.catalogs.say(sentence, language) for sentence in sentences]

    return {
        "steps": spoken(plan_sentences(picture, steps)),
        "revocations": len(steps.revocations),
        "grants": len(steps.grants),
        "held": {
            "digest": picture.verdict.digest,
            "removals": len(picture.verdict.removals),
            "reasons": spoken(hold_sentences(picture)),
        },
    }
