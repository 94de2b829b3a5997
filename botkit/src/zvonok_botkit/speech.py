"""What people say to a bot: whole commands, half ones, slips, and answers to what was asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from zvonok_botkit.answers import Say
from zvonok_botkit.bot import CommandRule
from zvonok_botkit.ground import Ground, Scene, in_time
from zvonok_botkit.helping import CANCEL, CANCELLED, name_of
from zvonok_botkit.inbox import draft_of
from zvonok_botkit.incoming import PREFIX, addressed, body, mentioned, relation
from zvonok_botkit.registry import AnyBot
from zvonok_core.clock import milliseconds
from zvonok_core.commands import Ask, Draft, asked, fill
from zvonok_core.db import Connection, transaction
from zvonok_core.errors import TemporaryError, UserError
from zvonok_core.people import Person, plain
from zvonok_core.roles import Role
from zvonok_core.text import Catalogs, text

YES = frozenset({"да", "ага", "yes", "y", "+", "1"})

NOT_ALLOWED = {
    Role.PRINCIPAL: text("Only the school's head and deputies may do this here."),
    Role.GUARDIAN: text("Only parents may do this here."),
    Role.STUDENT: text("Only students may do this here."),
}
ONLY_STAFF = text("Only teachers may do this here.")
DIRECTORY_AWAY = text("I can't look up just now who may do what. Please try again in a few minutes.")


class Speech:
    """Carries out commands, and asks for what is missing."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def hear(self, scene: Scene) -> None:
        """Handle a message that is said to a bot. Raises UserError for what is to be said
        instead of an answer."""
        event = scene.entry.event
        called = addressed(event, self._ground.chat.user, self._ground.chat.name)
        words = body(event) if called is None else called
        if scene.entry.how == "answer":
            row = await draft_of(self._ground.database, event.room, event.sender, self._ground.clock)
            if row is not None and row["bot"] in self._ground.bots:
                await self._answer(scene, words, self._ground.bots[row["bot"]], row)
                return
            if not scene.direct and called is None:  # the question is closed by now
                await self._ground.finish(scene, None)
                return
        recognised = self._ground.bots.recognise(words)
        if recognised is None:
            await self._unknown(scene, words)
        else:
            bot, rule, rest = recognised
            await self._carry_out(replace(scene, bot=bot), rule, Draft(rest))

    async def _answer(self, scene: Scene, words: str, bot: AnyBot, row: Mapping[str, Any]) -> None:
        """Go on with the command that was asked about."""
        rule, draft = bot.rule(row["command"]), Draft(**json.loads(row["draft"]))
        said = plain(words).strip(" !.")
        if rule is None or said in CANCEL:
            await self._ground.finish(scene, CANCELLED)
        elif draft.asked:
            await self._carry_out(replace(scene, bot=bot), rule, draft.answered(words))
        elif said in YES:
            await self._carry_out(replace(scene, bot=bot), rule, Draft(draft.rest))
        else:
            await self._ground.finish(scene, CANCELLED if self._meant(scene) else None)

    async def _carry_out(self, scene: Scene, rule: CommandRule, draft: Draft) -> None:
        if rule.role is not None:
            await self._check(scene, rule.role)
        people: tuple[Person, ...] = ()
        if rule.command.needs_people:
            if scene.company is None:
                raise UserError(DIRECTORY_AWAY)
            people = scene.company.people
        try:
            values = fill(rule.command, draft, people)

            async def work(db: Connection) -> None:
                context = self._ground.context(db, scene)
                answer = await in_time(rule.handler(context, **values))
                await self._ground.conclude(db, scene, context.outbox, answer)

            await transaction(self._ground.database, work)
        except Ask as ask:
            lost = scene.entry.how == "answer" and ask.strange and not self._meant(scene)
            if lost:  # they were talking to somebody else
                await self._ground.finish(scene, None)
            else:
                await self._question(scene, rule, asked(rule.command, draft, ask, people), ask)

    async def _check(self, scene: Scene, role: Role) -> None:
        try:
            allowed = await self._ground.rooms.may(scene.asker.user, scene.entry.event.room, role)
        except TemporaryError as error:
            raise UserError(DIRECTORY_AWAY) from error
        if not allowed:
            raise UserError(NOT_ALLOWED.get(role, ONLY_STAFF))

    def _meant(self, scene: Scene) -> bool:
        """Whether a message is surely said to the bot."""
        event = scene.entry.event
        called = addressed(event, self._ground.chat.user, self._ground.chat.name) is not None
        return (
            scene.direct
            or called
            or self._ground.chat.user in mentioned(event)
            or bool(relation(event).reply_to)
        )

    async def _unknown(self, scene: Scene, words: str) -> None:
        near = self._ground.bots.nearest(words)
        if near is not None:
            bot, rule, rest = near
            name = f"{PREFIX}{name_of(rule, self._ground.manners.language)}"
            ask = Ask(text("Did you mean {command}? Answer “yes”, and I'll do it.", command=name))
            await self._question(replace(scene, bot=bot), rule, Draft(rest), ask)
        elif scene.direct or self._ground.chat.user in mentioned(scene.entry.event):
            await self._ground.finish(
                scene, text("I don't know that yet. Write “!help”, and I'll tell you what I can do.")
            )
        else:
            await self._ground.finish(scene, None)

    async def _question(self, scene: Scene, rule: CommandRule, draft: Draft, ask: Ask) -> None:
        """Ask, and remember what was asked."""
        event = scene.entry.event

        async def work(db: Connection) -> None:
            await self._ground.conclude(
                db, scene, [], _with_options(ask, self._ground.catalogs, self._ground.manners.language)
            )
            await db.execute(
                """INSERT INTO kit_drafts (room, user_id, bot, command, draft, at)
                VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (room, user_id) DO UPDATE SET
                bot = excluded.bot, command = excluded.command, draft = excluded.draft, at = excluded.at""",
                event.room,
                event.sender,
                scene.bot.name,
                rule.id,
                json.dumps(asdict(draft), ensure_ascii=False),
                milliseconds(self._ground.clock.now()),
            )

        await transaction(self._ground.database, work)


def _with_options(ask: Ask, catalogs: Catalogs, language: str) -> Say:
    """The question with its answers, numbered."""
    lines = [catalogs.say(ask.question, language)]
    lines += [
        f"{number}. {catalogs.say(option.label, language)}" for number, option in enumerate(ask.options, 1)
    ]
    return Say("\n".join(lines))
