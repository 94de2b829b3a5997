"""Awards with pictures that teachers give to students."""
