"""The bot hashtags."""
