"""What a teacher reads of a file of tasks: what is wrong with it, and what it would bring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from zvonok_botkit import Attachment, Say
from zvonok_botkit.answers import Outgoing
from zvonok_core.text import Text, ntext, text
from zvonok_exam_prep.collection.comparing import Changes
from zvonok_exam_prep.collection.missing import capital
from zvonok_exam_prep.formats import Problem
from zvonok_exam_prep.items import Item
from zvonok_exam_prep.presenting import Voice, task

MOST_LINES = 15
"""Of what is read on a phone; the rest is in a file."""
FOR_WHOM = text(
    "Whom are they for?\n1. For everybody: for the trainer and for variants\n2. Only for me, for my variants\n3. Don't load them"
)
HOW_TO_SAY = text(
    "If all tasks are of one subject and grade, it is enough to say so once, in the words beside the file: “tasks chemistry 8”."
)


def problems(name: str, found: Sequence[Problem], voice: Voice) -> list[Outgoing]:
    """All that is wrong; what is too long to be read in a chat is also a file."""
    title = ntext(
        "I have loaded nothing: there is {n} problem in the file.",
        "I have loaded nothing: there are {n} problems in the file.",
        len(found),
    )
    sentences = [voice.say(problem.sentence) for problem in found]
    lines = [voice.say(title), *(f"• {sentence}" for sentence in sentences[:MOST_LINES])]
    if more := len(sentences) - MOST_LINES:
        lines += [voice.say(ntext("… and {n} more", "… and {n} more", more))] if more > 0 else []
    if any(problem.field in ("subject", "grades") for problem in found):
        lines += ["", voice.say(HOW_TO_SAY)]
    said: list[Outgoing] = [Say("\n".join(lines))]
    if len(sentences) > MOST_LINES:
        whole = "\r\n".join(sentences).encode("utf-8-sig")
        said.append(Attachment(whole, f"{name}.txt", "text/plain", text("All problems, line by line")))
    return said


def taken(tasks: Sequence[Item]) -> list[Text]:
    """Ids that belong to others."""
    return [
        text(
            "There is another task under the id “{id}”, and it is not yours. Give your task another id, or none.",
            id=item.id,
        )
        for item in tasks
    ]


def preview(
    name: str, tasks: Sequence[Item], changes: Changes, notes: Sequence[Problem], voice: Voice
) -> list[Outgoing]:
    """What there would be, with the first task as students will see it, and the question."""
    title = ntext("There is {n} task in “{file}”:", "There are {n} tasks in “{file}”:", len(tasks), file=name)
    lines = [voice.say(title), *_kinds(tasks, voice)]
    if changes.changed:
        lines.append(voice.say(ntext("{n} of them takes the place of an older one of yours.", "{n} of them take the place of older ones of yours.", len(changes.changed))))  # fmt: skip
    if changes.same:
        lines.append(voice.say(ntext("{n} of them is there already and is left out.", "{n} of them are there already and are left out.", len(changes.same))))  # fmt: skip
    if notes:
        lines += ["", voice.say(text("What was read otherwise than it stands there:"))]
        lines += [f"• {voice.say(note.sentence)}" for note in notes[:MOST_LINES]]
        if more := max(len(notes) - MOST_LINES, 0):
            lines.append(voice.say(ntext("… and {n} more", "… and {n} more", more)))
    lines += ["", voice.say(text("This is how the first one will look:"))]
    return [Say("\n".join(lines)), *task(tasks[0], voice), Say(voice.say(FOR_WHOM))]


def _kinds(tasks: Sequence[Item], voice: Voice) -> list[str]:
    counted = Counter((item.subject, item.grades, item.exam) for item in tasks)
    lines = []
    for (subject, grades, exam), count in sorted(counted.items(), key=lambda one: (one[0][0], one[0][1])):
        parts = [capital(subject), grades_words(grades, voice)]
        parts += [exam.value] if exam else []
        lines.append(f"• {', '.join(parts)}: {count}")
    if len(lines) > MOST_LINES:
        more = len(lines) - MOST_LINES
        return [*lines[:MOST_LINES], voice.say(ntext("… and {n} more", "… and {n} more", more))]
    return lines


def grades_words(grades: Sequence[int], voice: Voice) -> str:
    """«7 класс», «5–7 класс», «5, 7 класс»."""
    whole = list(grades) == list(range(grades[0], grades[-1] + 1)) and len(grades) > 2
    listed = f"{grades[0]}–{grades[-1]}" if whole else ", ".join(map(str, grades))
    return voice.say(text("grade {n}", n=listed))
