"""Recordings: taken in, listened to for their length, and counted.

Whoever is shy sends theirs to the bot alone. It is passed on to the teacher who has set the
homework and to nobody else: a story that nobody heard would be no answer, and the class is
not told what it did not hear.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from zvonok_botkit import Answer, React, Say, Send, Text, Withdraw, Work, text
from zvonok_botkit.answers import Outgoing
from zvonok_botkit.files import VOICE, File
from zvonok_core.errors import PermanentError, UserError
from zvonok_core.ids import EventId, RoomId
from zvonok_creative_homework.declared import (
    Homework,
    HomeworkSettings,
    belongs_to,
    beside,
    bot,
    company,
    is_student,
    reply,
    teacher_of,
    topics_of,
)
from zvonok_creative_homework.measuring import STRANGE, measure
from zvonok_creative_homework.packets import reader_for
from zvonok_creative_homework.round import Round
from zvonok_creative_homework.store import HomeworkStore, Recording
from zvonok_creative_homework.wording import accepted_alone, brief, choose_now, name_of, too_big, wrong_length

_MIMETYPE = re.compile(r"(?:audio|video)/[a-z0-9.+-]{1,40}")
NOBODY = text("There is no teacher in that chat just now who could hear you. Please try again later.")
GONE = text("I couldn't open this recording. Please send it again.")
OVER = text(
    "This homework is over already, so I don't count further stories. The others can hear yours all the same."
)


def is_recording(file: File | None) -> bool:
    """Whether a file is said to be sound or video."""
    return file is not None and (
        file.kind in ("audio", "video")
        or (file.kind == "file" and file.mimetype.startswith(("audio/", "video/")))
    )


async def heard_in_room(ctx: Homework, of: Round) -> Answer:
    """A recording in the room. In the discussion below the list it is an answer. Many clients
    can't record there; so is what somebody who has a topic and has not told of it yet records
    in the chat itself."""
    file, user = ctx.file, ctx.asker.user
    if file is None or not is_recording(file) or not await is_student(ctx, user, of.room):
        return None
    answered = await ctx.store.recording(ctx.reply_to) if ctx.reply_to else None
    if answered and answered.user != user:  # a question to somebody else
        return None
    below = belongs_to(ctx) == of.id
    if of.ended:
        return reply(ctx, of, OVER) if below else None
    if not below:
        waited_for = user in await ctx.store.picks(of.id) and user not in await ctx.store.answers(of.id)
        if ctx.thread or not waited_for or not (file.voice or file.kind == "video"):
            return None
    await listen_to(ctx, Recording(ctx.event.id, of.id, user, file.address, ctx.event.at, alone=False), file)
    return None


@bot.on_file()
async def heard_alone(ctx: Homework) -> Answer:
    """A recording in the direct chat, by somebody who has a topic."""
    file, user = ctx.file, ctx.asker.user
    if file is None or not is_recording(file):
        return None
    mine = [of for of in await ctx.store.all_running() if user in await ctx.store.picks(of.id)]
    mine = [of for of in mine if await is_student(ctx, user, of.room)]
    if not mine:
        return None
    open_ones = [of for of in mine if user not in await ctx.store.answers(of.id)]
    of = (open_ones or mine)[0]
    await listen_to(ctx, Recording(ctx.event.id, of.id, user, file.address, ctx.event.at, alone=True), file)
    return []  # it is ours, and more will be said once it is measured


async def listen_to(ctx: Homework, recording: Recording, file: File) -> None:
    """Have a recording looked at, beside everything else."""
    await ctx.store.expect(recording)
    await ctx.start(
        "listen",
        key=f"{recording.event}|{recording.address}",
        event=recording.event,
        room=ctx.room,
        thread=ctx.thread,
        mimetype=file.mimetype if _MIMETYPE.fullmatch(file.mimetype) else "",
        voice=file.voice,
        video=file.kind == "video",
    )


@bot.work()
async def listen(
    work: Work[HomeworkStore, HomeworkSettings],
    event: str,
    room: str,
    thread: str | None,
    mimetype: str,
    voice: bool,
    video: bool,
) -> Answer:
    """Measure a recording, and say what has come of it."""

    async def find(ctx: Homework) -> Recording | None:
        return await ctx.store.recording(EventId(event))

    place = RoomId(room)
    recording = await work.within(find)
    if recording is None:  # taken back meanwhile
        return None
    fault: Text | None = None
    seconds, size = 0, 0
    try:
        file = work.folder / "recording"
        size = await fetch(work, recording.address, file)
        seconds = int(await measure(file))
    except UserError as error:
        fault = error.text
    except PermanentError:
        fault = GONE

    def answer(of: Round, words: Text) -> Send:
        below = EventId(thread) if thread else None
        return beside(of, work.say(words), recording.event, recording.user, room=place, thread=below)

    async def conclude(ctx: Homework) -> list[Outgoing]:
        now = await ctx.store.recording(EventId(event))
        of = await ctx.store.round(recording.round)
        if now is None or of is None or now.address != recording.address:
            return []
        problem = fault or wrong_length(seconds, of.seconds)
        if problem:
            if recording.alone:
                return [Say(problem, to=place)]
            return [answer(of, problem)]
        if recording.alone:
            info = {"mimetype": mimetype, "size": size, "duration": seconds * 1000}
            return await _passed_on(ctx, of, recording, seconds, info, voice=voice, video=video)
        await ctx.store.measured(recording.event, seconds)
        done: list[Outgoing] = [React("✅", event=recording.event, to=place)]
        if recording.user not in await ctx.store.picks(of.id):
            done.append(answer(of, choose_now(await topics_of(ctx, of))))
        return done

    return await work.within(conclude)


async def fetch(work: Work[HomeworkStore, HomeworkSettings], address: str, file: Path) -> int:
    """Have a recording on the disk; returns its size in bytes. Raises UserError for what is too
    large or no recording, whatever is said of it."""
    most = work.settings.most_megabytes * 1_000_000
    stored = await work.media.look(address)
    if stored.size > most:
        raise UserError(too_big(stored.size, most))
    if reader_for(stored.begins) is None:
        raise UserError(STRANGE)
    size = 0
    with await asyncio.to_thread(file.open, "wb") as on_disk:
        async for piece in work.media.stream(address):
            size += len(piece)
            if size > most:
                raise UserError(too_big(size, most))
            await asyncio.to_thread(on_disk.write, piece)
    return size


async def _passed_on(
    ctx: Homework,
    of: Round,
    recording: Recording,
    seconds: int,
    info: dict[str, object],
    *,
    voice: bool,
    video: bool,
) -> list[Outgoing]:
    """What the teacher gets, and what the student reads."""
    teacher = await teacher_of(ctx, of)
    if teacher is None:
        return [Say(NOBODY, to=recording.user)]
    names = {person.user: brief(person) for person in (await company(ctx, of.room)).people}
    name = names.get(recording.user, recording.user)
    topic = of.topic((await ctx.store.picks(of.id)).get(recording.user, 0)) or name_of(of)
    words = text(
        "{name} tells of “{topic}” to you alone; the class does not hear it.", name=name, topic=topic
    )
    content: dict[str, object] = {
        "msgtype": "m.video" if video else "m.audio",
        "body": name,
        "url": recording.address,
        "info": {key: value for key, value in info.items() if value},
        "m.mentions": {},
    }
    if voice:
        content |= {VOICE[0]: {}, "org.matrix.msc1767.audio": {"duration": info["duration"]}}
    await ctx.store.measured(recording.event, seconds)
    key = alone_key(recording.event)
    before = [Withdraw(key)] if await ctx.sent(key) else []
    return [
        *before,
        Say(accepted_alone(topic, seconds, brief(teacher)), to=recording.user),
        Say(words, to=teacher.user),
        Send("m.room.message", content, to=teacher.user, key=key),
    ]


def alone_key(event: EventId) -> str:
    """The key of what the teacher got of an answer that nobody else hears."""
    return f"alone:{event}"
