"""Students bring words in turn: whose turn it is, what they have brought, who is passed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from zvonok_botkit import Answer, Edit, Person, React, Rest, Role, Say, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.errors import UserError
from zvonok_core.ids import RoomId, UserId
from zvonok_word_of_the_day.asking import Source
from zvonok_word_of_the_day.declared import BROUGHT, TURN, Here, bot, leader, lines, plan, students, today
from zvonok_word_of_the_day.practice import Practice
from zvonok_word_of_the_day.rota import declines, filled, next_in_turn, read_brought
from zvonok_word_of_the_day.store import Turn
from zvonok_word_of_the_day.wording import on
from zvonok_word_of_the_day.words import Word

NO_WORD = "👎"
WHICH_WORD = text("Which word have you chosen? A single word or a short expression.")
MEANING = text("“{word}”. What does it mean?")
EXAMPLE = text("And an example, a sentence with this word? If you have none, write “no”.")
NOT_YOUR_TURN = text("It isn't your turn to bring a word now. I'll tell you when it is.")
NO_WORD_YET = text("No word this time? Never mind, your turn will come again.")
NOT_THIS_TIME = text("The turn to bring a word goes on to somebody else this time; yours will come again.")
NOBODY = text("There are no students in this chat who could bring words.")
NO_ROTA = text("Here the words come from a list; there is nobody to pass over.")


async def hand_on(ctx: Here, practice: Practice, day: date) -> list[Outgoing]:
    """The next student's turn for a day; what is said of it in the room and to them. Raises
    UserError where there are no students."""
    register = [member.person for member in await students(ctx)]
    chosen = next_in_turn([person.user for person in register], await ctx.store.turns.last(practice.room))
    if chosen is None:
        raise UserError(NOBODY)
    student = next(person for person in register if person.user == chosen)
    turn = await ctx.store.turns.give(practice.room, chosen, day)
    shown = on(day, today(ctx), ctx.language)
    in_room = text(
        "The word comes next from {name}: {day}. Send it to me in our direct chat or in reply to this message, with its meaning and an example.",
        name=student.short,
        day=shown,
    )
    alone = text(
        "You bring the next word of the day: {day}. Write it to me here, and I'll ask for its meaning and an example.",
        day=shown,
    )
    return [
        Say(in_room, mention=(chosen,), to=practice.room, key=f"{TURN}{turn.id}"),
        Say(alone, to=chosen, key=f"{TURN}{turn.id}"),
    ]


@bot.command("my word", "моё слово", "мое слово")
async def my_word(ctx: Here, words: Annotated[Rest, WHICH_WORD]) -> Answer:
    """Bring a word when it is your turn: `!my word serendipity – a happy chance – It was pure serendipity.`"""
    turn = await _turn_of(ctx)
    if turn is None:
        raise UserError(NOT_YOUR_TURN)
    brought = read_brought(str(words))
    if brought is None:
        raise ctx.ask("words", WHICH_WORD)
    return await _taken(ctx, turn, brought)


@bot.on_other_words()
async def said_alone(ctx: Here) -> Answer:
    """What somebody whose turn it is writes in the direct chat; None where nothing is wanted."""
    turn = await _turn_of(ctx)
    return await bring(ctx, turn, ctx.words) if turn else None


async def bring(ctx: Here, turn: Turn, words: str) -> Answer:
    """A word, or what was still missing of it; None where it is whole already."""
    if turn.word and not turn.ready:
        if turn.word.meaning and declines(words):
            return await _taken(ctx, turn, turn.word, whole=True)
        return await _taken(ctx, turn, filled(turn.word, words))
    brought = read_brought(words)
    if turn.ready and (brought is None or not brought.meaning):
        return None
    if brought is None:
        return Say(WHICH_WORD, key=f"{TURN}{turn.id}")
    return await _taken(ctx, turn, brought)


async def _taken(ctx: Here, turn: Turn, word: Word, *, whole: bool = False) -> Answer:
    ready = whole or bool(word.meaning and word.example)
    await ctx.store.turns.bring(turn, word, ready=ready)
    if not word.meaning:
        return Say(text(MEANING.source, word=word.word), key=f"{TURN}{turn.id}")
    if not ready:
        return [Say(EXAMPLE, key=f"{TURN}{turn.id}"), *(await _seen_by_the_teacher(ctx, turn, word))]
    shown = on(turn.day, today(ctx), ctx.language)
    thanks = text("Thank you, what a find! The class will see “{word}”: {day}.", word=word.word, day=shown)
    return [Say(thanks), *(await _seen_by_the_teacher(ctx, turn, word))]


async def _seen_by_the_teacher(ctx: Here, turn: Turn, word: Word) -> list[Outgoing]:
    """Whatever may be shown the teacher sees before; an example that comes later, in its place."""
    there = replace(ctx, room=turn.room)
    practice = await ctx.store.practice(turn.room)
    teacher = await leader(there, practice) if practice else None
    if teacher is None or turn.word == word:
        return []
    notice = text(
        "{name} brings the word of the day: {day}.\n{word}\nIf it had better not be shown, put {sign}.",
        day=on(turn.day, today(ctx), ctx.language),
        name=await _name_of(there, turn.student),
        word=lines(ctx, word.word, word.meaning, word.example),
        sign=NO_WORD,
    )
    key = f"{BROUGHT}{turn.id}"
    if turn.word and (turn.word.word, turn.word.meaning) == (word.word, word.meaning):
        return [Edit(key, notice)]
    return [Say(notice, to=teacher, key=key), React(NO_WORD, about=key, to=teacher)]


async def declined(ctx: Here) -> Answer:
    """A teacher's sign beside a word that was brought."""
    if not ctx.emoji.startswith(NO_WORD):
        return None
    turn = await _named(ctx, BROUGHT)
    if turn is None or turn.word is None:
        return text("It is too late for that: the word has been shown, or is no longer there.")
    if not await ctx.may(Role.TEACHER, room=turn.room):
        return None
    await ctx.store.turns.bring(turn, None)
    asked = text(
        "The teacher asks for another word in place of “{word}”. Which one will it be?", word=turn.word.word
    )
    return [
        text("All right, I won't show it, and have asked for another word."),
        Say(asked, to=turn.student, key=f"{TURN}{turn.id}"),
    ]


