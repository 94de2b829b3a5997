"""A teacher and a student with the bot on a real Synapse, and the bot started anew in the middle."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from support.bots import Chatter, chatter, running
from support.schools import PASSWORD, HostedSchool
from support.tasks import item
from support.waiting import eventually

from zvonok_botkit.nio_chat import connected
from zvonok_core.ids import UserId
from zvonok_exam_prep.bot import bot
from zvonok_exam_prep.formats import Format, read, write
from zvonok_exam_prep.items import Item, ItemId, Number, Picture

pytestmark = pytest.mark.live
PNG = (Path(__file__).parents[4] / "bots" / "exam-prep" / "progress.png").read_bytes()
HALF = item(
    Number(Fraction(1, 2)),
    id=ItemId("half"),
    subject="астрономия",
    grades=(7,),
    topic="Доли",
    question=r"Чему равно $\frac{2}{4}$?",
    explanation=r"$\frac{2}{4}=\frac{1}{2}$",
    pictures=(Picture("небо.png", alt="Небо", data=PNG),),
)
SKY = replace(HALF, id=ItemId("sky"), question="Сколько будет 1 : 2?", explanation="", pictures=())


@pytest.fixture
async def me(school: HostedSchool) -> UserId:
    return await school.person("helper", "Помощник")


async def bring(school: HostedSchool, anna: Chatter, me: UserId, *tasks: Item) -> None:
    """Send a file, and say that it is for everybody."""
    async with connected(school.synapse.address) as chat:
        await chat.sign_in(UserId(anna.client.user), PASSWORD, "")
        address = await chat.upload(write(tasks, Format.YAML).content, "доли.yaml", "text/yaml")
    await anna.says("задания", msgtype="m.file", filename="доли.yaml", url=address)
    await eventually(lambda: anna.heard(me, "В файле «доли.yaml» 2 задания"))
    await eventually(lambda: anna.heard(me, "Для кого они?"))
    await anna.says("1")
    await eventually(lambda: anna.heard(me, "Загружено 2 задания."))


async def exported(school: HostedSchool, anna: Chatter, me: UserId) -> tuple[Item, ...]:
    """What a teacher gets as a file."""
    await anna.says("!выгрузить задания мои yaml")
    (sent,) = await eventually(lambda: of_type(anna, me, "m.file"))
    async with connected(school.synapse.address) as chat:
        await chat.sign_in(UserId(anna.client.user), PASSWORD, "")
        return read("задания.yaml", await chat.download(sent["url"])).items


async def of_type(chat: Chatter, me: UserId, type: str) -> list[dict[str, str]]:
    """What the bot has sent of a kind."""
    contents = [event["content"] for event in await chat.heard(me)]
    return [content for content in contents if content["msgtype"] == type]


async def heard_often(chat: Chatter, me: UserId, words: str, count: int) -> bool:
    return len(await chat.heard(me, words)) == count


async def test_a_teacher_brings_tasks_and_a_student_does_them(
    school: HostedSchool, me: UserId, database_url: str
) -> None:
    address = school.synapse.address
    third = await school.person("oleg", "Белов Олег Игоревич")
    async with (
        chatter(school, "anna", me) as anna,
        chatter(school, "ivan", me, "Петров Иван Сергеевич") as ivan,
        chatter(school, "maria", me, "Ёлкина Мария Олеговна") as maria,
        school.client_of(third) as other,
    ):
        await maria.invites(other)
        async with running(address, me, database_url, [bot]):
            await bring(school, anna, me, HALF, SKY)
            await ivan.says("!тренажёр астрономия")
            await eventually(lambda: ivan.heard(me, "Ответьте числом."))
            await ivan.says("1")
            await eventually(lambda: ivan.heard(me, "Пока неверно."))
            await maria.says("!тренажёр доли")
            await eventually(lambda: maria.heard(me, "Продолжим в личном чате."))
            assert not await maria.heard(me, "Ответьте")

        async with running(address, me, database_url, [bot]) as program:
            await ivan.says("0,5")
            await eventually(lambda: ivan.heard(me, "Теперь верно!"))
            await ivan.says("дальше")
            await eventually(lambda: heard_often(ivan, me, "Ответьте числом.", 2))
            await ivan.says("½")
            await eventually(lambda: ivan.heard(me, "Верно! 1 балл из 1."))
            await eventually(lambda: heard_often(ivan, me, "Дальше или хватит?", 2))
            # Of the one with formulas: its own picture, the question and the explanation drawn.
            assert len(await of_type(ivan, me, "m.image")) == 3
            await ivan.says("прогресс")
            await eventually(lambda: ivan.heard(me, "За последние дни: 2 задания, 1 балл из 2 (50 %)."))
            assert await program.database.fetchval("SELECT COUNT(*) FROM exam_prep_answers") == 2
            assert await exported(school, anna, me) == (HALF, SKY)
