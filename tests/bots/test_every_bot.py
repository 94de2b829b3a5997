"""What every bot must do by existing. A bot is here as soon as it is installed: its entry
point in the group `zvonok.bots` is all that is asked for."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from zvonok_botkit.registry import GROUP, AnyBot, Bots
from zvonok_botkit.screenplay import play, scripts
from zvonok_botkit.testing import NOON, FakeChat, Talk, TalkPerson, conversation
from zvonok_core.clock import ManualClock
from zvonok_core.commands import nearest
from zvonok_core.ids import UserId
from zvonok_core.roles import Role

ROOT = Path(__file__).parents[2]
POINTS = sorted(entry_points(group=GROUP), key=lambda point: point.name)
SORRY = "что-то сломалось"
NONSENSE = [
    "",
    " 7",
    " @nobody:nowhere.test",
    " «",
    " -1 " + "ы" * 500,
    " Ёжик; DROP TABLE x",
    " 😀\n\n|||\n?",
]
"""What people write after a command by mistake."""


@pytest.fixture(params=POINTS, ids=lambda point: point.name)
def point(request: pytest.FixtureRequest) -> EntryPoint:
    found: EntryPoint = request.param
    return found


@pytest.fixture
def bot(point: EntryPoint) -> AnyBot:
    loaded: AnyBot = point.load()
    return loaded


def folder_of(bot: AnyBot) -> Path:
    """Where the bot's part of the repository is."""
    assert bot.package
    source = importlib.import_module(bot.package).__file__
    assert source
    return Path(source).parents[2]


def teacher_in(talk: Talk) -> TalkPerson:
    room = talk.room()
    room.enter("Петров Иван Сергеевич, ученик")
    return room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)


# ---------------------------------------------------------------- what it is


def test_it_is_called_as_its_folder_and_its_entry_point(bot: AnyBot, point: EntryPoint) -> None:
    assert bot.name == point.name == folder_of(bot).name
    assert bot.package == "zvonok_" + bot.name.replace("-", "_")


def test_its_commands_have_names_in_both_languages_and_one_bot_each(bot: AnyBot) -> None:
    for rule in bot.commands:
        assert any(name.isascii() for name in rule.command.names), rule.command.names
        assert any(re.fullmatch("[а-яё -]+", name) for name in rule.command.names), rule.command.names
    Bots([point.load() for point in POINTS])


def test_it_imports_no_other_bot_and_no_client(bot: AnyBot) -> None:
    others = {f"zvonok_{point.name.replace('-', '_')}" for point in POINTS} - {bot.package}
    for module, name in imports(bot):
        assert name.partition(".")[0] not in others | {"nio", "mautrix", "zvonok_appservice"}, module


