"""One event for one bot, from the inbox to its answer in the outbox.

What has to be looked up elsewhere is looked up first; then one transaction holds what the
handler writes, what it says, and that the event is handled. Whatever goes wrong undoes all
of it, and becomes a question, a sentence or another try in a transaction of its own.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace

from zvonok_botkit.bot import Claim, Handler
from zvonok_botkit.chat import Event
from zvonok_botkit.files import read_file
from zvonok_botkit.ground import Ground, Scene, in_time
from zvonok_botkit.helping import CANNOT_READ
from zvonok_botkit.inbox import Entry, HandledError
from zvonok_botkit.incoming import addressed
from zvonok_botkit.registry import AnyBot
from zvonok_botkit.speech import Speech
from zvonok_botkit.trouble import trace
from zvonok_botkit.work import working
from zvonok_core.clock import milliseconds
from zvonok_core.db import Connection, transaction
from zvonok_core.errors import PermanentError, TemporaryError, UserError
from zvonok_core.ids import RoomId
from zvonok_core.people import Person
from zvonok_core.text import text

log = logging.getLogger(__name__)

PAUSES = (1.0, 5.0, 30.0)
"""Seconds before an event is tried again that failed for somebody else's fault."""
LATER = text("This doesn't work just now. Please try again in a few minutes.")
FOR_NOBODY = text("Thank you, but I don't know what this file is for: nobody has asked you for one just now.")


