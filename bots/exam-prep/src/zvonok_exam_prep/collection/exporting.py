"""`!выгрузить задания`: tasks as a file, for a spreadsheet, for Moodle, or to be loaded again."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

from zvonok_botkit import Answer, Attachment, Option, React, Rest, Role, Say, ntext, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.errors import PermanentError, UserError
from zvonok_core.ids import UserId
from zvonok_core.people import plain
from zvonok_exam_prep.collection.listing import DIRECTLY
from zvonok_exam_prep.collection.loading import BUSY, Loader
from zvonok_exam_prep.collection.missing import Question, settle, wording
from zvonok_exam_prep.collection.wishes import fitting, read_wish
from zvonok_exam_prep.declared import Exams, bot
from zvonok_exam_prep.formats import Exported, Format, write
from zvonok_exam_prep.items import Item, ItemId, Picture

MOST_LOSSES = 15
_OWN = re.compile(r"\b(?:только\s+)?(?:мои|свои|mine|my own|own)\b")
_FORMATS = {
    Format.XLSX: r"xlsx|excel|эксел\w*|ексел\w*|таблиц\w*|table",
    Format.CSV: r"csv",
    Format.YAML: r"yaml|yml|ямл",
    Format.XML: r"xml|moodle|мудл\w*",
    Format.GIFT: r"gift|гифт",
}
_HELD = frozenset({Format.YAML, Format.XML})
"""Formats that hold pictures."""
WHICH_FORMAT = text("As what?")
OPTIONS = (
    Option(text("a table for Excel (.xlsx)"), "xlsx"),
    Option(text("a table (.csv)"), "csv"),
    Option(text("everything there is about them (.yaml)"), "yaml"),
    Option(text("for Moodle (.xml)"), "xml"),
    Option(text("for Moodle, as plain text (.gift)"), "gift"),
)


@bot.command("export tasks", "выгрузить задания", role=Role.TEACHER)
async def export_tasks(ctx: Exams, what: Rest = Rest(), format: Rest = Rest()) -> Answer:
    """Get tasks as a file, all or some: `!export tasks`, `!export tasks excel mathematics 7`, `!export tasks mine`"""
    if not ctx.direct:
        raise UserError(DIRECTLY)
    wanted, words = _format(f"{format} {what}")
    own = _OWN.search(words)
    labels = await ctx.store.tasks.labels(ctx.asker.user)
    if own:
        words = _OWN.sub(" ", words)
        mine = await ctx.store.tasks.brought("") | await ctx.store.tasks.brought(ctx.asker.user)
        labels = [label for label in labels if mine.get(label.id) == ctx.asker.user]
        if not labels:
            raise UserError(text("You have loaded no tasks yet: “!load tasks”."))
    if words.strip():
        found = settle(read_wish(words, labels), labels)
        if isinstance(found, Question) and found.before:
            return Say(wording(found, ctx.say))
        labels = fitting(found.wish if isinstance(found, Question) else found, labels)
    if wanted is None:
        raise ctx.ask("format", WHICH_FORMAT, OPTIONS, {"what": str(what)} if what else {})
    begun = await ctx.start("write_tasks", key=ctx.asker.user, teacher=ctx.asker.user, format=wanted.value, ids=[label.id for label in labels])  # fmt: skip
    return React("👀") if begun else BUSY


@bot.work()
async def write_tasks(work: Loader, teacher: str, format: str, ids: list[str]) -> Answer:
    async def step(ctx: Exams) -> list[Item]:
        return await ctx.store.tasks.items([ItemId(one) for one in ids], UserId(teacher))

    tasks, wanted = await work.within(step), Format(format)
    if wanted in _HELD:
        tasks = [await _with_pictures(work, item) for item in tasks]
    exported = await asyncio.to_thread(write, tasks, wanted)
    name = f"{work.say(text('tasks'))}.{wanted.value}"
    caption = ntext("{n} task", "{n} tasks", len(tasks))
    return [Attachment(exported.content, name, exported.mimetype, caption), *_losses(work, exported)]


def _format(words: str) -> tuple[Format | None, str]:
    """The format that is named, and the other words."""
    said = plain(words)
    for one, pattern in _FORMATS.items():
        if found := re.search(rf"\.?\b(?:{pattern})\b", said):
            return one, f"{said[: found.start()]} {said[found.end() :]}"
    return None, said


def _losses(work: Loader, exported: Exported) -> list[Outgoing]:
    if not exported.losses:
        return []
    lines = [work.say(text("This file can't hold all of it:"))]
    shown = exported.losses[:MOST_LOSSES]
    lines += [f"• {loss.item}: {work.say(loss.text)}" for loss in shown]
    if more := len(exported.losses) - len(shown):
        lines.append(work.say(ntext("… and {n} more", "… and {n} more", more)))
    lines.append(work.say(text("The .yaml file holds everything.")))
    return [Say("\n".join(lines))]


async def _with_pictures(work: Loader, item: Item) -> Item:
    """The task with its pictures in itself, to be taken elsewhere; those that are gone are left."""

    async def whole(picture: Picture) -> Picture:
        if not picture.address.startswith("mxc:"):
            return picture
        try:
            return replace(picture, address="", data=await work.media.download(picture.address))
        except PermanentError:
            return picture

    return replace(item, pictures=tuple([await whole(picture) for picture in item.pictures]))
