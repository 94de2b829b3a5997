"""Tasks for a whole class: given by a teacher, done by each student alone."""
