"""The example of the kit's README is a bot that works, and its test is green."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
README = (ROOT / "botkit" / "README.md").read_text(encoding="utf-8")
HEADER = (ROOT / "botkit/src/zvonok_botkit/locale/ru/LC_MESSAGES/zvonok.po").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.mark.timeout(180)
def test_the_example_is_a_bot_and_its_test_is_green(tmp_path: Path) -> None:
    package = tmp_path / "src" / "zvonok_tea"
    catalog = package / "locale" / "ru" / "LC_MESSAGES"
    catalog.mkdir(parents=True)
    bot, own_test = blocks("python")
    (russian,) = blocks("po")
    (package / "__init__.py").touch()
    (package / "bot.py").write_text(bot, encoding="utf-8")
    (catalog / "zvonok.po").write_text(HEADER.partition("\n\n")[0] + "\n\n" + russian, encoding="utf-8")
    with (catalog / "zvonok.po").open("rb") as po, (catalog / "zvonok.mo").open("wb") as mo:
        write_mo(mo, read_po(po, locale="ru"))

    (conversation,) = re.findall(r"(?:^    (?:Чат|Смирнова|Звонок).*\n)+", README, re.MULTILINE)
    readme = "```talk\n" + re.sub(r"^    ", "", conversation, flags=re.MULTILINE) + "```\n"
    (tmp_path / "test_tea.py").write_text(
        own_test
        + f"""
from zvonok_botkit.screenplay import play, scripts

async def test_the_conversation(database_url: str) -> None:
    (script,) = scripts({readme!r})
    async with conversation(bot, database_url=database_url) as talk:
        await play(talk, script)
""",
        encoding="utf-8",
    )
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-c",
            ROOT / "pyproject.toml",
            "-p",
            "conftest",
            "test_tea.py",
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(package.parent), str(ROOT / "tests")])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    assert "4 passed" in ran.stdout
