"""Creative homework: a minute of voice or video on a topic that each student has chosen."""
