"""The bot, whole: importing its modules declares its commands, in the order of the help."""

from zvonok_exam_prep import looking
from zvonok_exam_prep.declared import bot

__all__ = ["bot", "looking"]
