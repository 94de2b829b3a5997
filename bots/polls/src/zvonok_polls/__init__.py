"""Polls, quizzes and tests that work in every Matrix client."""
