"""The application service: keeps a school's rooms as the journal says."""
