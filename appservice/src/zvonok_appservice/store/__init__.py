"""What the appservice remembers by itself, and nothing that it could look up."""
