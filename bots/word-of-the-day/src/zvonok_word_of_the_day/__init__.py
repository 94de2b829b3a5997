"""The word of the day: a class meets a new word, answers it, and remembers it."""
