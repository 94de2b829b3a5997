"""The bot, whole: importing its modules declares its commands, in the order of the help."""

# isort: off
from zvonok_word_of_the_day import setting_up
from zvonok_word_of_the_day import bringing
from zvonok_word_of_the_day import posting
from zvonok_word_of_the_day import answering
from zvonok_word_of_the_day import uploading
from zvonok_word_of_the_day import week
from zvonok_word_of_the_day.declared import bot
# isort: on

__all__ = ["answering", "bot", "bringing", "posting", "setting_up", "uploading", "week"]
