"""`!загрузить задания`: a file is read, shown, and kept if the teacher says so.

It is read twice, before the question and after the answer: until then nothing of it is kept,
and what is kept then is all of it in one transaction.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TypeAlias

from zvonok_botkit import Answer, Attachment, React, Rest, Role, Say, Text, Work, ntext, text
from zvonok_core.clock import milliseconds
from zvonok_core.errors import PermanentError
from zvonok_core.ids import UserId
from zvonok_core.people import plain
from zvonok_exam_prep.bank import shipped
from zvonok_exam_prep.collection import telling
from zvonok_exam_prep.collection.comparing import Changes, compare
from zvonok_exam_prep.collection.loading_store import Loading
from zvonok_exam_prep.collection.wishes import read_wish
from zvonok_exam_prep.declared import Exams, ExamSettings, bot, hears, receives
from zvonok_exam_prep.formats import Format, Problem, Reading, format_of, read, write
from zvonok_exam_prep.formats.model import MOST_BYTES
from zvonok_exam_prep.formats.tables import XLSX
from zvonok_exam_prep.items import Item, Picture
from zvonok_exam_prep.presenting import Voice, mimetype_of, to
from zvonok_exam_prep.store import ExamStore

PART = "loading"
PATIENCE = 3_600_000
"""Milliseconds that a file, or a word on it, is waited for."""
SEND_IT = text(
    "Send me the file here. I can read our own .yaml, Moodle's .gift and .xml, and tables: .xlsx and .csv. I show you first what will come of it."
)
UNREADABLE = text("I can't read files of this kind. I can read .yaml, .gift, .txt, .xml, .xlsx and .csv.")
BUSY = text("I am reading a file of yours already. Just a moment, please.")
GONE = text("I can't find this file any more. Please send it again.")
TOO_LARGE = text("The file has more than {n} MB.", n=MOST_BYTES // 1_000_000)
NOT_LOADED = text("All right, I have loaded nothing.")
ONE_OF_THREE = text("Please answer with 1, 2 or 3.")
_CAPTION = re.compile(
    r"!?\s*(?:загруз\w*|добав\w*|импорт\w*|load|add|import)?\s*(?:задани[яй]|задачи|вопросы|тренажер\w*|tasks|questions)\b"
)
_ANSWERS = {
    "1": "", "всем": "", "для всех": "", "да": "", "everybody": "", "for everybody": "", "yes": "",
    "2": "own", "мне": "own", "только мне": "own", "себе": "own", "for me": "own", "me": "own",
    "3": None, "нет": None, "никому": None, "не надо": None, "не загружать": None, "отмена": None, "no": None,
}  # fmt: skip
Loader: TypeAlias = Work[ExamStore, ExamSettings]


@bot.command("load tasks", "загрузить задания", role=Role.TEACHER)
async def load_tasks(ctx: Exams, about: Rest = Rest()) -> Answer:
    """Load tasks of your own from a file that you send to me: `!load tasks`"""
    usual = await _usual(ctx, str(about))
    await ctx.store.loading.keep(ctx.asker.user, Loading(milliseconds(ctx.now), usual=usual))
    example = Attachment(example_table(), f"{ctx.say(text('example'))}.xlsx", XLSX, text("An example, a task of each kind"))  # fmt: skip
    if ctx.direct:
        return [Say(SEND_IT), example]
    ctx.post(to(ctx.asker.user, [Say(SEND_IT), example]))
    return text("Let's go on in our direct chat.")


@receives
async def file_of_tasks(ctx: Exams) -> Answer:
    """A file in a direct chat, where a teacher brings tasks with it."""
    file = ctx.file
    known = await ctx.store.loading.loading(ctx.asker.user)
    waited = known is not None and not known.address and milliseconds(ctx.now) - known.at <= PATIENCE
    caption = _CAPTION.match(plain(file.caption.strip())) if file else None
    if file is None or not (waited or caption) or not await ctx.may(Role.TEACHER):
        return None
    if format_of(file.name) is None:
        return UNREADABLE
    usual = await _usual(ctx, file.caption[caption.end() :] if caption else file.caption)
    if not usual and known is not None and waited:
        usual = known.usual or {}
    await ctx.store.loading.forget(ctx.asker.user)
    begun = await ctx.start("read_tasks", key=ctx.asker.user, teacher=ctx.asker.user, address=file.address, name=file.name, usual=dict(usual))  # fmt: skip
    return React("👀") if begun else BUSY


@hears(PART)
async def decided(ctx: Exams) -> Answer:
    """Whom the tasks of a file are for."""
    teacher = ctx.asker.user
    known = await ctx.store.loading.loading(teacher)
    if known is None or not known.address or milliseconds(ctx.now) - known.at > PATIENCE:
        return None
    said = plain(ctx.words).strip(" .!)")
    if said not in _ANSWERS:
        return ONE_OF_THREE
    await ctx.store.loading.forget(teacher)
    answer = _ANSWERS[said]
    if answer is None or not await ctx.may(Role.TEACHER):
        return NOT_LOADED
    owner = teacher if answer else ""
    await ctx.start("add_tasks", key=teacher, teacher=teacher, address=known.address, name=known.name, usual=dict(known.usual or {}), owner=owner)  # fmt: skip
    return React("👀")


@bot.work()
async def read_tasks(work: Loader, teacher: str, address: str, name: str, usual: dict[str, str]) -> Answer:
    voice = Voice(work.say, work.language)
    reading = await _read(work, address, name, usual)
    if isinstance(reading, Text):
        return reading
    changes = await _compared(work, reading.items, UserId(teacher), "")
    found = [*reading.problems, *(Problem(name, 0, "id", what) for what in telling.taken(changes.taken))]
    if found:
        return telling.problems(name, found, voice)

    async def wait_for_a_word(ctx: Exams) -> None:
        await ctx.store.loading.keep(UserId(teacher), Loading(milliseconds(ctx.now), address, name, usual))
        await ctx.store.take_floor(UserId(teacher), PART)

    await work.within(wait_for_a_word)
    return telling.preview(name, reading.items, changes, reading.notes, voice)


@bot.work()
async def add_tasks(
    work: Loader, teacher: str, address: str, name: str, usual: dict[str, str], owner: str
) -> Answer:
    reading = await _read(work, address, name, usual)
    if isinstance(reading, Text):
        return reading
    changes = await _compared(work, reading.items, UserId(teacher), owner)
    found = [*reading.problems, *(Problem(name, 0, "id", what) for what in telling.taken(changes.taken))]
    if found:
        return telling.problems(name, found, Voice(work.say, work.language))
    wanted = [await _with_stored_pictures(work, item) for item in changes.wanted]
    if not wanted:
        return text("All of these tasks are there already.")

    async def add(ctx: Exams) -> None:
        await ctx.store.tasks.add(
            wanted, file=name, by=UserId(teacher), owner=owner, at=milliseconds(ctx.now)
        )

    await work.within(add)
    return ntext(
        "Loaded: {n} task. To see what there is: “!tasks”. To take them back: “!take tasks back”.",
        "Loaded: {n} tasks. To see what there is: “!tasks”. To take them back: “!take tasks back”.",
        len(wanted),
    )


@cache
def example_table() -> bytes:
    """A table with a task of each kind, to be changed into one's own."""
    kinds = {type(item.asks): item for item in shipped() if not item.pictures}
    return write(kinds.values(), Format.XLSX).content


