"""The bot, whole: importing its modules declares its commands, in the order of the help."""

# isort: off
from zvonok_creative_homework import starting
from zvonok_creative_homework import picking
from zvonok_creative_homework import answering
from zvonok_creative_homework import hearing
from zvonok_creative_homework import reporting
from zvonok_creative_homework import closing
from zvonok_creative_homework.declared import bot
# isort: on

__all__ = ["answering", "bot", "closing", "hearing", "picking", "reporting", "starting"]
