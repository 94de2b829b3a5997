"""Why rooms are as they are, and why they change, in sentences. Pure.

`Grounds` finds the rows that put a person into a room, or that did; `removal_reason` and
`lock_reason` say what took somebody out; `plan_sentences` and `hold_sentences` read a
plan and the guard's verdict aloud. People's names stand in the nominative throughout.
"""

from zvonok_appservice.reconcile.explain.facts import Link, moment_text, with_origin
from zvonok_appservice.reconcile.explain.grounds import Grounds, Why, why
from zvonok_appservice.reconcile.explain.losses import lock_reason, removal_reason
from zvonok_appservice.reconcile.explain.sentences import MOST_NAMES, Scene, hold_sentences, plan_sentences

__all__ = [
    "MOST_NAMES",
    "Grounds",
    "Link",
    "Scene",
    "Why",
    "hold_sentences",
    "lock_reason",
    "moment_text",
    "plan_sentences",
    "removal_reason",
    "why",
    "with_origin",
]