class Dispatcher:
    """Handles entries of the inbox."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._speech = Speech(ground)

    async def handle(self, entry: Entry) -> None:
        """Handle one entry for good, or put it off. Raises TemporaryError where the database
        is away: the entry is still there."""
        sender = entry.event.sender
        stranger = Person(sender, sender[1:].partition(":")[0])
        scene = Scene(entry, self._ground.bots[entry.bot], stranger, direct=False, company=None)
        try:
            scene = await self._looked_up(scene)
            if entry.tries > len(PAUSES):
                log.error("%s was left unfinished %s times and is let go", entry.event.id, entry.tries)
                await self._ground.finish(scene, LATER)
            elif entry.how == "command" and await self._claimed(scene):
                pass
            elif entry.how in ("command", "answer") and self._too_old(entry.event):
                log.info("%s is too old to be answered", entry.event.id)
                await self._ground.finish(scene, None)
            elif entry.how in ("job", "work"):
                await self._run_job(scene)
            elif entry.how == "encrypted":
                await self._cannot_read(scene)
            elif entry.how == "said":
                await self._offer(scene)
            elif entry.how == "event":
                await self._run_listeners(scene)
            else:
                await self._speech.hear(scene)
        except HandledError:
            log.warning("%s was handled by another program on this database", entry.event.id)
        except UserError as error:
            await self._ground.finish(scene, error.text)
        except TemporaryError as error:
            await self._try_again(scene, error)
        except Exception as error:
            number = secrets.token_hex(3)
            log.error("bug %s in %s with %s:\n%s", number, entry.bot, entry.event.id, trace(error))
            apology = text(
                "Something went wrong on my side, sorry. If it happens again, tell the school: number {number}.",
                number=number,
            )
            await self._ground.finish(scene, apology)
        self._ground.outbox.wake()

    async def _looked_up(self, scene: Scene) -> Scene:
        """The scene with whoever is in it. Nobody is known while the directory is away: what
        needs no right and no names goes on."""
        event = scene.entry.event
        members = await self._ground.database.fetchval(
            "SELECT members FROM kit_rooms WHERE room = $1", event.room
        )
        scene = replace(scene, direct=members == 2)
        if scene.entry.how == "encrypted":
            return scene
        try:
            company = await self._ground.rooms.view(event.room)
        except (TemporaryError, PermanentError) as error:
            log.warning("nobody can be looked up for %s: %s", event.id, error)
            return scene
        member = company.member(event.sender)
        return replace(scene, company=company, asker=member.person if member else scene.asker)

    def _too_old(self, event: Event) -> bool:
        return milliseconds(self._ground.clock.now()) - event.at > self._ground.manners.answer_within * 1000

    async def _offer(self, scene: Scene) -> None:
        """Words in a direct chat that are no command, or a file: the first bot that knows what
        to do with them has them. They may be an answer, so they are heard however old they are."""
        file = read_file(scene.entry.event) is not None
        for bot in await self._in_turn(scene.entry.event.room, scene.bot):
            handler = bot.receives if file else bot.otherwise
            about = scene.entry.about if bot is scene.bot else ""
            entry = replace(scene.entry, about=about)
            if handler and await self._taken(replace(scene, bot=bot, entry=entry), handler):
                return
        if self._too_old(scene.entry.event):
            await self._ground.finish(scene, None)
        elif file:
            await self._ground.finish(scene, FOR_NOBODY)
        else:
            await self._speech.hear(scene)

    async def _claimed(self, scene: Scene) -> bool:
        """Give words that happen to be a command to a bot that waits for them, see `Bot.claims`;
        False where none does."""
        event, chat = scene.entry.event, self._ground.chat
        if not scene.direct or addressed(event, chat.user, chat.name) is not None:
            return False
        for bot in await self._in_turn(event.room):
            waiting = replace(scene, bot=bot, entry=replace(scene.entry, about=""))
            if bot.claim and bot.otherwise and await self._taken(waiting, bot.otherwise, bot.claim):
                return True
        return False

    async def _in_turn(self, room: RoomId, first: AnyBot | None = None) -> list[AnyBot]:
        """All bots: `first`, then whichever has spoken last in the room."""
        last = await self._ground.database.fetchval(
            "SELECT bot FROM kit_outbox WHERE room = $1 ORDER BY position DESC LIMIT 1", room
        )
        return sorted(self._ground.bots, key=lambda bot: (bot is not first, bot.name != last))

    async def _taken(self, scene: Scene, handler: Handler, claim: Claim | None = None) -> bool:
        async def work(db: Connection) -> bool:
            context = self._ground.context(db, scene)
            if claim and not await claim(context):
                return False
            answer = await in_time(handler(context))
            if answer is None and not context.outbox:
                return False
            await self._ground.conclude(db, scene, context.outbox, answer)
            return True

        return await transaction(self._ground.database, work)

    async def _run_listeners(self, scene: Scene) -> None:
        event, about = scene.entry.event, scene.entry.about

        async def work(db: Connection) -> None:
            context = self._ground.context(db, scene)
            for listener in scene.bot.listeners:
                if listener.hears(event, about, own=event.sender == self._ground.chat.user):
                    context.post(await in_time(listener.handler(context)))
            await self._ground.conclude(db, scene, context.outbox, None)

        await transaction(self._ground.database, work)

    async def _run_job(self, scene: Scene) -> None:
        content = scene.entry.event.content
        rule = scene.bot.jobs.get(content["name"])
        if rule is None:
            log.warning("%s has no job %s any more", scene.bot.name, content["name"])
            await self._ground.finish(scene, None)
            return

        if rule.long:
            async with working(self._ground, scene) as long:
                done = await rule.handler(long, **content["data"])
            await transaction(self._ground.database, lambda db: self._ground.conclude(db, scene, [], done))
            return

        async def work(db: Connection) -> None:
            context = self._ground.context(db, scene)
            answer = await in_time(rule.handler(context, **content["data"]))
            await self._ground.conclude(db, scene, context.outbox, answer)

        await transaction(self._ground.database, work)

    async def _cannot_read(self, scene: Scene) -> None:
        room = scene.entry.event.room

        async def work(db: Connection) -> None:
            told = await db.fetchval("SELECT told_encrypted FROM kit_rooms WHERE room = $1", room)
            await db.execute("UPDATE kit_rooms SET told_encrypted = $2 WHERE room = $1", room, True)
            await self._ground.conclude(db, scene, [], None if told else CANNOT_READ)

        await transaction(self._ground.database, work)

    async def _try_again(self, scene: Scene, error: TemporaryError) -> None:
        entry = scene.entry
        log.warning("%s is put off, for the %s. time: %s", entry.event.id, entry.tries + 1, error)
        if entry.tries < len(PAUSES):
            await self._ground.inbox.put_off(entry, error.retry_after or PAUSES[entry.tries])
        else:
            await self._ground.finish(scene, LATER)
