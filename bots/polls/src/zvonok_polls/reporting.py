"""What a teacher gets of a quiz or a test, and what each student learns of their own answers."""

from __future__ import annotations

from zvonok_botkit import Answer, Attachment, Member, Role, Say, text
from zvonok_botkit.answers import Outgoing
from zvonok_botkit.sheets import to_csv, to_xlsx
from zvonok_core.errors import UserError
from zvonok_core.ids import UserId
from zvonok_polls.declared import Polls, bot, choices_of, electorate, have_answered, meant, voice
from zvonok_polls.marks import Answers, Marks, marks
from zvonok_polls.poll import Kind, Poll
from zvonok_polls.sheets import items_table, people_table
from zvonok_polls.wording import mistakes, summary, waiting_for

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_DIRECT_CHAT = text("I've sent it to our direct chat.")


@bot.command("scores", "результаты", role=Role.TEACHER)
async def scores(ctx: Polls) -> Answer:
    """Send you the table of a test or a quiz, with files for a spreadsheet: `!scores`"""
    poll = await meant(ctx, Kind.TEST, Kind.QUIZ)
    return [*(await report(ctx, poll, ctx.asker.user)), IN_DIRECT_CHAT]


@bot.command("who is missing", "кто не ответил", "кто не голосовал", role=Role.TEACHER)
async def who_is_missing(ctx: Polls) -> Answer:
    """Tell you in our direct chat who has not voted yet: `!who is missing`"""
    poll = await meant(ctx)
    missing = await _missing(ctx, poll)
    names = "\n".join(member.person.short for member in missing)
    said = voice(ctx).lines(f"📊 {poll.title}", waiting_for(len(missing)), names)
    return [Say(said, to=ctx.asker.user), IN_DIRECT_CHAT]


@bot.command("remind voters", "напомнить об опросе", role=Role.TEACHER)
async def remind_voters(ctx: Polls) -> Answer:
    """Remind those who have not voted; nobody is named: `!remind voters`"""
    poll = await meant(ctx, running=True)
    if poll.ended:
        raise UserError(text("This poll is over already."))
    missing = await _missing(ctx, poll)
    if not missing:
        return text("Everybody has answered already.")
    if poll.kind.direct:
        asked = text(
            "Whoever has not answered yet: please react to “{title}”, and I'll ask you.", title=poll.title
        )
    else:
        asked = text("Whoever has not voted yet: “{title}” is waiting for you.", title=poll.title)
    return Say(asked, tuple(member.person.user for member in missing), to=poll.room)


async def report(ctx: Polls, poll: Poll, to: UserId) -> list[Outgoing]:
    """The table in words and as files, for one person's direct chat."""
    answers = await given(ctx, poll)
    members = await ctx.members(poll.room)
    names = {member.person.user: member.person.short for member in members}
    table = marks(poll.items, answers, [member.person.user for member in members])
    words = Say(voice(ctx).lines(*summary(poll, table, names)), to=to)
    return [words, *_files(ctx, poll, table, names, to)] if table.rows else [words]


async def corrections(ctx: Polls, poll: Poll) -> list[Outgoing]:
    """To each who took part in a test: their points, and the right answers that they missed."""
    answers = await ctx.store.answers(poll.id)
    people = sorted({user for user, _ in answers})
    for user in people:
        await ctx.store.asked_no_more(user)
    return [Say(voice(ctx).lines(*mistakes(poll, answers, user)), to=user) for user in people]


async def given(ctx: Polls, poll: Poll) -> Answers:
    """Who has chosen what: of a quiz, all votes are for its one question."""
    if poll.kind is Kind.TEST:
        return await ctx.store.answers(poll.id)
    return {(user, 0): taken for user, taken in (await choices_of(ctx, poll)).items() if taken}


def _files(ctx: Polls, poll: Poll, table: Marks, names: dict[UserId, str], to: UserId) -> list[Outgoing]:
    people, items = people_table(table, names, ctx.say), items_table(table, poll.items, ctx.say)
    name = (
        "".join(letter for letter in poll.title if letter.isalnum() or letter in " -_")[:40].strip() or "test"
    )
    book = to_xlsx({ctx.say(text("Students")): people, ctx.say(text("Questions")): items})
    return [
        Attachment(book, f"{name}.xlsx", XLSX, to=to),
        Attachment(to_csv(people), f"{name}.csv", "text/csv", to=to),
    ]


async def _missing(ctx: Polls, poll: Poll) -> list[Member]:
    done = await have_answered(ctx, poll)
    return [member for member in await electorate(ctx, poll) if member.person.user not in done]
