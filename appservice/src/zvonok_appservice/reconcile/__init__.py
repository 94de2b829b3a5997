"""From what the journal says to what the homeserver has, and back again, for ever."""
