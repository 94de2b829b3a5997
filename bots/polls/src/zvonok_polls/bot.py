"""The bot, whole: importing its modules declares its commands."""

# isort: off - the order is that of the help
from zvonok_polls import starting
from zvonok_polls import voting
from zvonok_polls import ending
from zvonok_polls import directly
from zvonok_polls import reporting
from zvonok_polls.declared import bot

__all__ = ["bot", "directly", "ending", "reporting", "starting", "voting"]
