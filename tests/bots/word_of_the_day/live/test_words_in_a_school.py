"""The rota and a teacher's list in a whole school, where the directory says who is who."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from bots.word_of_the_day.live.test_words_on_synapse import comes_in, somebody_s
from openpyxl import Workbook
from support.bots import Chatter
from support.bots_in_school import bots_in_school
from support.waiting import eventually

from zvonok_core.ids import UserId
from zvonok_word_of_the_day.bot import bot

pytestmark = pytest.mark.live
ROTA = "!слово-дня каждый день в 12:00, английский, слова приносят ученики"


async def test_students_bring_words_and_the_teacher_sends_a_list(tmp_path: Path) -> None:
    async with bots_in_school(tmp_path, [bot]) as school:
        me, people = school.me, school.snapshot.people
        children = sorted(school.students, key=lambda child: (people[child].family, people[child].given))[:2]
        first, second = children
        async with (
            school.at(school.head) as teacher,
            school.at(second) as later,  # the register counts, and not who comes first
            school.at(first) as child,
        ):
            for who in (teacher, child, later):
                await who.client.call("GET", "/v3/sync?timeout=0")
            await eventually(lambda: said(teacher, me, ROTA, "Следующее слово приносит"), deadline=60)
            (turn,) = await teacher.heard(me, "Следующее слово приносит")
            mine = turn["content"]["m.mentions"]["user_ids"]
            assert mine in ([child.client.user], [later.client.user])
            chosen, other = (child, later) if mine == [child.client.user] else (later, child)
            await other.says("!слово-дня стоп")
            await eventually(lambda: other.heard(me, "только учителя"))

            alone = await eventually(lambda: comes_in(chosen))
            await eventually(lambda: alone.heard(me, "Следующее слово дня приносите вы"))
            for words, answer in (
                ("serendipity", "«serendipity». Что это значит?"),
                ("счастливая случайность", "И пример: предложение"),
                ("нет", "Спасибо, отличная находка!"),
            ):
                await alone.says(words)
                await eventually(lambda answer=answer: alone.heard(me, answer))  # type: ignore[misc]
            hers = await eventually(lambda: comes_in(teacher))
            (notice,) = await eventually(lambda: hers.heard(me, "приносит слово дня"))
            assert (
                "serendipity\nсчастливая случайность\nЕсли его лучше не показывать"
                in notice["content"]["body"]
            )

            await teacher.says("!слово-дня свой список")
            (asked,) = await eventually(lambda: teacher.heard(me, "Пришлите мне список"))
            async with somebody_s(school.school, teacher.client.user) as store:
                address = await store.upload(workbook(), "слова.xlsx", XLSX)
            info = {"mimetype": XLSX, "size": len(workbook())}
            file = {"msgtype": "m.file", "filename": "слова.xlsx", "url": address, "info": info}
            await teacher.says("слова.xlsx", **file, **reply(asked))
            await eventually(lambda: teacher.heard(me, "Список принят: 2 слова."))
            await hers.says("слова.xlsx", **file)
            await eventually(lambda: hers.heard(me, "не знаю, для чего этот файл"))


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook() -> bytes:
    book = Workbook()
    for row in (("Слово", "Перевод"), ("apple", "яблоко"), ("pear", "груша")):
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def reply(event: Mapping[str, Any]) -> dict[str, Any]:
    return {"m.relates_to": {"m.in_reply_to": {"event_id": event["event_id"]}}}


async def said(who: Chatter, me: UserId, words: str, answer: str) -> bool:
    """Whether the bot, which may come into the room a moment later, has answered."""
    if not await who.heard(who.client.user):
        await who.says(words)
    return bool(await who.heard(me, answer))
