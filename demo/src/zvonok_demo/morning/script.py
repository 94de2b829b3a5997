"""The story itself: what is said in a school between five and a quarter past eight.

Nobody's sentence depends on whether a man or a woman says it: who has a part is chosen
from a generated school.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from zvonok_core.text import text
from zvonok_demo.cast import Part
from zvonok_demo.journal_edit import Move, move, undo
from zvonok_demo.morning.stage import Stage

Scene = Callable[[Stage], Awaitable[None]]


async def timetable(stage: Stage) -> None:
    """The deputy changes the day's lessons, and staff see it."""
    room = stage.room("timetable")
    await stage.says(
        Part.DEPUTY,
        room,
        "Коллеги, доброе утро! Изменение на сегодня: у 7А алгебра вторым уроком, каб. 24, "
        "литература третьим. Остальное по расписанию.",
    )
    await stage.reacts(Part.HEAD, Part.DEPUTY, "👍")
    await stage.reacts(Part.MATHS, Part.DEPUTY, "✅")


async def class_chat(stage: Stage) -> None:
    """The class head tells the class, and the class answers."""
    stage.clock = "08:07"
    room = stage.room("class", stage.class_of(Part.STUDENT))
    await stage.says(
        Part.CLASS_HEAD,
        room,
        "Доброе утро, 7А! Сегодня алгебра вторым уроком, литература третьим. "
        "Дежурные, полейте, пожалуйста, цветы до звонка.",
    )
    await stage.says(Part.CLASSMATE, room, "Доброе утро! Я дежурю, цветы уже политы")
    await stage.reacts(Part.CLASS_HEAD, Part.CLASSMATE, "🌱")
    stage.clock = "08:08"
    await stage.says(Part.STUDENT, room, "А тетради для контрольных брать?", to=Part.CLASS_HEAD)
    await stage.says(
        Part.CLASS_HEAD, room, "Берите. В конце алгебры будет самостоятельная на 15 минут.", to=Part.STUDENT
    )
    await stage.reacts(Part.NEIGHBOUR, Part.CLASS_HEAD, "😱")


async def subject(stage: Stage) -> None:
    """The maths teacher asks before the lesson."""
    stage.clock = "08:09"
    room = stage.room("subject", stage.class_of(Part.STUDENT), "algebra")
    await stage.says(
        Part.MATHS,
        room,
        "7А, к уроку: № 412 у всех получился? Если нет, напишите, на каком шаге застряли, — начнём с этого.",
    )
    await stage.says(
        Part.STUDENT, room, "У меня с ответом не сходится. Куда девать минус перед скобкой?", to=Part.MATHS
    )
    stage.clock = "08:10"
    await stage.says(
        Part.MOVER,
        room,
        "Минус меняет знаки у всех слагаемых в скобке, а не только у первого",
        to=Part.STUDENT,
    )
    await stage.reacts(Part.MATHS, Part.MOVER, "👏")


async def parents(stage: Stage) -> None:
    """A parent writes to the class head."""
    stage.clock = "08:11"
    room = stage.room("class_guardians", stage.class_of(Part.STUDENT))
    await stage.says(
        Part.PARENT,
        room,
        f"{stage.polite(Part.CLASS_HEAD)}, доброе утро! {stage.given(Part.STUDENT)} сегодня после пятого "
        "урока идёт к зубному, справку принесём завтра.",
    )
    await stage.says(Part.CLASS_HEAD, room, "Доброе утро! Хорошо, спасибо, что предупредили.", to=Part.PARENT)


async def mischief(stage: Stage) -> None:
    """Students try what isn't allowed."""
    stage.clock = "08:12"
    class_ = stage.class_of(Part.STUDENT)
    await stage.may_not_say(
        Part.CLASSMATE,
        stage.room("class_announcements", class_),
        "Первого урока не будет!!!",
        text("The homeserver refuses: only the class head and the administration write here."),
    )
    room = stage.room("class", class_)
    await stage.may_not_kick(Part.CLASSMATE, Part.NEIGHBOUR, room)
    stage.clock = "08:13"
    await stage.leaves(Part.NEIGHBOUR, room)


async def journal(stage: Stage) -> None:
    """The journal moves a student to the other class, and back."""
    stage.clock = "08:14"
    step = Move(stage.demo.person(Part.MOVER), stage.class_of(Part.MOVER), stage.class_of(Part.NEW_CLASSMATE))
    await stage.moves(step, lambda folder: move(folder, step), Part.MOVER, Part.MOVERS_PARENT)
    room = stage.room("class", step.new)
    await stage.says(Part.MOVER, room, "Всем привет! Меня перевели к вам")
    await stage.says(Part.NEW_CLASSMATE, room, "О, привет! Садись к нам, третья парта у окна", to=Part.MOVER)
    stage.clock = "08:15"
    await stage.moves(step.back, undo, Part.MOVER, Part.MOVERS_PARENT)
    await stage.says(Part.MOVER, stage.room("class", step.old), "Ложная тревога, я снова в 7А 🙂")


SCENES: tuple[Scene, ...] = (timetable, class_chat, subject, parents, mischief, journal)
