"""The bot file-collector."""
