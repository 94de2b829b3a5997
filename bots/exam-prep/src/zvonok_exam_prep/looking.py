"""What tasks there are."""

from __future__ import annotations

from zvonok_botkit import Answer, Context, Rest, ntext, text
from zvonok_core.errors import UserError
from zvonok_exam_prep.bank import shipped
from zvonok_exam_prep.declared import bot


@bot.command("tasks", "задания")
async def tasks(ctx: Context[None, None], subject: Rest = Rest()) -> Answer:
    """Tell you what tasks there are: `!tasks`, or the topics of a subject: `!tasks mathematics`"""
    bank = shipped()
    if not subject:
        counted = ", ".join(f"{name} ({len(bank.find(subject=name))})" for name in bank.subjects)
        return ntext(
            "I have {n} task: {subjects}.", "I have {n} tasks: {subjects}.", len(bank), subjects=counted
        )
    found = bank.find(subject=subject)
    if not found:
        named = ", ".join(bank.subjects)
        raise UserError(text("I have no tasks in this subject. There are: {subjects}.", subjects=named))
    topics = "\n".join(f"• {topic}" for topic in bank.topics(found[0].subject))
    return text("Topics in “{subject}”:\n{topics}", subject=found[0].subject, topics=topics)
