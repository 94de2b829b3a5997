"""The bot creative-homework."""
