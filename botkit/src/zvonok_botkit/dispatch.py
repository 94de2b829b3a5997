"""One event for one bot, from the inbox to its answer in the outbox.

What has to be looked up elsewhere is looked up first; then one transaction holds what the
handler writes, what it says, and that the event is handled. Whatever goes wrong undoes all
of it, and becomes a question, a sentence or another try in a transaction of its own.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from zvonok_botkit.answers import Answer, Outgoing, Say, each
from zvonok_botkit.bot import CommandRule, Handler
from zvonok_botkit.chat import Chat, Event
from zvonok_botkit.context import Context
from zvonok_botkit.helping import CANCEL, CANCELLED, CANNOT_READ, name_of
from zvonok_botkit.inbox import Entry, Inbox, draft_of
from zvonok_botkit.incoming import PREFIX, addressed, body, mentioned, relation
from zvonok_botkit.outbox import Origin, Outbox
from zvonok_botkit.people import Company, Directory, Rooms
from zvonok_botkit.registry import AnyBot, Bots
from zvonok_botkit.trouble import trace
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.commands import Ask, Draft, Option, asked, fill
from zvonok_core.db import Connection, Database, transaction
from zvonok_core.errors import PermanentError, TemporaryError, UserError
from zvonok_core.people import Person, plain
from zvonok_core.roles import Role
from zvonok_core.text import Catalogs, Text, text

log = logging.getLogger(__name__)

V = TypeVar("V")

HANDLER_SECONDS = 60.0
"""A handler that takes longer is stuck."""
PAUSES = (1.0, 5.0, 30.0)
"""Seconds before an event is tried again that failed for somebody else's fault."""
YES = frozenset({"да", "ага", "yes", "y", "+", "1"})

NOT_ALLOWED = {
    Role.PRINCIPAL: text("Only the school's head and deputies may do this here."),
    Role.GUARDIAN: text("Only parents may do this here."),
    Role.STUDENT: text("Only students may do this here."),
}
ONLY_STAFF = text("Only teachers may do this here.")
DIRECTORY_AWAY = text("I can't look up just now who may do what. Please try again in a few minutes.")
LATER = text("This doesn't work just now. Please try again in a few minutes.")


