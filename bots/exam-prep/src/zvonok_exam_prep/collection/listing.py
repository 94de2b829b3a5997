"""`!задания`: what there is, and who has brought it; `!убрать задания`: taking it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from babel.dates import format_date

from zvonok_botkit import Answer, Option, Rest, Role, Say, Text, ntext, text
from zvonok_core.errors import UserError
from zvonok_core.people import plain
from zvonok_exam_prep.collection.labels import Label
from zvonok_exam_prep.collection.missing import Question, capital, name_of, settle, wording
from zvonok_exam_prep.collection.store import Import
from zvonok_exam_prep.collection.wishes import Wish, fitting, read_wish
from zvonok_exam_prep.declared import Exams, bot
from zvonok_exam_prep.items import Exam

MOST_IMPORTS, MOST_TOPICS = 9, 40
HOW = text(
    "By topics: “!tasks mathematics 7”. To load your own: “!load tasks”. To get them as a file: “!export tasks”."
)
DIRECTLY = text("Let's do that in our direct chat: write it to me there, please.")
NONE_BROUGHT = text("You have loaded no tasks that could be taken back.")
WHICH_FILE = text("What shall I take back?")


@bot.command("tasks", "задания", role=Role.TEACHER)
async def tasks(ctx: Exams, what: Rest = Rest()) -> Answer:
    """Show what tasks there are, of all or by topics: `!tasks`, `!tasks mathematics 7`"""
    labels = await ctx.store.tasks.labels(ctx.asker.user)
    if what.strip():
        found = settle(read_wish(str(what), labels), labels)
        words = wording(found, ctx.say) if isinstance(found, Question) and found.before else None
        wish = found.wish if isinstance(found, Question) else found
        words = words or _by_topic(ctx, wish, fitting(wish, labels))
    else:
        words = "\n".join([*_by_subject(ctx, labels), *(await _own(ctx)), "", ctx.say(HOW)])
    if ctx.direct:
        return Say(words)
    ctx.post(Say(words, to=ctx.asker.user))
    return text("The answer is in our direct chat.")


@bot.command("take tasks back", "убрать задания", role=Role.TEACHER)
async def take_tasks_back(ctx: Exams, which: Rest = Rest()) -> Answer:
    """Take back tasks that you have loaded, a whole file at a time: `!take tasks back`"""
    if not ctx.direct:
        raise UserError(DIRECTLY)
    # Whoever leads the school may take back anybody's.
    everybody = await ctx.may(Role.PRINCIPAL)
    brought = await ctx.store.tasks.imports(None if everybody else ctx.asker.user)
    if not brought:
        raise UserError(NONE_BROUGHT)
    said = plain(which).strip()
    meant = [one for one in brought if said and said in (f"#{one.number}", plain(one.file))]
    if len(meant) != 1:
        offered = (meant or brought)[:MOST_IMPORTS]
        raise ctx.ask("which", WHICH_FILE, [Option(_line(ctx, one), f"#{one.number}") for one in offered])
    (one,) = meant
    await ctx.store.tasks.take_back(one.number)
    return text(
        "Taken back: {file}. What students have answered stays in their progress.", file=_line(ctx, one)
    )


def _by_subject(ctx: Exams, labels: Sequence[Label]) -> list[str]:
    lines = [ctx.say(ntext("There is {n} task:", "There are {n} tasks:", len(labels)))]
    for subject in sorted({label.subject for label in labels}):
        of_it = [label for label in labels if label.subject == subject]
        grades = Counter(grade for label in of_it for grade in label.grades)
        exams = Counter(label.exam for label in of_it if label.exam)
        parts = [
            ctx.say(text("grade {n}: {count}", n=grade, count=grades[grade])) for grade in sorted(grades)
        ]
        parts += [f"{exam.value}: {exams[exam]}" for exam in Exam if exam in exams]
        lines.append(f"• {capital(subject)} ({len(of_it)}). {'; '.join(parts)}")
    return lines


def _by_topic(ctx: Exams, wish: Wish, labels: Sequence[Label]) -> str:
    title = ntext("{wish}: {n} task", "{wish}: {n} tasks", len(labels), wish=name_of(wish))
    counted = Counter((label.topic, label.exam, label.task) for label in labels)
    lines = [ctx.say(title)]
    for (topic, exam, task), count in sorted(counted.items(), key=lambda one: one[0][0])[:MOST_TOPICS]:
        about = [topic or ctx.say(text("without a topic"))]
        about += [exam.value] if exam else []
        about += [ctx.say(text("task {n}", n=task))] if task else []
        lines.append(f"• {', '.join(about)}: {count}")
    if more := max(len(counted) - MOST_TOPICS, 0):
        lines.append(ctx.say(ntext("… and {n} more", "… and {n} more", more)))
    return "\n".join(lines)


async def _own(ctx: Exams) -> list[str]:
    brought = await ctx.store.tasks.imports(ctx.asker.user)
    if not brought:
        return []
    lines = [f"• {ctx.say(_line(ctx, one))}" for one in brought[:MOST_IMPORTS]]
    return ["", ctx.say(text("You have loaded:")), *lines]


def _line(ctx: Exams, one: Import) -> Text:
    day = format_date(datetime.fromtimestamp(one.at / 1000, ctx.zone), "d MMMM", locale=ctx.language)
    if one.owner:
        return ntext("{file}, {day}: {n} task, for me alone", "{file}, {day}: {n} tasks, for me alone", one.tasks, file=one.file, day=day)  # fmt: skip
    return ntext("{file}, {day}: {n} task", "{file}, {day}: {n} tasks", one.tasks, file=one.file, day=day)
