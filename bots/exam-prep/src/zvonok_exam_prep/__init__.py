"""The bot exam-prep: a bank of exam tasks, and what is done with it."""
