"""The bots of this process: found by entry point, told apart by their commands, and made
known to each other by what they serve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import entry_points
from typing import Any

from zvonok_botkit.bot import Bot, CommandRule
from zvonok_botkit.lanes import bot_of, lane
from zvonok_core.commands import nearest, recognise
from zvonok_core.errors import ConfigError, ConfigFault
from zvonok_core.people import plain
from zvonok_core.text import text

GROUP = "zvonok.bots"
AnyBot = Bot[Any, Any]


def names() -> list[str]:
    """The names of all bots that are installed."""
    return sorted(point.name for point in entry_points(group=GROUP))


def installed(names: Iterable[str]) -> list[AnyBot]:
    """The bots of these names. Raises ConfigError for one that is not installed."""
    found = {point.name: point for point in entry_points(group=GROUP)}
    faults = [
        ConfigFault(
            name,
            text("is no bot that is installed; there are: {known}", known=", ".join(sorted(found)) or "–"),
        )
        for name in names
        if name not in found
    ]
    if faults:
        raise ConfigError(faults)
    return [found[name].load() for name in names]


class Bots:
    """All of them, the kit's own last. Raises ConfigError where two take one command."""

    def __init__(self, bots: Sequence[AnyBot]) -> None:
        self._bots = {bot.name: bot for bot in bots}
        self._rules = [(bot, rule) for bot in bots for rule in bot.commands]
        taken: dict[str, str] = {}
        for bot, rule in self._rules:
            for name in rule.command.names:
                other = taken.setdefault(plain(name), bot.name)
                if other != bot.name:
                    message = text("{bot} has the command “{name}”, too", bot=other, name=name)
                    raise ConfigError([ConfigFault(bot.name, message)])

    def __iter__(self) -> Iterator[AnyBot]:
        return iter(self._bots.values())

    def __getitem__(self, name: str) -> AnyBot:
        return self._bots[bot_of(name)]

    def __contains__(self, name: str) -> bool:
        return name in self._bots

    @property
    def lanes(self) -> list[str]:
        """The names under which things wait in the inbox."""
        long = [lane(bot.name) for bot in self if any(rule.long for rule in bot.jobs.values())]
        return [*self._bots, *long]

    def recognise(self, words: str) -> tuple[AnyBot, CommandRule, str] | None:
        """The command that `words` begin with, and what follows."""
        return self._rule_of(recognise((rule.command for _, rule in self._rules), words))

    def nearest(self, words: str) -> tuple[AnyBot, CommandRule, str] | None:
        """The command that was probably meant."""
        return self._rule_of(nearest((rule.command for _, rule in self._rules), words))

    def _rule_of(self, found: Any) -> tuple[AnyBot, CommandRule, str] | None:
        if found is None:
            return None
        bot, rule = next((bot, rule) for bot, rule in self._rules if rule.command is found[0])
        return bot, rule, found[1]

    def types(self) -> frozenset[str]:
        """The types of events that any of them listens to."""
        return frozenset(listener.type for bot in self for listener in bot.listeners)
