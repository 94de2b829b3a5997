"""What is said to those who are asked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zvonok_core.text import Text, text
from zvonok_file_collector.collection import Collection, Group, Status
from zvonok_file_collector.duties import Duty
from zvonok_file_collector.formats import NAMES, Format, fits, named
from zvonok_file_collector.register import rules_of
from zvonok_file_collector.states import FileRef, State, Why, Work
from zvonok_file_collector.voice import Voice, quoted

# ---------------------------------------------------------------- in the room


def announcement(held: Collection, names: Sequence[str], voice: Voice) -> str:
    """What the room sees, also once it is over. `names` are those of whom alone it is asked."""
    if held.confirms:
        return _notice(held, names, voice)
    head = text("📥 Collection № {number}. {title}", number=held.number, title=held.title)
    if held.status is Status.CANCELLED:
        return voice.lines(head, text("This collection was cancelled: nothing has to be handed in."))
    if held.status is not Status.OPEN:
        return voice.lines(head, held.task, text("This collection is over."))
    how = text("Send your file or photo to me in our direct chat, or into the thread of this message.")
    if held.private:
        how = text("This collection is private: please send files to me alone, in our direct chat.")
    return voice.lines(
        head, held.task, _until(held, voice), _of_whom(held, names), accepted(held, voice), how, _later(held)
    )


def _notice(held: Collection, names: Sequence[str], voice: Voice) -> str:
    head = f"📌 {held.task}"
    if held.status is Status.CANCELLED:
        return voice.lines(head, text("No longer in force: this was taken back."))
    if held.status is not Status.OPEN:
        return voice.lines(head, text("Thank you, confirmations are no longer needed."))
    how = text("Have you read this? React to this message with ✅ or answer it with “+”.")
    return voice.lines(head, how, _until(held, voice), _of_whom(held, names))


def _until(held: Collection, voice: Voice) -> Text | str:
    return text("Deadline: {moment}.", moment=voice.deadline(held.deadline)) if held.deadline else ""


def _of_whom(held: Collection, names: Sequence[str]) -> Text | str:
    if held.whom.group is Group.GUARDIANS:
        if names:
            return text("For: {names}. Of a child's parents one is enough.", names=", ".join(names))
        return text("Of a child's parents one is enough.")
    return text("For: {names}.", names=", ".join(names)) if names else ""


def accepted(held: Collection, voice: Voice) -> Text | str:
    """Which files are wanted, where it is not any."""
    kinds = voice.listed(NAMES[kind] for kind in held.kinds)
    most = voice.size(held.most_bytes) if held.most_bytes else ""
    if kinds and most:
        return text("Wanted: {kinds}; a file of {size} at most.", kinds=kinds, size=most)
    if kinds:
        return text("Wanted: {kinds}.", kinds=kinds)
    return text("A file may have {size} at most.", size=most) if most else ""


def _later(held: Collection) -> Text | str:
    if held.deadline is None:
        return ""
    if held.late:
        return text("Whoever is late can still hand in afterwards; it will be marked.")
    return text("Nothing is taken after the deadline.")


# ---------------------------------------------------------------- to each alone


def of_whom(held: Collection, duty: Duty) -> Text:
    """What is asked, and for which child, where it is asked of a guardian."""
    if held.whom.group is Group.GUARDIANS and duty.able != (duty.subject.user,):
        return text("{title} ({name})", title=quoted(held.title), name=duty.subject.short)
    return quoted(held.title)


def reminder(held: Collection, duty: Duty, work: Work, room: str, waits: bool, voice: Voice) -> str:
    """To one who has not handed in, or has to hand in again; `waits` is whether a file of
    theirs does, because they have not said what it is for."""
    if held.confirms:
        return voice.lines(
            text("A reminder: please read and confirm."), held.task, CONFIRM_HERE, _until(held, voice)
        )
    what = of_whom(held, duty)
    if work.state is State.RETURNED:
        return voice.lines(
            text("A reminder: {what} was returned to you for another try.", what=what),
            work.comment,
            NEW_HERE,
        )
    head = text("A reminder: {what} is waiting to be handed in.", what=what)
    how = WAITS if waits else SEND_HERE
    return voice.lines(head, room, _until(held, voice), accepted(held, voice), how)


WAITS = text("A file of yours is waiting here: answer my question above, and say what it is for.")


def newcomer(held: Collection, duty: Duty, room: str, voice: Voice) -> str:
    """To one who has come after it began."""
    if held.confirms:
        return voice.lines(text("Please read and confirm."), held.task, CONFIRM_HERE, _until(held, voice))
    head = text("Before you came, {what} was asked for.", what=of_whom(held, duty))
    return voice.lines(head, room, held.task, _until(held, voice), accepted(held, voice), SEND_HERE)


NEW_HERE = text("Send the new version right here.")
SEND_HERE = text("Send the file or photo right here.")
CONFIRM_HERE = text("React to this message with ✅ or answer “+”.")


def receipt(held: Collection, duty: Duty, work: Work, voice: Voice) -> str:
    """What has come, for those who have sent it; edited while more comes."""
    what, current = of_whom(held, duty), work.current
    if not current:
        return voice.lines(text("{what}: taken back.", what=what), _until(held, voice))
    rules = rules_of(held)
    late = work.seen(rules) is State.LATE
    head = text("{what}: handed in, {at}.", what=what, at=voice.at(max(part.at for part in current)))
    if late:
        head = text("{what}: handed in late, {at}.", what=what, at=voice.at(work.began))
    return voice.lines(
        head,
        *(f"• {voice.file(part.file)}" for part in current if part.file),
        _replaced(work, voice),
        MORE if late else MORE_OR_BACK,
    )


def _replaced(work: Work, voice: Voice) -> Text | str:
    old = [part.file for part in work.parts if part.last == work.version - 1 and part.file]
    if not old or work.version - 1 <= work.judged:
        return ""
    kept = {part.file.name for part in work.current if part.file}
    if len(old) == 1 and old[0].name in kept:
        return text("This is the new version of {name}.", name=voice.file(old[0]))
    return text(
        "This counts instead of what came before ({files}). If both are to count, write “together”.",
        files=", ".join(voice.name(file) for file in old),
    )


MORE = text("Is there more? Send it right after this.")
MORE_OR_BACK = text(
    "Is there more? Send it right after this. To take it back, write “take back” or delete your message."
)


def problem(held: Collection, file: FileRef, voice: Voice) -> Text | None:
    """Why a file is not taken, and what to do; None where it is."""
    if file.size == 0:
        return text("This file is empty. Please open it, check what is in it, and send it again.")
    if file.format is Format.PROGRAM:
        return text("This is a program, and I take none. Please send a document, a photo or an archive.")
    if not fits(file.format, held.kinds, sound=file.sound):
        return text(
            "For {title} I take only: {kinds}. This is {what}. Please save it as one of these, and send it again.",
            title=quoted(held.title),
            kinds=voice.listed(NAMES[kind] for kind in held.kinds),
            what=named(file.format, sound=file.sound),
        )
    if held.most_bytes and file.size > held.most_bytes:
        return text(
            "This file has {size}, and for {title} {most} is the most. Please make it smaller, or split it, and send it again.",
            size=voice.size(file.size),
            title=quoted(held.title),
            most=voice.size(held.most_bytes),
        )
    return None


def refusal(why: Why, held: Collection, work: Work, voice: Voice) -> Text:
    """Why something can't be done, to its sender."""
    title = quoted(held.title)
    if why is Why.TOO_LATE:
        return text(
            "The deadline of {title} has passed, and nothing is taken any more. Please talk to your teacher.",
            title=title,
        )
    if why is Why.IN_TIME_ALREADY:
        return text(
            "{title}: you have handed in on time ({at}), and after the deadline that is not replaced. "
            "If the new file must count, ask your teacher to return the work to you.",
            title=title,
            at=voice.at(work.began),
        )
    return replace(REFUSALS[why], values={"title": title})


