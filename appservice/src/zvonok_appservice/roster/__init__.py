"""The journal: what it says, read from whatever format it comes in."""
