"""The closed circuit inside Synapse: who may contact whom, and what a room may become.

It only ever says no. What it knows comes from the appservice, and is kept in memory and on
disk: no request is made while an event waits.
"""

from zvonok_policy.module import PolicyModule

__all__ = ["PolicyModule"]
