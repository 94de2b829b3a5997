"""The bot exam-prep, talked with."""

from __future__ import annotations

from zvonok_botkit.testing import conversation
from zvonok_exam_prep.bot import bot


async def test_notes_are_counted_for_each_room(database_url: str) -> None:
    async with conversation(bot, database_url=database_url) as talk:
        anna = talk.room().enter("Смирнова Анна Павловна, учитель")
        boris = talk.room().enter("Белов Борис, ученик")
        assert await anna.says("!запись Ключ у Анны") == ["Записала под номером 1."]
        assert await boris.says("!запись Завтра без формы") == ["Записала под номером 1."]
