"""A teacher's own list: asked for, read beside everything else, and taken as a whole or not at all."""

from __future__ import annotations

from dataclasses import replace

from zvonok_botkit import Answer, Role, Say, Work, ntext, text
from zvonok_botkit.files import File
from zvonok_core.errors import PermanentError
from zvonok_core.ids import RoomId
from zvonok_word_of_the_day.declared import LIST, Here, WordSettings, bot, lines, plan, today
from zvonok_word_of_the_day.store import WordStore
from zvonok_word_of_the_day.tables import LARGEST, read_table
from zvonok_word_of_the_day.wording import on
from zvonok_word_of_the_day.words import Word

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xls")
NOT_THERE = text("I couldn't get this file. Please send it again.")
TOO_LARGE = text("The file is too large for a list of words.")
NOTHING_TAKEN = text("I haven't taken anything of the list yet. Please mend this and send it again:")


@bot.on_file()
async def file_alone(ctx: Here) -> Answer:
    """A file in the direct chat of a teacher who was asked for a list."""
    if ctx.about.startswith(LIST):
        return await list_comes(ctx, RoomId(ctx.about.removeprefix(LIST)))
    practice = await ctx.store.waiting(ctx.asker.user)
    return await list_comes(ctx, practice.room) if practice and _may_be_a_table(ctx.file) else None


def _may_be_a_table(file: File | None) -> bool:
    """Whether a file says of itself that it is one; a photo may be for another bot."""
    return file is not None and (
        file.name.casefold().endswith(ENDINGS)
        or any(kind in file.mimetype for kind in ("csv", "sheet", "excel"))
    )


async def list_comes(ctx: Here, room: RoomId) -> Answer:
    """Have a file read as the list of a room; None for what is no file, or nobody's to send."""
    if ctx.file is None or not await ctx.may(Role.TEACHER, room=room):
        return None
    await ctx.start("read_list", key=ctx.event.id, room=room, address=ctx.file.address, name=ctx.file.name)
    return text("Thank you, I'm reading the list.")


@bot.work()
async def read_list(work: Work[WordStore, WordSettings], room: str, address: str, name: str) -> Answer:
    try:
        stored = await work.media.look(address)
        content = await work.media.download(address) if stored.size <= LARGEST else None
    except PermanentError:
        return NOT_THERE
    if content is None:
        return TOO_LARGE
    rows, faults = read_table(name, content)
    words = [Word(**row) for row in rows]

    async def keep(ctx: Here) -> Answer:
        return await _kept(ctx, RoomId(room), words)

    if not faults:
        return await work.within(keep)
    return Say("\n".join(work.say(line) for line in (NOTHING_TAKEN, *faults)), key=f"{LIST}{room}")


async def _kept(ctx: Here, room: RoomId, words: list[Word]) -> Answer:
    practice = await ctx.store.practice(room)
    if practice is None:
        return text("There is no word of the day in that chat any more.")
    await ctx.store.replace_words(room, words)
    resumed = practice.paused and practice.resumes is None
    practice = replace(practice, wanted=False, paused=practice.paused and not resumed)
    await ctx.store.keep(practice)
    there = replace(ctx, room=room)
    day = await plan(there, practice)
    taken = ntext("I have taken the list: {n} word.", "I have taken the list: {n} words.", len(words))
    coming = text("The next word comes {day}.", day=on(day, today(ctx), ctx.language)) if day else ""
    return Say(lines(ctx, taken, coming))
