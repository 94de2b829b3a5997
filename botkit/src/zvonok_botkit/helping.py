"""The kit's own bot: help, what to do with a slip of the finger, and chats it can't read."""

from __future__ import annotations

from typing import Annotated, Any

from zvonok_botkit.answers import Answer
from zvonok_botkit.bot import Bot, CommandRule
from zvonok_botkit.context import Context
from zvonok_core.commands import Rest
from zvonok_core.errors import TemporaryError
from zvonok_core.text import Text, text

KIT = "kit"

CANNOT_READ = text(
    "This chat is encrypted, and I can't read it yet. Please write to me in a chat without encryption."
)
CANCELLED = text("All right, forget it.")
CANCEL = ("отмена", "отменить", "стоп", "cancel", "stop")


def kit_bot(bots: list[Bot[Any, Any]]) -> Bot[None, None]:
    """The bot that knows what `bots` can do."""
    kit: Bot[None, None] = Bot(KIT, package=__package__)

    @kit.command("help", "помощь", "команды", "справка", "start")
    async def show_help(ctx: Context, topic: Annotated[Rest, text("What about?")] = Rest()) -> Answer:
        """Say what I can do here: `!help`"""
        shown = [rule for bot in bots for rule in bot.commands if await _may(ctx, rule)]
        about = [rule for rule in shown if topic and _named(rule, str(topic))]
        lines = [_line(ctx, rule) for rule in about or shown]
        if not lines:
            return text("There is nothing here that I could do for you.")
        return text("{title}\n{lines}", title=_title(ctx), lines="\n".join(lines))

    return kit


def _title(ctx: Context[Any, Any]) -> Text:
    if ctx.direct:
        return text("Here is what I can do; in this chat the “!” may be left out:")
    return text("Here is what I can do for you here:")


async def _may(ctx: Context[Any, Any], rule: CommandRule) -> bool:
    try:
        here = rule.direct or not ctx.direct
        return here and (rule.role is None or await ctx.may(rule.role))
    except TemporaryError:  # nobody can tell, so nothing is promised
        return False


def _named(rule: CommandRule, topic: str) -> bool:
    return any(name.casefold() == topic.strip(" !.?").casefold() for name in rule.command.names)


def _line(ctx: Context[Any, Any], rule: CommandRule) -> str:
    return f"• !{name_of(rule, ctx.language)} – {ctx.say(Text(rule.command.help))}"


def name_of(rule: CommandRule, language: str) -> str:
    """A command's name in a language: Russian names are the Cyrillic ones."""
    names = rule.command.names
    cyrillic = [name for name in names if not name.isascii()]
    latin = [name for name in names if name.isascii()]
    return ((cyrillic or latin) if language == "ru" else (latin or cyrillic))[0]
