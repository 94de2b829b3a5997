"""The policy module with a fault in it. A file `broken` beside the facts names a callback, and
on a second line what is raised when that callback wants to know anything. Loaded by Synapse in
tests, by this module's name."""

from __future__ import annotations

import traceback
from typing import Any

from zvonok_core.access import Facts
from zvonok_core.ids import UserId
from zvonok_policy import PolicyModule
from zvonok_policy.keeper import Keeper
from zvonok_policy.settings import Settings


class _Broken:
    language = "ru"

    def __init__(self, words: str) -> None:
        self._words = words

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(self._words)


class BrokenKeeper(Keeper):
    """Knows nothing but a fault while it is told to."""

    @property
    def facts(self) -> Facts:
        try:
            broken, words = self._settings.facts_file.with_name("broken").read_text().split("\n")
        except FileNotFoundError:
            return self._true_facts
        asking = [entry.name for entry in traceback.extract_stack()]
        return _Broken(words) if broken in asking else self._true_facts  # type: ignore[return-value]

    @facts.setter
    def facts(self, facts: Facts) -> None:
        self._true_facts = facts


class BrokenPolicy(PolicyModule):
    """What Synapse loads."""

    @staticmethod
    def knowing(config: Settings, sender: UserId) -> Keeper:
        return BrokenKeeper(config, sender)
