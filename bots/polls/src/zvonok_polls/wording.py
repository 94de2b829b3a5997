"""What polls say in the room. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from babel.dates import format_date, format_time

from zvonok_core.ids import UserId
from zvonok_core.text import Text, ntext, text
from zvonok_core.voice import Voice
from zvonok_polls.counting import Tally
from zvonok_polls.marks import Answers, Marks, marks, points_of
from zvonok_polls.poll import Choice, Item, Kind, Poll

FEWEST_SECRET = 3
"""Of fewer anonymous answers the counts would tell who has said what."""


def deadline(closes: datetime, voice: Voice) -> Text:
    """Until when votes count."""
    local, today = closes.astimezone(voice.zone), voice.now.astimezone(voice.zone).date()
    time = format_time(local.time(), "HH:mm", locale=voice.language)
    if local.date() == today:
        return text("Votes count until {time} today.", time=time)
    if local.date() == today + timedelta(days=1):
        return text("Votes count until tomorrow, {time}.", time=time)
    day = format_date(local.date(), "d MMMM (EEEE)", locale=voice.language)
    return text("Votes count until {day}, {time}.", day=day, time=time)


def numbered(choices: tuple[Choice, ...]) -> str:
    """The choices as they are voted for by number."""
    return "\n".join(f"{number}. {choice.words}" for number, choice in enumerate(choices, 1))


def several(item: Item) -> Text | str:
    """How many may be chosen, where it is more than one."""
    if item.most == 1:
        return ""
    if item.most >= len(item.choices):
        return text("Several may be chosen, such as “1 3”.")
    return ntext("Up to {n} may be chosen.", "Up to {n} may be chosen, such as “1 3”.", item.most)


def announcement(poll: Poll, voice: Voice) -> str:
    """The message beside a native poll, by which people without polls can vote; of what is
    answered in direct chats the only one."""
    closes = deadline(poll.closes, voice) if poll.closes else ""
    if poll.kind is Kind.TEST:
        count = ntext("A test of {n} question.", "A test of {n} questions.", len(poll.items))
        return voice.lines(f"📝 {poll.title}", count, DIRECTLY_TEST, closes)
    head = voice.lines(f"📊 {poll.title}", numbered(poll.item.choices))
    if poll.kind is Kind.ANONYMOUS:
        return voice.lines(head, DIRECTLY, SECRET, closes)
    how = HOW_ONE if poll.item.most == 1 else HOW_SEVERAL
    if poll.kind is Kind.QUIZ:
        return voice.lines(head, how, several(poll.item), FIRST_COUNTS, closes)
    later = "" if poll.disclosed else text("I'll show the results when the poll is over.")
    return voice.lines(head, how, several(poll.item), later, closes)


HOW_ONE = text(
    "To vote, press an answer in the poll, or reply to this message with its number, or react with 1️⃣, 2️⃣ …"
)
HOW_SEVERAL = text(
    "To vote, press answers in the poll, or reply to this message with their numbers, or react with 1️⃣, 2️⃣ …"
)
FIRST_COUNTS = text("The first answer counts: I'll tell each of you in our direct chat whether it is right.")
DIRECTLY = text(
    "This poll is anonymous. React to this message with anything, and I'll ask you in our direct chat."
)
DIRECTLY_TEST = text("React to this message with anything, and I'll ask you in our direct chat.")
SECRET = text(
    "Neither the class nor the teachers learn who has answered what: I keep only the counts and, apart from "
    "them, who has answered. But the school's server keeps our chat, and whoever runs it could read that."
)


def results(poll: Poll, tally: Tally, voice: Voice) -> str:
    """The results in words: what a picture of them says, too."""
    item = poll.item
    if poll.kind is Kind.ANONYMOUS and tally.voters < FEWEST_SECRET:
        return voice.lines(
            f"📊 {poll.title}",
            answered(tally.voters),
            text("That is too few to show anything without giving somebody away."),
        )
    lines = [_line(number, choice, tally) for number, choice in enumerate(item.choices, 1)]
    return voice.lines(f"📊 {poll.title}", *lines, voted(tally.voters))


def _line(number: int, choice: Choice, tally: Tally) -> Text:
    return ntext(
        "{number}. {choice} – {n} vote ({share}%)",
        "{number}. {choice} – {n} votes ({share}%)",
        tally.votes[choice.id],
        number=number,
        choice=f"{choice.words} ✓" if choice.right else choice.words,
        share=tally.share(choice.id),
    )


def voted(count: int) -> Text:
    """How many have voted."""
    if not count:
        return text("Nobody has voted.")
    return ntext("{n} person has voted.", "{n} people have voted.", count)


def answered(count: int) -> Text:
    """How many have answered in their direct chats."""
    if not count:
        return text("Nobody has answered.")
    return ntext("{n} person has answered.", "{n} people have answered.", count)


def outcome(poll: Poll, tally: Tally) -> Text | str:
    """Which answer leads, or that several do."""
    words = {choice.id: choice.words for choice in poll.item.choices}
    leading = tally.leading
    few = poll.kind is Kind.ANONYMOUS and tally.voters < FEWEST_SECRET
    if not leading or few or poll.kind is Kind.QUIZ:
        return ""
    count = tally.votes[leading[0]]
    if len(leading) == 1:
        return ntext(
            "Most votes: “{choice}”, {n} vote.",
            "Most votes: “{choice}”, {n} votes.",
            count,
            choice=words[leading[0]],
        )
    names = [text("“{choice}”", choice=words[choice]) for choice in leading]
    return ntext(
        "A tie, {n} vote each: {choices}.", "A tie, {n} votes each: {choices}.", count, choices=joined(names)
    )


def joined(names: list[Text]) -> Text:
    """«A», «B» and «C»."""
    found = names[0]
    for name in names[1:-1]:
        found = text("{first}, {second}", first=found, second=name)
    return text("{first} and {last}", first=found, last=names[-1]) if len(names) > 1 else found


def ending(poll: Poll, tally: Tally, voice: Voice) -> str:
    """What is said when a poll is over."""
    over = text("The quiz is over.") if poll.kind is Kind.QUIZ else text("The poll is over.")
    why = poll.item.explanation if poll.kind is Kind.QUIZ else ""
    return voice.lines(over, results(poll, tally, voice), outcome(poll, tally), why)


def verdict(item: Item, taken: tuple[str, ...]) -> Text:
    """Whether an answer to a quiz is right, what would be, and why."""
    why = f"\n{item.explanation}" if item.explanation else ""
    if points_of(item, taken):
        earned = ntext("Right! That is {n} point.", "Right! That is {n} points.", item.points)
        return text("“{question}” {verdict}{why}", question=item.question, verdict=earned, why=why)
    wrong = ntext(
        "Not quite. Right is: {answers}.",
        "Not quite. Right are: {answers}.",
        len(item.right),
        answers=_right(item),
    )
    return text("“{question}” {verdict}{why}", question=item.question, verdict=wrong, why=why)


def _right(item: Item) -> Text:
    return joined([text("“{choice}”", choice=choice.words) for choice in item.choices if choice.right])


def score(poll: Poll, answers: Answers, user: UserId) -> Text:
    """One person's points."""
    (row,) = marks(poll.items, {key: taken for key, taken in answers.items() if key[0] == user}).rows
    most = sum(item.points for item in poll.items)
    return ntext(
        "You have {points} of {n} point.", "You have {points} of {n} points.", most, points=row.total
    )


