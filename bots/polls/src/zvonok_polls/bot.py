"""The bot, whole: importing its modules declares its commands, in the order of the help."""

# isort: off
from zvonok_polls import starting
from zvonok_polls import voting
from zvonok_polls import ending
from zvonok_polls import directly
from zvonok_polls import reporting
from zvonok_polls.declared import bot
# isort: on

__all__ = ["bot", "directly", "ending", "reporting", "starting", "voting"]
