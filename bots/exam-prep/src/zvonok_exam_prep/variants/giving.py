"""`!вариант`: a teacher gives tasks to the students of a room."""

from __future__ import annotations

import secrets
from typing import Annotated

from zvonok_botkit import Answer, Rest, Role, Say, ntext, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.errors import UserError
from zvonok_exam_prep.declared import Exams, bot, voice
from zvonok_exam_prep.variants import selecting, wording
from zvonok_exam_prep.variants.asking import settled
from zvonok_exam_prep.variants.company import ROOM, key_of, students
from zvonok_exam_prep.variants.timing import keep_deadline, look_later
from zvonok_exam_prep.variants.variant import Mode, Variant
from zvonok_exam_prep.variants.wanted import fitting_all
from zvonok_exam_prep.variants.watching import first_shown

WHAT = text("Which tasks, how many, and until when? Such as: OGE English 10 tasks until Friday")


@bot.command("variant", "вариант", role=Role.TEACHER, direct=False)
async def give(ctx: Exams, what: Annotated[Rest, WHAT], state: str = "", answer: Rest = Rest()) -> Answer:
    """Give the class tasks that each student does alone with me: `!variant OGE English 10 tasks until Friday`, also `40 minutes`, `shuffled`, `different`"""
    people = await students(ctx, ctx.room)
    if not people:
        raise UserError(text("There are no students in this chat."))
    wanted, labels = await settled(ctx, what, state, answer)
    assert wanted.count is not None
    assert wanted.closes is not None
    fitting, seed = fitting_all(wanted, labels), secrets.token_hex(8)
    chosen = selecting.choose(fitting, wanted.count, seed)
    slots = selecting.slots(fitting, chosen, wanted.mode, seed)
    ids = list(dict.fromkeys(label.id for slot in slots for label in slot))
    variant = Variant(
        id=seed,
        room=ctx.room,
        author=ctx.asker.user,
        title=ctx.say(wording.name(wanted)),
        mode=wanted.mode,
        slots=tuple(tuple(ids.index(label.id) for label in slot) for slot in slots),
        points=sum(label.points for label in chosen),
        closes=wanted.closes,
        minutes=wanted.minutes,
    )
    await ctx.store.variants.add(variant, await ctx.store.tasks.items(ids, ctx.asker.user), ctx.now)
    for member in people:
        if member.joined:
            await ctx.store.variants.offer(seed, member.person.user)
    await keep_deadline(ctx, variant)
    await look_later(ctx, variant)
    said: list[Outgoing] = [
        Say(wording.announcement(variant, ctx.zone, voice(ctx)), to=variant.room, key=key_of(variant, ROOM)),
        await first_shown(ctx, variant),
    ]
    if variant.mode is Mode.DIFFERENT and len(ids) == len(slots):
        all_the_same = ntext(
            "There is just {n} such task, so everybody gets the same one.",
            "There are just {n} such tasks, so everybody gets the same ones, in an order of their own.",
            len(ids),
        )
        said.append(Say(all_the_same, to=variant.author))
    return said
