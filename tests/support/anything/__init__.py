"""A school in which people try anything, and a judge who knows what may become of it.

The judge shares no code with the rules that it watches: `people.may_meet` is the school's
table written by hand, and `judge` reads the events that Synapse has stored.
"""