@dataclass(frozen=True, slots=True)
class Manners:
    """How the bots behave. `answer_within` is in seconds: an older command is not answered
    as if it were new."""

    language: str
    zone: ZoneInfo
    answer_within: float = 3600.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Where an event plays: what was looked up before the transaction."""

    entry: Entry
    bot: AnyBot
    asker: Person
    direct: bool
    company: Company | None


class Dispatcher:
    """Handles entries of the inbox."""

    def __init__(
        self,
        *,
        chat: Chat,
        database: Database,
        bots: Bots,
        inbox: Inbox,
        outbox: Outbox,
        directory: Directory | None,
        clock: Clock,
        catalogs: Catalogs,
        manners: Manners,
        settings: Mapping[str, Any],
    ) -> None:
        self._chat = chat
        self._database = database
        self._bots = bots
        self._inbox = inbox
        self._outbox = outbox
        self._directory = directory
        self._clock = clock
        self._catalogs = catalogs
        self._manners = manners
        self._settings = settings
        self.rooms = Rooms(chat, directory, clock)

    async def handle(self, entry: Entry) -> None:
        """Handle one entry for good, or put it off. Raises TemporaryError where the database
        is away: the entry is still there."""
        sender = entry.event.sender
        stranger = Person(sender, sender[1:].partition(":")[0])
        scene = Scene(entry, self._bots[entry.bot], stranger, direct=False, company=None)
        try:
            scene = await self._looked_up(scene)
            if entry.how in ("command", "answer") and self._too_old(entry.event):
                log.info("%s is too old to be answered", entry.event.id)
                await self._finish(scene, None)
            elif entry.how == "job":
                await self._run_job(scene)
            elif entry.how == "encrypted":
                await self._cannot_read(scene)
            elif entry.how == "said":
                await self._offer(scene)
            elif entry.how == "event":
                await self._run_listeners(scene)
            else:
                await self._run_command(scene)
        except UserError as error:
            await self._finish(scene, error.text)
        except TemporaryError as error:
            await self._try_again(scene, error)
        except Exception as error:
            number = secrets.token_hex(3)
            log.error("bug %s in %s with %s:\n%s", number, entry.bot, entry.event.id, trace(error))
            apology = text(
                "Something went wrong on my side, sorry. If it happens again, tell the school: number {number}.",
                number=number,
            )
            await self._finish(scene, apology)
        self._outbox.wake()

    async def _looked_up(self, scene: Scene) -> Scene:
        """The scene with whoever is in it. Nobody is known while the directory is away: what
        needs no right and no names goes on."""
        event = scene.entry.event
        members = await self._database.fetchval("SELECT members FROM kit_rooms WHERE room = $1", event.room)
        scene = replace(scene, direct=members == 2)
        if scene.entry.how == "encrypted":
            return scene
        try:
            company = await self.rooms.view(event.room)
        except (TemporaryError, PermanentError) as error:
            log.warning("nobody can be looked up for %s: %s", event.id, error)
            return scene
        member = company.member(event.sender)
        return replace(scene, company=company, asker=member.person if member else scene.asker)

    def _too_old(self, event: Event) -> bool:
        return milliseconds(self._clock.now()) - event.at > self._manners.answer_within * 1000

    # ------------------------------------------------------------ commands

    async def _run_command(self, scene: Scene) -> None:
        event = scene.entry.event
        words = addressed(event, self._chat.user, self._chat.name)
        words = body(event) if words is None else words
        if scene.entry.how == "answer":
            found = await self._drafted(scene, words)
            if found is None:
                return
            bot, rule, draft = found
        else:
            recognised = self._bots.recognise(words)
            if recognised is None:
                await self._unknown(scene, words)
                return
            bot, rule, draft = recognised[0], recognised[1], Draft(recognised[2])
        await self._carry_out(replace(scene, bot=bot), rule, draft)

    async def _offer(self, scene: Scene) -> None:
        """Words in a direct chat that are no command: the first bot that knows what to do with
        them has them. They may be an answer, so they are heard however old they are."""
        for bot in self._bots:
            if bot.otherwise and await self._taken_by(replace(scene, bot=bot), bot.otherwise):
                return
        if self._too_old(scene.entry.event):
            await self._finish(scene, None)
        else:
            await self._run_command(scene)

    async def _taken_by(self, scene: Scene, handler: Handler) -> bool:
        async def work(db: Connection) -> bool:
            context = self._context(db, scene)
            answer = await _in_time(handler(context))
            if answer is None and not context.outbox:
                return False
            await self._conclude(db, scene, context.outbox, answer)
            return True

        return await transaction(self._database, work)

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
                context = self._context(db, scene)
                answer = await _in_time(rule.handler(context, **values))
                await self._conclude(db, scene, context.outbox, answer)

            await transaction(self._database, work)
        except Ask as ask:
            lost = scene.entry.how == "answer" and ask.strange and not self._meant(scene)
            if lost:  # they were talking to somebody else
                await self._finish(scene, None)
            else:
                await self._question(scene, rule, asked(rule.command, draft, ask, people), ask)

    async def _check(self, scene: Scene, role: Role) -> None:
        try:
            allowed = await self.rooms.may(scene.asker.user, scene.entry.event.room, role)
        except TemporaryError as error:
            raise UserError(DIRECTORY_AWAY) from error
        if not allowed:
            raise UserError(NOT_ALLOWED.get(role, ONLY_STAFF))

    def _meant(self, scene: Scene) -> bool:
        """Whether a message is surely said to the bot."""
        event = scene.entry.event
        called = addressed(event, self._chat.user, self._chat.name) is not None
        return scene.direct or called or self._chat.user in mentioned(event) or bool(relation(event).reply_to)

    async def _drafted(self, scene: Scene, words: str) -> tuple[AnyBot, CommandRule, Draft] | None:
        """The command that an answer completes; None where the matter is closed already."""
        event = scene.entry.event
        row = await draft_of(self._database, event.room, event.sender, self._clock)
        rule = self._bots[row["bot"]].rule(row["command"]) if row and row["bot"] in self._bots else None
        if row is None or rule is None:
            await self._finish(scene, None)
            return None
        if plain(words).strip(" !.") in CANCEL:
            await self._finish(scene, CANCELLED)
            return None
        draft = Draft(**json.loads(row["draft"]))
        if draft.asked:
            return self._bots[row["bot"]], rule, draft.answered(words)
        if plain(words).strip(" !.") in YES:
            return self._bots[row["bot"]], rule, Draft(draft.rest)
        await self._finish(scene, CANCELLED if self._meant(scene) else None)
        return None

    async def _unknown(self, scene: Scene, words: str) -> None:
        near = self._bots.nearest(words)
        if near is not None:
            bot, rule, rest = near
            name = f"{PREFIX}{name_of(rule, self._manners.language)}"
            ask = Ask(text("Did you mean {command}? Answer “yes”, and I'll do it.", command=name))
            await self._question(replace(scene, bot=bot), rule, Draft(rest), ask)
        elif scene.direct or self._chat.user in mentioned(scene.entry.event):
            await self._finish(
                scene, text("I don't know that yet. Write “help”, and I'll tell you what I can do.")
            )
        else:
            await self._finish(scene, None)

    async def _question(self, scene: Scene, rule: CommandRule, draft: Draft, ask: Ask) -> None:
        """Ask, and remember what was asked."""
        event = scene.entry.event

        async def work(db: Connection) -> None:
            await self._conclude(db, scene, [], _with_options(ask, self._catalogs, self._manners.language))
            await db.execute(
                "INSERT INTO kit_drafts (room, user_id, bot, command, draft, at) VALUES ($1, $2, $3, $4, $5, $6)",
                event.room,
                event.sender,
                scene.bot.name,
                rule.id,
                json.dumps(asdict(draft), ensure_ascii=False),
                milliseconds(self._clock.now()),
            )

        await transaction(self._database, work)

    # ------------------------------------------------------------ everything else

    async def _run_listeners(self, scene: Scene) -> None:
        event, about = scene.entry.event, scene.entry.about

        async def work(db: Connection) -> None:
            context = self._context(db, scene)
            for listener in scene.bot.listeners:
                if listener.type == event.type and (listener.anywhere or about):
                    context.post(await _in_time(listener.handler(context)))
            await self._conclude(db, scene, context.outbox, None)

        await transaction(self._database, work)

    async def _run_job(self, scene: Scene) -> None:
        content = scene.entry.event.content
        rule = scene.bot.jobs.get(content["name"])
        if rule is None:
            log.warning("%s has no job %s any more", scene.bot.name, content["name"])
            await self._finish(scene, None)
            return

        async def work(db: Connection) -> None:
            context = self._context(db, scene)
            answer = await _in_time(rule.handler(context, **content["data"]))
            await self._conclude(db, scene, context.outbox, answer)

        await transaction(self._database, work)

    async def _cannot_read(self, scene: Scene) -> None:
        room = scene.entry.event.room

        async def work(db: Connection) -> None:
            told = await db.fetchval("SELECT told_encrypted FROM kit_rooms WHERE room = $1", room)
            await db.execute("UPDATE kit_rooms SET told_encrypted = $2 WHERE room = $1", room, True)
            await self._conclude(db, scene, [], None if told else CANNOT_READ)

        await transaction(self._database, work)

    # ------------------------------------------------------------ how it ends

    async def _finish(self, scene: Scene, words: Text | None) -> None:
        """Say something, or nothing, to whoever has written, and be done with it. Of what
        went wrong with a vote or a job nobody is told: nobody waits for it."""
        silent = scene.entry.how in ("event", "job")

        async def work(db: Connection) -> None:
            await self._conclude(db, scene, [], None if silent else words)

        await transaction(self._database, work)

    async def _try_again(self, scene: Scene, error: TemporaryError) -> None:
        entry = scene.entry
        log.warning("%s is put off, for the %s. time: %s", entry.event.id, entry.tries + 1, error)
        if entry.tries < len(PAUSES):
            await self._inbox.put_off(entry, error.retry_after or PAUSES[entry.tries])
        else:
            await self._finish(scene, LATER)

    async def _conclude(
        self, db: Connection, scene: Scene, posted: list[tuple[str, Outgoing]], answer: Answer
    ) -> None:
        """Write all that is said, close the question, and mark the event as handled."""
        event = scene.entry.event
        items = [*posted, *((scene.bot.name, item) for item in each(answer))]
        spoken = scene.entry.how in ("command", "answer")
        job = scene.entry.how == "job"
        origin = Origin(
            cause=event.id,
            room=event.room,
            event=None if job else event.id,
            thread=relation(event).thread,
            asker=event.sender if spoken and not scene.direct else None,
            words=lambda words: self._catalogs.say(words, self._manners.language),
        )
        await self._outbox.put(db, items, origin)
        if spoken:
            await db.execute(
                "DELETE FROM kit_drafts WHERE room = $1 AND user_id = $2", event.room, event.sender
            )
        await self._inbox.handled(db, scene.entry)

    def _context(self, db: Connection, scene: Scene) -> Context[Any, Any]:
        event = scene.entry.event
        return Context(
            bot=scene.bot.name,
            me=self._chat.user,
            asker=scene.asker,
            room=event.room,
            event=event,
            thread=relation(event).thread,
            reply_to=relation(event).reply_to,
            about=scene.entry.about,
            direct=scene.direct,
            now=self._now(),
            zone=self._manners.zone,
            language=self._manners.language,
            store=scene.bot.make_store(db) if scene.bot.make_store else None,
            settings=self._settings.get(scene.bot.name),
            directory=self._directory,
            media=self._chat,
            catalogs=self._catalogs,
            rooms=self.rooms,
            connection=db,
            neighbours=self,
            outbox=[],
        )

    def _now(self) -> datetime:
        return self._clock.now()

    def service(self, kind: type[V], context: Context[Any, Any]) -> V | None:
        """See `Neighbours`."""
        for bot in self._bots:
            if make := bot.services.get(kind):
                store = bot.make_store(context.connection) if bot.make_store else None
                theirs = replace(context, bot=bot.name, store=store, settings=self._settings.get(bot.name))
                return cast(V, make(theirs))
        return None


async def _in_time(answer: Awaitable[Answer]) -> Answer:
    async with asyncio.timeout(HANDLER_SECONDS):
        return await answer


def _with_options(ask: Ask, catalogs: Catalogs, language: str) -> Say:
    """The question with its answers, numbered."""
    lines = [catalogs.say(ask.question, language)]
    lines += [
        f"{number}. {_label(option, catalogs, language)}" for number, option in enumerate(ask.options, 1)
    ]
    return Say("\n".join(lines))


def _label(option: Option, catalogs: Catalogs, language: str) -> str:
    return catalogs.say(option.label, language)