def mistakes(poll: Poll, answers: Answers, user: UserId) -> list[Text | str]:
    """What one person learns of a test that is over."""
    lines: list[Text | str] = [
        text("The test “{title}” is over.", title=poll.title),
        score(poll, answers, user),
    ]
    for place, item in enumerate(poll.items):
        if points_of(item, answers.get((user, place), ())):
            continue
        right = ntext(
            "{number}. {question} Right is: {answers}.",
            "{number}. {question} Right are: {answers}.",
            len(item.right),
            number=place + 1,
            question=item.question,
            answers=_right(item),
        )
        lines += [right, item.explanation]
    return lines


def summary(poll: Poll, table: Marks, names: Mapping[UserId, str]) -> list[Text | str]:
    """The table for the teacher, in words."""
    lines: list[Text | str] = [f"📝 {poll.title}", answered(len(table.rows))]
    for row in table.rows:
        name = names.get(row.user, row.user)
        line = ntext(
            "{name}: {points} of {n} point",
            "{name}: {points} of {n} points",
            table.most,
            name=name,
            points=row.total,
        )
        left = len(poll.items) - row.answered
        unfinished = ntext("{line} ({n} question left)", "{line} ({n} questions left)", left, line=line)
        lines.append(unfinished if left else line)
    if table.rows:
        lines += ["", text("Right answers by question:")]
    for number, (item, about) in enumerate(zip(poll.items, table.items, strict=True), 1):
        if about.share is not None:
            lines.append(
                text(
                    "{number}. {question} – {share}%",
                    number=number,
                    question=item.question,
                    share=about.share,
                )
            )
    return lines


def waiting_for(count: int) -> Text:
    """How many have not voted."""
    if not count:
        return text("Everybody has answered already.")
    return ntext("{n} person has not answered yet:", "{n} people have not answered yet:", count)
