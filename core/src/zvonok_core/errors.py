"""The four kinds of expected failure. Anything else that is raised is a bug.

ZvonokError
├── UserError        the person can mend it: a sentence in their language
├── TemporaryError   somebody else's fault, later it may work: try again
├── PermanentError   it will never work: set it aside and say so
└── ConfigError      the operator can mend it: one or more faults, each with its path
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zvonok_core.text import Text


class ZvonokError(Exception):
    """Whatever the program expects to fail."""


class UserError(ZvonokError):
    """`text` says what is wrong and what to do, in words for the person who asked."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


class TemporaryError(ZvonokError):
    """A network, a database or another service is away. `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PermanentError(ZvonokError):
    """Another service refused, and would refuse again. `code` is its own (M_FORBIDDEN)."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class ConfigFault:
    """One thing wrong in a configuration: the dotted path of the key, and a sentence."""

    path: str
    text: Text

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


class ConfigError(ZvonokError):
    """All that is wrong with a configuration, at once."""

    def __init__(self, faults: Sequence[ConfigFault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)
