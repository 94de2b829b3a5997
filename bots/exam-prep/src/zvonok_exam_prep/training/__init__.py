"""One student with the trainer, in a direct chat."""
