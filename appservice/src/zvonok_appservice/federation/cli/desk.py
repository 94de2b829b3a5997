"""What every command of `zvonok-federation` has at hand."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from zvonok_appservice.federation.folder import Folder
from zvonok_core.clock import Clock
from zvonok_core.text import Catalogs, Text


class Exit(IntEnum):
    """The exit codes, see the package's docstring."""

    DONE = 0
    WRONG = 3
    UNSIGNED = 4
    REFUSED = 6


@dataclass(frozen=True)
class Desk:
    """The folder, the time, and the language of whoever sits here."""

    folder: Folder
    clock: Clock
    catalogs: Catalogs
    language: str

    def words(self, message: Text) -> str:
        """The sentence in the language of the desk."""
        return self.catalogs.say(message, self.language)

    def say(self, message: Text, indent: str = "") -> None:
        """Print a sentence."""
        print(indent + self.words(message))

    def complain(self, message: Text) -> None:
        """Print a sentence about what went wrong."""
        print(self.words(message), file=sys.stderr)


Command = Callable[[Desk, argparse.Namespace], Exit]