async def in_reply(ctx: Here) -> Answer:
    """What somebody answers to what was said of a turn, in the room or alone."""
    turn = await _named(ctx, TURN)
    if turn is None or turn.student != ctx.asker.user or not ctx.words:
        return None
    return await bring(ctx, turn, ctx.words)


@bot.command("skip", "пропустить", role=Role.TEACHER, direct=False)
async def skip(ctx: Here, student: Person | None = None) -> Answer:
    """Pass over whoever is absent, they come again later: `!skip`, or somebody ahead of time: `!skip Petrov`"""
    practice = await ctx.store.practice(ctx.room)
    turn = await ctx.store.turns.current(ctx.room)
    if practice is None or practice.source is not Source.ROTA or turn is None:
        raise UserError(NO_ROTA)
    if student is not None and student.user != turn.student:
        await ctx.store.turns.give(ctx.room, student.user, turn.day, open=False)
        return text("All right: {name} comes at the end of the queue.", name=student.short)
    if turn.ready:
        raise UserError(text("{name} has brought a word already.", name=await _name_of(ctx, turn.student)))
    await ctx.store.turns.close(turn)
    day = await plan(ctx, practice)
    return [Say(NOT_THIS_TIME, to=turn.student), *(await hand_on(ctx, practice, day) if day else [])]


async def pass_over(ctx: Here, turn: Turn) -> list[Outgoing]:
    """Nobody is blamed for a word that has not come."""
    await ctx.store.turns.close(turn)
    return [Say(NO_WORD_YET, to=turn.student)]


async def _turn_of(ctx: Here) -> Turn | None:
    """The asker's turn: of this room, or, in a direct chat, the nearest one."""
    turns = await ctx.store.turns.of(ctx.asker.user)
    return next((turn for turn in turns if ctx.direct or turn.room == ctx.room), None)


async def _named(ctx: Here, prefix: str) -> Turn | None:
    """The open turn that a key of ours names."""
    room, _, number = ctx.about.removeprefix(prefix).rpartition("|")
    turn = await ctx.store.turns.current(RoomId(room))
    return turn if turn and str(turn.number) == number else None


async def _name_of(ctx: Here, user: UserId) -> str:
    return next((m.person.short for m in await ctx.members() if m.person.user == user), "…")
