"""Tasks with their solutions, which a class opens when it is ready to."""
