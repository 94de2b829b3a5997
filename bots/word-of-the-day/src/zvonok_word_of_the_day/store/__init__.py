"""The bot's tables."""

from zvonok_word_of_the_day.store.migrations import first_tables
from zvonok_word_of_the_day.store.turns import Turn
from zvonok_word_of_the_day.store.words import Shown, WordStore

__all__ = ["Shown", "Turn", "WordStore", "first_tables"]
