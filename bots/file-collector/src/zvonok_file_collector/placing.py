"""From something that was sent to somebody's work, and the receipt for it."""

from __future__ import annotations

from collections.abc import Sequence

from zvonok_botkit import Edit, Say, Text, text
from zvonok_botkit.answers import Outgoing
from zvonok_botkit.files import File
from zvonok_core.errors import PermanentError
from zvonok_core.ids import UserId
from zvonok_file_collector.declared import RECEIPT, Collector, key_of, show_soon, voice
from zvonok_file_collector.formats import detect
from zvonok_file_collector.names import with_ending
from zvonok_file_collector.register import rules_of
from zvonok_file_collector.states import TOGETHER, FileRef, Part, Refused, Work, take
from zvonok_file_collector.targets import Target, takes
from zvonok_file_collector.wording import over, problem, receipt, refusal

LONGEST_NAME = 300
NOT_THERE = text("The file has not reached the school's server whole. Please send it again.")


async def look(ctx: Collector, file: File) -> FileRef | Text:
    """A file as it really is; a sentence where it is not there."""
    try:
        seen = await ctx.media.look(file.address)
    except PermanentError:
        return NOT_THERE
    sound = file.kind == "audio" or file.mimetype.startswith("audio/")
    kind = detect(seen.begins, file.name)
    return FileRef(file.address, with_ending(file.name[:LONGEST_NAME], kind.value), seen.size, kind, sound)


def part_of(ctx: Collector, file: FileRef | None) -> Part:
    """What has just come."""
    return Part(ctx.event.id, ctx.asker.user, ctx.event.at, file)


async def place(ctx: Collector, target: Target, parts: Sequence[Part]) -> tuple[int, list[Outgoing]]:
    """Hand in where it belongs: how much was taken, and what is said of all of it."""
    held, said, taken = target.held, list[Outgoing](), 0
    before = work = await ctx.store.work(*target.id)
    for part in parts:
        if not takes(held, part.at):
            said.append(Say(over(held)))
        elif part.file and (reason := problem(held, part.file, voice(ctx))):
            said.append(Say(reason))
        else:
            try:
                work = take(work, part, rules_of(held))
                taken += 1
            except Refused as refused:
                said.append(Say(refusal(refused.why, held, work, voice(ctx))))
    if taken:
        await keep(ctx, target, work)
    if taken and not held.confirms:
        said.insert(0, receipt_for(ctx, target, parts[-1].sender, before, work, parts[-1].at))
    return taken, said


async def keep(ctx: Collector, target: Target, work: Work) -> None:
    """Write a work down; teachers see it soon."""
    await ctx.store.save(*target.id, work)
    await show_soon(ctx, target.held)


def receipt_for(
    ctx: Collector, target: Target, sender: UserId, before: Work, work: Work, at: int
) -> Outgoing:
    """One message for all that somebody sends in a row: it is edited while that goes on."""
    key = key_of(target.held, RECEIPT, target.duty.subject.user, sender)
    words = receipt(target.held, target.duty, work, voice(ctx))
    latest = max((part.at for part in before.parts if part.sender == sender), default=0)
    if before.together(at) and at - latest <= TOGETHER:
        return Edit(key, words)
    return Say(words, to=sender, key=key)
