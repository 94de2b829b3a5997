"""What is said of a round. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from babel.dates import format_date, format_time

from zvonok_core import voice as voices
from zvonok_core.ids import UserId
from zvonok_core.people import Person
from zvonok_core.text import Text, ntext, text
from zvonok_creative_homework.round import Places, Round
from zvonok_creative_homework.standing import Row

NO_NAME = text("Creative homework")


class Voice(voices.Voice):
    """Which keeps the empty lines between paragraphs."""

    def lines(self, *lines: Text | str) -> str:
        """Lines one below the other."""
        return "\n".join(self.say(line) for line in lines)


def brief(person: Person) -> str:
    """Family name and given name."""
    return " ".join(person.short.split()[:2])


def name_of(of: Round) -> Text | str:
    """What a round is called."""
    return of.title or NO_NAME


def length(seconds: int) -> Text:
    """How long a recording is."""
    return ntext("{n} second", "{n} seconds", seconds)


def moment(at: datetime, voice: Voice, *, soon: bool = True) -> Text:
    """When something is: «27 ноября (пятница), 18:00»; what is read at once may say «завтра,
    18:00», which is wrong a day later."""
    local, today = at.astimezone(voice.zone), voice.now.astimezone(voice.zone).date()
    time = format_time(local.time(), "HH:mm", locale=voice.language)
    if soon and local.date() == today:
        return text("today, {time}", time=time)
    if soon and local.date() == today + timedelta(days=1):
        return text("tomorrow, {time}", time=time)
    year = " y" if local.year != today.year else ""
    day = format_date(local.date(), f"d MMMM{year} (EEEE)", locale=voice.language)
    return text("{day}, {time}", day=day, time=time)


# ---------------------------------------------------------------- the list of topics


def announcement(of: Round, topics: Places, names: Mapping[UserId, str], voice: Voice) -> str:
    """The message below which everything happens: the topics as they stand, and what to do."""
    head = f"🎙 {voice.say(name_of(of))}"
    listed = [_topic(number, topics, names) for number in range(1, len(of.topics) + 1)]
    if of.ended:
        return voice.lines(head, OVER, "", *listed)
    until = (
        [text("I'm waiting for your stories until {when}.", when=moment(of.closes, voice, soon=False))]
        if of.closes
        else []
    )
    return voice.lines(head, _task(of), "", *listed, "", CHOOSE, ANSWER, TALK, *until)


def _task(of: Round) -> Text:
    return ntext(
        "Choose a topic and tell the class about it in a voice or video message of {n} second at most.",
        "Choose a topic and tell the class about it in a voice or video message of {n} seconds at most.",
        of.seconds,
    )


CHOOSE = text("To choose, reply to this message with a topic's number, or react with 1️⃣, 2️⃣ …")
ANSWER = text(
    "Send your recording in the thread below this message. If you are shy, send it to me in our direct "
    "chat: then only the teacher hears it."
)
TALK = text("Listen to one another, ask, and praise: reply to a recording, or react to it.")
OVER = text("This homework is over.")


def _topic(number: int, topics: Places, names: Mapping[UserId, str]) -> Text | str:
    takers = ", ".join(names[user] for user in topics.takers.get(number, ()))
    line = f"{number}. {topics.round.topics[number - 1]}"
    left = 0 if topics.round.ended else topics.left(number)
    if not takers:
        if left <= 1:
            return line if topics.round.ended else text("{topic} – free", topic=line)
        return ntext("{topic} – {n} place", "{topic} – {n} places", left, topic=line)
    if not left:
        return text("{topic} – {names}", topic=line, names=takers)
    return ntext(
        "{topic} – {names}, and {n} place more",
        "{topic} – {names}, and {n} places more",
        left,
        topic=line,
        names=takers,
    )


def free_topics(topics: Places) -> Text:
    """What may still be taken."""
    if not topics.free:
        return text("There is no free topic left. Tell your teacher, and you'll find one together.")
    return text("Free are: {numbers}.", numbers=", ".join(map(str, topics.free)))


def taken(topic: str, topics: Places) -> Text:
    """To somebody who came a moment too late."""
    return text("“{topic}” is taken already. {free}", topic=topic, free=free_topics(topics))


def free_list(topics: Places) -> str:
    """The free topics, each on a line of its own."""
    return "\n".join(f"{number}. {topics.round.topics[number - 1]}" for number in topics.free)


# ---------------------------------------------------------------- recordings


def wrong_length(seconds: int, most: int) -> Text | None:
    """What is wrong with a recording of so many whole seconds, if anything is."""
    if seconds < 1:
        return text("This recording is shorter than a second. Please record it once more.")
    if seconds <= most:
        return None
    return ntext(
        "That is {n} second, and we have agreed on {most}. Keep the best of it, and send it again.",
        "That is {n} seconds, and we have agreed on {most}. Keep the best of it, and send it again.",
        seconds,
        most=most,
    )


def too_big(size: int, most: int) -> Text:
    """To somebody whose file is too big; both are in bytes."""
    return text(
        "This file has {size} MB, and I can take {most} MB at most. Please record it once more, shorter or in a lower quality.",
        size=-(-size // 1_000_000),
        most=most // 1_000_000,
    )


def accepted_alone(topic: Text | str, seconds: int, teacher: str) -> Text:
    """In the direct chat, where nobody else hears it."""
    return text(
        "Thank you, I have your story about “{topic}” ({length}). Only {teacher} hears it; I don't send it to the class.",
        topic=topic,
        length=length(seconds),
        teacher=teacher,
    )


def choose_now(topics: Places) -> Text:
    """To somebody who has answered before choosing."""
    return text("Your story has arrived. Which topic is it about? {free}", free=free_topics(topics))


# ---------------------------------------------------------------- for the teacher


def report(of: Round, table: Sequence[Row], names: Mapping[UserId, str], voice: Voice) -> str:
    """Who has answered, asked, or neither, in words."""
    done = [row for row in table if row.answer]
    chosen = [row for row in table if row.topic and not row.answer]
    rest = [row for row in table if not row.topic and not row.answer]
    parts: list[Text | str] = [f"🎙 {voice.say(name_of(of))}", progress(len(done), len(table))]
    for title, some in ((HAVE_ANSWERED, done), (HAVE_CHOSEN, chosen), (HAVE_NOT, rest)):
        if some:
            parts += ["", title, *(_line(row, names, voice) for row in some)]
    return voice.lines(*parts)


HAVE_ANSWERED = text("Have told their story:")
HAVE_CHOSEN = text("Have a topic, and no story yet:")
HAVE_NOT = text("Have no topic yet:")


def progress(done: int, all: int) -> Text:
    """How many have answered."""
    return text("Stories: {done} of {all}.", done=done, all=all)


def _line(row: Row, names: Mapping[UserId, str], voice: Voice) -> str:
    facts: list[Text] = []
    if row.topic:
        facts.append(text("“{topic}”", topic=row.topic))
    if row.answer:
        facts.append(length(row.answer.seconds))
        if row.answer.alone:
            facts.append(text("in private"))
        if row.late:
            facts.append(text("after the deadline"))
    if row.questions:
        whom = ", ".join(names[user] for user in names if user in row.asked)
        if whom:
            facts.append(text("questions: {count} ({whom})", count=row.questions, whom=whom))
        else:
            facts.append(text("questions: {count}", count=row.questions))
    if row.praised_by:
        facts.append(ntext("praised by {n} person", "praised by {n} people", len(row.praised_by)))
    said = ", ".join(voice.say(fact) for fact in facts)
    return f"• {brief(row.person)}: {said}" if said else f"• {brief(row.person)}"


# ---------------------------------------------------------------- the end


def thanks(of: Round, table: Sequence[Row], voice: Voice) -> str:
    """What the room reads in the end: of each who took part something true, of others nothing."""
    lines = [
        text("• {name} – for {what}", name=brief(row.person), what=_joined(_reasons(row)))
        for row in table
        if row.took_part
    ]
    if not lines:
        return voice.lines(text("🎙 {name}: the round is over.", name=name_of(of)))
    head = text("🎙 {name}: the round is over. Thank you!", name=name_of(of))
    return voice.lines(head, *lines)


def _reasons(row: Row) -> list[Text]:
    found: list[Text] = []
    if row.answer:
        liked = len(row.praised_by) > 1
        if row.topic and liked:
            found.append(text("the story about “{topic}” (others liked it)", topic=row.topic))
        elif row.topic:
            found.append(text("the story about “{topic}”", topic=row.topic))
        else:
            found.append(text("the story"))
    if row.questions:
        found.append(ntext("the question", "the questions", row.questions))
    if row.praises:
        found.append(text("the kind words to others"))
    return found


def _joined(parts: Sequence[Text]) -> Text:
    found = parts[0]
    for part in parts[1:-1]:
        found = text("{first}, {second}", first=found, second=part)
    return text("{first} and {last}", first=found, last=parts[-1]) if len(parts) > 1 else found