async def _usual(ctx: Exams, words: str) -> Mapping[str, str]:
    """What all tasks of a file are about, as a teacher says it: «химия 8»."""
    wished = read_wish(words, await ctx.store.tasks.labels(ctx.asker.user))
    wish = wished.wish
    found = {
        "subject": wish.subject or " ".join(wished.unknown),
        "grades": str(wish.grade or ""),
        "exam": wish.exam.value if wish.exam else "",
        "topic": wish.topics[0] if len(wish.topics) == 1 else "",
    }
    return {key: value for key, value in found.items() if value}


async def _read(work: Loader, address: str, name: str, usual: Mapping[str, str]) -> Reading | Text:
    try:
        stored = await work.media.look(address)
        if stored.size > MOST_BYTES:
            return TOO_LARGE
        content = await work.media.download(address)
    except PermanentError:
        return GONE
    return await asyncio.to_thread(read, name, content, usual)


async def _compared(work: Loader, tasks: Sequence[Item], teacher: UserId, owner: str) -> Changes:
    async def step(ctx: Exams) -> Changes:
        store = ctx.store.tasks
        there = await store.items([item.id for item in tasks], owner)
        brought = await store.brought("") | (await store.brought(owner) if owner else {})
        return compare(tasks, {item.id: item for item in there}, brought, teacher)

    return await work.within(step)


async def _with_stored_pictures(work: Loader, item: Item) -> Item:
    """The task with its pictures in the homeserver's store instead of in the task."""

    async def stored(picture: Picture) -> Picture:
        if not picture.data:
            return picture
        address = await work.media.upload(picture.data, picture.name, mimetype_of(picture.data))
        return replace(picture, address=address, data=b"")

    return replace(item, pictures=tuple([await stored(picture) for picture in item.pictures]))
