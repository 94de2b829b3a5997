"""What a bot does, it does one after another; its long work goes on beside that, in a lane of
its own of the inbox."""

from __future__ import annotations

_WORK = "#work"


def lane(bot: str) -> str:
    """The name in the inbox under which a bot's long work waits."""
    return bot + _WORK


def bot_of(name: str) -> str:
    """The bot that a name in the inbox belongs to."""
    return name.removesuffix(_WORK)
