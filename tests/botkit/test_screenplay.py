"""Conversations of a README are played, and whoever strays from the script is found out."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.example_bot import bot

from zvonok_botkit.screenplay import play, scripts
from zvonok_botkit.testing import conversation

PLAY = """
Чат «7А»: Петров Иван Сергеевич, ученик; Ёлкина Зоя, ученица; Смирнова Анна Павловна, учитель
Смирнова: !похвалить Ёлкина
Звонок: Что выбрать?
  1. помощь
  2. хорошая идея
Смирнова отвечает: 2
Звонок: Ёлкина Зоя: хорошая идея, 1
Петров: привет
Петров: !руки Кто идёт?
Звонок: Кто идёт?
Зоя ставит ✋
Звонок исправляет: Hands: 1
Петров (лично): напомнить 30 Сменка
Звонок: I will.
Проходит 29 минут
Проходит 1 минута
Звонок: Сменка
"""


async def played(script: str, folder: Path) -> None:
    async with conversation(bot, database_url=f"sqlite:///{folder / 'bots.db'}") as talk:
        await play(talk, script)


async def test_a_conversation_goes_as_it_is_written(tmp_path: Path) -> None:
    await played(PLAY, tmp_path)


@pytest.mark.parametrize(
    ("written", "instead", "complaint"),
    [
        ("Звонок: Сменка\n", "", "after «Проходит 1 минута» was said:\nЗвонок: Сменка"),
        ("Звонок: Сменка\n", "Звонок: Сменка\nЗвонок: И всё\n", "after «Проходит 1 минута»"),
        ("Звонок: I will.", "Звонок: Не буду", "after «Петров (лично): напомнить 30 Сменка»"),
        ("Петров: привет", "Петров: привет\nЗвонок: привет", "(nothing)"),
        ("Звонок исправляет: Hands: 1", "Звонок: Hands: 1", "Звонок исправляет: Hands: 1"),
        ("Петров: привет", "Сидоров: привет", "«Сидоров» must be one person"),
        ("Петров: привет", "Петров молчит", "«Петров молчит» is nothing that anybody can do"),
    ],
)
async def test_whoever_strays_is_found_out(
    tmp_path: Path, written: str, instead: str, complaint: str
) -> None:
    assert written in PLAY
    with pytest.raises(AssertionError) as raised:
        await played(PLAY.replace(written, instead), tmp_path)
    assert complaint in str(raised.value)


def test_only_marked_blocks_are_conversations() -> None:
    readme = "# Bot\n\n```talk\none\n```\n\n```python\ntwo\n```\n\n```talk\nthree\n```\n"
    assert scripts(readme) == ["one\n", "three\n"]