def imports(bot: AnyBot) -> Iterator[tuple[Path, str]]:
    for module in folder_of(bot).glob("src/**/*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((module, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield module, node.module or ""


def test_its_help_is_translated(bot: AnyBot) -> None:
    """Docstrings are no calls, so the catalogues' own check does not see them."""
    path = folder_of(bot) / "src" / str(bot.package) / "locale" / "ru" / "LC_MESSAGES" / "zvonok.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale="ru")
    for rule in bot.commands:
        entry = catalog.get(rule.command.help)
        assert entry and entry.string and not entry.fuzzy, rule.command.help
        assert any(f"!{name}" in str(entry.string) for name in rule.command.names if not name.isascii()), (
            f"the Russian help of {rule.id} must show how it is written"
        )


# ---------------------------------------------------------------- how it behaves


async def test_its_tables_are_made_and_a_second_start_finds_them(bot: AnyBot, database_url: str) -> None:
    chat = FakeChat(ManualClock(NOON))
    for _ in range(2):
        async with conversation(bot, database_url=database_url, chat=chat, clock=chat.clock) as talk:
            assert await teacher_in(talk).says("!помощь")


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_help_names_every_command_to_whoever_may_use_it(
    bot: AnyBot, language: str, tmp_path: Path
) -> None:
    async with conversation(bot, database_url=sqlite(tmp_path), language=language) as talk:
        teacher = teacher_in(talk)
        (shown,) = await teacher.says("!help")
        for rule in bot.commands:
            allowed = rule.role is None or await talk.program.rooms.may(
                teacher.user, teacher.room.id, rule.role
            )
            names = [name for name in rule.command.names if name.isascii() == (language == "en")]
            assert (f"!{names[0]} –" in shown) == allowed, rule.id
        assert re.search("[а-яё]{4}", shown.replace("!", "")) is None or language == "ru"


async def test_a_half_or_wrong_command_gets_a_question_or_a_sentence(bot: AnyBot, tmp_path: Path) -> None:
    async with conversation(bot, database_url=sqlite(tmp_path)) as talk:
        teacher = teacher_in(talk)
        for rule in bot.commands:
            for words in NONSENSE:
                said = await teacher.says(f"!{rule.command.names[0]}{words}")
                assert not any(SORRY in line for line in said), (rule.id, words)
                assert said or talk.said, (rule.id, words)
                await teacher.says("отмена")


async def test_a_slip_gets_the_command(bot: AnyBot, tmp_path: Path) -> None:
    async with conversation(bot, database_url=sqlite(tmp_path)) as talk:
        teacher = teacher_in(talk)
        for rule in bot.commands:
            for name in rule.command.names:
                slip = name[:-1] + name[-1] * 2
                if len(name) > 3 and " " not in name and nearest([rule.command], slip):
                    assert "Вы имели в виду" in (await teacher.says(f"!{slip}"))[0]
                    await teacher.says("отмена")


async def test_what_a_stranger_may_not_do_is_refused(bot: AnyBot, tmp_path: Path) -> None:
    async with conversation(bot, database_url=sqlite(tmp_path)) as talk:
        teacher_in(talk)
        room = talk.room()
        nobody = room.enter("Никто")
        del talk.directory.people[nobody.user]
        talk.directory.views.clear()
        talk.program.rooms.forget(room.id)
        for rule in bot.commands:
            if rule.role is not None:
                (said,) = await nobody.says(f"!{rule.command.names[0]} Петров 1")
                assert said.startswith("Это здесь м"), rule.id


async def test_with_the_directory_away_it_says_so_and_goes_on(bot: AnyBot, tmp_path: Path) -> None:
    async with conversation(bot, database_url=sqlite(tmp_path)) as talk:
        teacher = teacher_in(talk)
        talk.directory.away = True
        for rule in bot.commands:
            said = await teacher.says(f"!{rule.command.names[0]}")
            assert not any(SORRY in line for line in said), rule.id
            if rule.role is not None:
                assert said == [
                    "Сейчас мне не у кого узнать, кому что можно. Попробуйте, пожалуйста, через несколько минут."
                ]
            await teacher.says("отмена")
        talk.directory.away = False
        assert await teacher.says("!помощь")


async def test_events_that_no_client_sends_do_no_harm(
    bot: AnyBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with conversation(bot, database_url=sqlite(tmp_path)) as talk:
        teacher = teacher_in(talk)
        for listener in bot.listeners:
            for content in ({}, {"m.relates_to": 1}, {"m.relates_to": {"event_id": 3}}, {listener.type: []}):
                await teacher.sends(listener.type, content)
        assert await teacher.says("!помощь")
        assert "bug" not in caplog.text
        assert UserId(teacher.user)


# ---------------------------------------------------------------- its README


async def test_the_conversations_of_its_readme_go_as_they_stand_there(
    bot: AnyBot, database_url: str, tmp_path: Path
) -> None:
    readme = (folder_of(bot) / "README.md").read_text(encoding="utf-8")
    found = scripts(readme)
    assert found, "a README shows a conversation: a code block marked `talk`"
    for number, script in enumerate(found):
        url = database_url if number == 0 else f"sqlite:///{tmp_path / str(number)}.db"
        async with conversation(bot, database_url=url) as talk:
            await play(talk, script)


def sqlite(folder: Path) -> str:
    """A database where it does not matter which."""
    return f"sqlite:///{folder / 'bots.db'}"
