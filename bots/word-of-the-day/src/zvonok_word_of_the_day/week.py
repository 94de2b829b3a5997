"""The end of a week: who took part, for the teacher; thanks, for the room; awards, which a
teacher is asked for; and the words once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from zvonok_botkit import Answer, Attachment, Person, Say, Text, ntext, services, text
from zvonok_botkit.answers import Outgoing
from zvonok_botkit.sheets import Cell, to_xlsx
from zvonok_core.errors import UserError
from zvonok_core.ids import UserId
from zvonok_core.roles import Role
from zvonok_word_of_the_day import quiz
from zvonok_word_of_the_day.counting import Kind, Part, most_active, parts
from zvonok_word_of_the_day.days import begins
from zvonok_word_of_the_day.declared import Here, bot, company_or_later, leader, lines, students, today
from zvonok_word_of_the_day.practice import Practice
from zvonok_word_of_the_day.store import Shown
from zvonok_word_of_the_day.wording import answered, joined, short_date, told
from zvonok_word_of_the_day.words import levels, shipped

BADGE = "curious"
"""The key of «Хочу всё знать»."""
STALE = timedelta(days=14)
"""From its Monday on; after a longer time nobody wants to hear of a week any more."""
QUIZ_LASTS = timedelta(days=3)
"""From the end of a week over the days off to the next one."""
TOO_FEW = text(
    "There is no quiz this week: it takes two words at least, and meanings of other words that may be taken for wrong answers."
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: Mapping[Kind, Text] = {
    Kind.TEXT: text("text"),
    Kind.VOICE: text("voice"),
    Kind.VIDEO: text("video"),
    Kind.PICTURE: text("picture"),
    Kind.FILE: text("file"),
}


@bot.job()
async def end_week(ctx: Here, week: str) -> Answer:
    practice = await ctx.store.practice(ctx.room)
    shown = await ctx.store.shown(ctx.room, week)
    if practice is None or not shown or today(ctx) >= begins(week) + STALE:
        return None
    if await company_or_later(ctx, "end_week", f"{ctx.room}|{week}", week=week) is None:
        return None
    if not await ctx.store.sum_up(ctx.room, week):
        return None
    people = [member.person for member in await students(ctx)]
    teachers = [
        member.person.user
        for member in await ctx.members()
        if await ctx.may(Role.TEACHER, member.person.user)
    ]
    replies = await ctx.store.answers.between(ctx.room, shown[0].day, shown[-1].day)
    done = parts([person.user for person in people], replies, frozenset(teachers))
    best = most_active(done, len(shown), await ctx.store.praised(ctx.room))
    await ctx.store.note_praised(ctx.room, week, [part.student for part in best])
    await ctx.store.forget(ctx.room, today(ctx) - timedelta(days=ctx.settings.keep_days))
    questions = await _questions(ctx, practice, shown, week)
    teacher = await leader(ctx, practice)
    named = {person.user: person for person in people}
    besides: list[Text] = []
    try:
        polls = _polls(ctx) if questions else None
    except UserError as error:
        polls, besides = None, [text("There is no quiz this week: {why}", why=error.text)]
    if not questions:
        besides.append(TOO_FEW)
    ctx.post(Say(_for_the_room(ctx, shown, done, [named[part.student] for part in best], bool(polls))))
    if polls:
        title, until = ctx.say(text("Words of the week")), ctx.now + QUIZ_LASTS
        await polls.test(title, questions, by=teacher or practice.teacher, room=ctx.room, until=until)
    besides += [why for part in best if (why := await _award(ctx, part, len(shown)))]
    return _for_the_teacher(ctx, shown, done, named, besides, to=teacher) if teacher else None


def _for_the_room(
    ctx: Here, shown: Sequence[Shown], done: Sequence[Part], best: Sequence[Person], asked: bool
) -> str:
    """Thanks; nobody is named who has not taken part. Where no quiz asks for the meanings they
    are told here."""
    words = joined([one.word.word for one in shown]) if asked else ""
    meanings = [] if asked else [told(one.word) for one in shown]
    anybody = any(part.words for part in done)
    return lines(
        ctx,
        text("The words of the week: {words}.", words=words) if asked else text("The words of the week:"),
        *meanings,
        text("Thank you all who looked for meanings and made up examples!") if anybody else "",
        ntext(
            "Especially active was {names}!",
            "Especially active were {names}!",
            len(best),
            names=joined([person.short for person in best]),
        )
        if best
        else "",
    )


def _awards(ctx: Here) -> services.Awards:
    return ctx.service(services.Awards)  # type: ignore[type-abstract]  # a Protocol names the service


def _polls(ctx: Here) -> services.Polls:
    return ctx.service(services.Polls)  # type: ignore[type-abstract]


async def _award(ctx: Here, part: Part, words: int) -> Text | None:
    """Have a teacher asked for an award; why it can't be, where it can't."""
    reason = ctx.say(text("for the word of the day: {n} of {all} in a week", n=part.words, all=words))
    try:
        await _awards(ctx).give(part.student, BADGE, reason, by=ctx.me, room=ctx.room)
    except UserError as error:
        return text("I could not propose an award: {why}", why=error.text)
    return None


async def _questions(
    ctx: Here, practice: Practice, shown: Sequence[Shown], week: str
) -> list[services.Question]:
    """The words of the week as questions; none where there are too few."""
    earlier = [one.word for one in await ctx.store.shown(ctx.room)]
    others = [
        *earlier,
        *(word for level in levels(practice.language) for word in shipped(practice.language, level)),
        *await ctx.store.own_words(ctx.room),
    ]
    return [
        services.Question(
            ctx.say(text("What does “{word}” mean?", word=item.word.word)),
            item.answers,
            item.right,
            item.word.example,
        )
        for item in quiz.items([one.word for one in shown], others, f"{ctx.room}|{week}")
    ]


def _for_the_teacher(
    ctx: Here,
    shown: Sequence[Shown],
    done: Sequence[Part],
    names: Mapping[UserId, Person],
    besides: Sequence[Text],
    *,
    to: UserId,
) -> list[Outgoing]:
    active = [part for part in done if part.words]
    silent = [names[part.student].short for part in done if not part.words]
    said = lines(
        ctx,
        text(
            "Word of the day, {days}: {words}, {people}.",
            days=" – ".join(
                dict.fromkeys(short_date(day, ctx.language) for day in (shown[0].day, shown[-1].day))
            ),
            words=ntext("{n} word", "{n} words", len(shown)),
            people=answered(len(active)),
        ),
        *(_line(names[part.student].short, part, len(shown)) for part in active),
        text("No answers from: {names}", names=", ".join(silent)) if silent else "",
        *besides,
    )
    if not active:
        return [Say(said, to=to)]
    title = ctx.say(text("Word of the day"))
    book = to_xlsx({title: _table(ctx, shown, done, names)})
    name = f"{title} {shown[0].day:%d.%m}-{shown[-1].day:%d.%m}.xlsx"
    return [Say(said, to=to), Attachment(book, name, XLSX, to=to)]


def _line(name: str, part: Part, words: int) -> Text:
    if part.praises:
        return text(
            "{name}: {n} of {all}, praised {praises}",
            name=name,
            n=part.words,
            all=words,
            praises=part.praises,
        )
    return text("{name}: {n} of {all}", name=name, n=part.words, all=words)


def _table(
    ctx: Here, shown: Sequence[Shown], done: Sequence[Part], names: Mapping[UserId, Person]
) -> list[list[Cell]]:
    """A row for each student: how they have answered each word, how many, and the praise."""
    days = [f"{one.word.word}, {one.day:%d.%m}" for one in shown]
    head: list[Cell] = [ctx.say(text("Student")), *days, ctx.say(text("Words")), ctx.say(text("Praises"))]
    rows: list[list[Cell]] = [head]
    for part in done:
        answers = [", ".join(ctx.say(KINDS[kind]) for kind in part.kinds.get(one.day, ())) for one in shown]
        rows.append([names[part.student].short, *answers, part.words, part.praises])
    return rows