REFUSALS = {
    Why.ACCEPTED: text(
        "{title} is accepted already, so nothing has to be changed. If something must be, ask your teacher to return it to you."
    ),
    Why.SEALED: text(
        "The deadline of {title} has passed, so what was handed in stays. If something is there by mistake, ask your teacher to return it to you."
    ),
    Why.JUDGED: text(
        "Your teacher has seen this work of {title} already, so it stays as it is. A new version may be sent."
    ),
    Why.NOTHING_THERE: text("For {title} nothing of yours is here to be taken back."),
    Why.NOTHING_BEFORE: text("For {title} there is only one version, so everything in it counts."),
    Why.THERE_ALREADY: text("{title} is handed in already."),
}


def judged(held: Collection, duty: Duty, work: Work, voice: Voice) -> str:
    """What the teacher has decided, to those who are asked; "" where that is done already."""
    what = of_whom(held, duty)
    if work.state is State.ACCEPTED:
        return voice.say(text("{what}: accepted. Well done!", what=what))
    if work.state is State.EXCUSED:
        return voice.say(text("{what}: you are excused, nothing has to be handed in.", what=what))
    if work.state is State.MISSING:
        return voice.lines(
            text("{what}: this is to be handed in after all.", what=what), _until(held, voice), SEND_HERE
        )
    if work.state is not State.RETURNED:
        return ""
    return voice.lines(text("{what}: returned to you for another try.", what=what), work.comment, NEW_HERE)


def over(held: Collection) -> Text:
    """To one who sends something after it was closed."""
    return text(
        "{title} is over, so I can't take this any more. If you still have to hand in, please talk to your teacher.",
        title=quoted(held.title),
    )
