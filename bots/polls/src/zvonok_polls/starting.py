"""Commands that ask something of everybody in a room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from zvonok_botkit import Answer, Rest, Role, Say, Send, ntext, services, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.errors import UserError
from zvonok_core.ids import RoomId, UserId
from zvonok_polls import native
from zvonok_polls.asking import LONGEST_CHOICE, LONGEST_QUESTION, read_asked, too_long, wanted
from zvonok_polls.declared import Polls, bot, in_charge, key_of, make, meant, voice
from zvonok_polls.items import read_quiz, read_test
from zvonok_polls.poll import MOST_CHOICES, Item, Kind, Poll, Wanted, choices
from zvonok_polls.wording import announcement, numbered

MOST_ITEMS = 50
WHAT = text("What shall I ask? For example: Where shall we go? Museum; Theatre; Park")
WHICH = text("Which answers shall there be? Put each on a line of its own, or separate them with “;”.")
QUIZ_WHAT = text(
    "What shall I ask? Mark the right answer with a star: Capital of Australia? Sydney; *Canberra"
)
NO_MARK = text("Which answer is right? Mark it with a star, and write it all again: Sydney; *Canberra")
TEST_WHAT = text(
    "Write the test: its title, then the questions with an empty line between them. Answers go on lines "
    "of their own; put a plus before the right ones and a minus before the others."
)


@bot.command("poll", "опрос")
async def poll(ctx: Polls, what: Annotated[Rest, WHAT], answers: Annotated[Rest, WHICH] = Rest()) -> Answer:
    """Ask everybody here: `!poll Where shall we go? Museum; Theatre; Park (several, until Friday 18:00)`"""
    return started(ctx, await make(ctx, Kind.OPEN, _wanted(ctx, what, answers)))


@bot.command("anonymous poll", "анонимный опрос", role=Role.TEACHER)
async def anonymous_poll(
    ctx: Polls, what: Annotated[Rest, WHAT], answers: Annotated[Rest, WHICH] = Rest()
) -> Answer:
    """Ask so that neither the class nor teachers learn who answers what, though the server keeps the chats: `!anonymous poll Is homework too much? Yes; No`"""
    return started(ctx, await make(ctx, Kind.ANONYMOUS, _wanted(ctx, what, answers)))


@bot.command("quiz", "викторина", role=Role.TEACHER)
async def quiz(ctx: Polls, what: Annotated[Rest, QUIZ_WHAT]) -> Answer:
    """Ask a question that has a right answer: `!quiz Capital of Australia? Sydney; *Canberra; Melbourne`"""
    asked = read_quiz(str(what), ctx.now, ctx.zone)
    _check(ctx, asked.items, "what", QUIZ_WHAT)
    if asked.missing:
        raise ctx.ask("what", NO_MARK)
    return started(ctx, await make(ctx, Kind.QUIZ, asked))


@bot.command("test", "тест", role=Role.TEACHER)
async def test(ctx: Polls, what: Annotated[Rest, TEST_WHAT]) -> Answer:
    """Give everybody a test in their direct chats; you get the results: `!test Rivers`, then the questions below"""
    asked = read_test(str(what), ctx.now, ctx.zone)
    if not asked.items:
        raise ctx.ask("what", TEST_WHAT)
    for place in sorted(asked.missing):
        message = text(
            "Question {number} needs two answers at least and a plus before the right one. Please mend it and write the test again.",
            number=place,
        )
        raise ctx.ask("what", message)
    if len(asked.items) > MOST_ITEMS:
        raise UserError(
            ntext("A test has {n} question at most.", "A test has {n} questions at most.", MOST_ITEMS)
        )
    _check(ctx, asked.items, "what", TEST_WHAT)
    title = asked.title or asked.items[0].question
    return started(ctx, await make(ctx, Kind.TEST, replace(asked, title=title)))


@bot.command("poll again", "повторить опрос")
async def poll_again(ctx: Polls) -> Answer:
    """Ask the same once more, from the beginning; reply to the old poll: `!poll again`"""
    old = await meant(ctx)
    if not await in_charge(ctx, old):
        raise UserError(text("Only whoever has asked, or a teacher, may do this."))
    again = Wanted(old.items, old.title, old.disclosed, old.shuffled)
    return started(ctx, await make(ctx, old.kind, again))


@bot.serves(services.Polls)
class PollService:
    """Polls for other bots. See `zvonok_botkit.services.Polls`."""

    def __init__(self, ctx: Polls) -> None:
        self._ctx = ctx

    async def start(
        self,
        question: str,
        answers: Sequence[str],
        *,
        by: UserId,
        room: RoomId,
        right: Sequence[int] = (),
        explanation: str = "",
    ) -> str:
        """Ask everybody in a room. Raises UserError where there are too many answers."""
        item = Item(question, choices(list(answers), frozenset(right)), max(len(right), 1), explanation)
        _check(self._ctx, (item,), "", WHICH)
        kind = Kind.QUIZ if right else Kind.OPEN
        held = await make(self._ctx, kind, Wanted((item,), question, not right), room, by)
        self._ctx.post(started(self._ctx, held))
        return held.id

    async def test(
        self,
        title: str,
        questions: Sequence[services.Question],
        *,
        by: UserId,
        room: RoomId,
        until: datetime,
    ) -> str:
        """Ask in direct chats. Raises UserError where there are too many answers."""
        items = tuple(
            Item(one.words, choices(one.answers, frozenset({one.right})), explanation=one.explanation)
            for one in questions
        )
        _check(self._ctx, items, "", WHICH)
        wanted = Wanted(items, title, shuffled=True, closes=until)
        held = await make(self._ctx, Kind.TEST, wanted, room, by)
        self._ctx.post(started(self._ctx, held))
        return held.id


def started(ctx: Polls, held: Poll) -> Sequence[Outgoing]:
    """What the room sees of a new poll. Clients without polls show nothing of a native one, so
    a message with numbers stands beside it."""
    words = announcement(held, voice(ctx))
    beside = Say(words, to=held.room, key=key_of(held, "text"))
    if held.kind.direct:
        return [beside]
    fallback = f"{held.title}\n{numbered(held.item.choices)}"
    content = native.start(held.item, held.disclosed, fallback)
    return [Send(native.START, content, to=held.room, key=key_of(held, "poll")), beside]


def _wanted(ctx: Polls, what: str, answers: str) -> Wanted:
    asked = read_asked(f"{what}\n{answers}" if answers else what, ctx.now, ctx.zone)
    if answers and len(asked.answers) < 2:
        asked = read_asked(f"{what.rstrip('?')}?\n{answers}", ctx.now, ctx.zone)
    if not asked.question.strip(' ?!.,;:«»"') and not asked.answers:
        raise ctx.ask("what", WHAT)
    if len(asked.answers) < 2:
        raise ctx.ask("answers", WHICH)
    found = wanted(asked)
    _check(ctx, found.items, "what", WHAT)
    return found


def _check(ctx: Polls, items: Sequence[Item], parameter: str, question: object) -> None:
    for item in items:
        if len(item.choices) > MOST_CHOICES:
            message = ntext(
                "There may be {n} answer at most.", "There may be {n} answers at most.", MOST_CHOICES
            )
            raise UserError(message)
        if too_long(item):
            raise UserError(
                text(
                    "That is too long to be read on a phone: a question has {question} letters at most, an answer {answer}.",
                    question=LONGEST_QUESTION,
                    answer=LONGEST_CHOICE,
                )
            )
        if len(item.choices) < 2 and parameter:
            raise ctx.ask(parameter, WHICH_AGAIN)


WHICH_AGAIN = text("I see fewer than two answers. Please write the question and the answers again.")
