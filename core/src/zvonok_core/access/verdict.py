"""What a rule answers: a decision, and a sentence that says why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from zvonok_core.text import Text, text


class Decision(StrEnum):
    """ALLOW and DENY are final. NO_OPINION leaves it to the homeserver's own rules, such as
    power levels, or to another rule that will be asked."""

    ALLOW = "allow"
    DENY = "deny"
    NO_OPINION = "no_opinion"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision about one action. `reason` is for whoever wanted to act: the sentence of a
    denial tells nothing about a person whom they may not contact."""

    decision: Decision
    reason: Text

    @property
    def denied(self) -> bool:
        """Whether the action must be refused."""
        return self.decision is Decision.DENY


def allow(reason: Text) -> Verdict:
    """A verdict that allows."""
    return Verdict(Decision.ALLOW, reason)


def deny(reason: Text) -> Verdict:
    """A verdict that refuses."""
    return Verdict(Decision.DENY, reason)


def no_opinion(reason: Text) -> Verdict:
    """A verdict that leaves it to others."""
    return Verdict(Decision.NO_OPINION, reason)


FINE = allow(text("The school's rules allow it."))
