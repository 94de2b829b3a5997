"""Polls, talked with."""
