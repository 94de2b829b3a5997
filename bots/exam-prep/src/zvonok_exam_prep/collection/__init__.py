"""What tasks there are: the shipped ones, and those that teachers have brought."""
