"""Saying what is going on: one line that is written over on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

from zvonok_core.text import Catalogs, Text


@dataclass
class Voice:
    """The demo's own, in one language."""

    catalogs: Catalogs
    language: str
    out: TextIO = field(default_factory=lambda: sys.stdout)
    _open: bool = False

    def say(self, message: Text | str = "") -> None:
        """A line that stays."""
        self._close()
        print(self.words(message), file=self.out, flush=True)

    def words(self, message: Text | str) -> str:
        """A message in the demo's language."""
        return self.catalogs.say(message, self.language)

    @contextmanager
    def step(self, message: Text) -> Iterator[Step]:
        """Something that takes a while; the last line tells how long it took."""
        step = Step(self, self.words(message))
        if self.out.isatty():
            step.show("…")
        else:
            self.say(f"{step.title} …")
        yield step
        self.finish(f"{step.title} — {time.monotonic() - step.began:.1f} s")

    def overwrite(self, line: str) -> None:
        """A line that the next one replaces; only on a terminal."""
        if self.out.isatty():
            print(f"\r\x1b[K{line}", end="", file=self.out, flush=True)
            self._open = True

    def finish(self, line: str) -> None:
        """The line's last word."""
        if self._open:
            print("\r\x1b[K", end="", file=self.out)
            self._open = False
        print(line, file=self.out, flush=True)

    def _close(self) -> None:
        if self._open:
            print(file=self.out)
            self._open = False


@dataclass
class Step:
    """One thing that takes a while."""

    voice: Voice
    title: str
    began: float = field(default_factory=time.monotonic)

    def show(self, how_far: str) -> None:
        """Say how far it is: `12/24`."""
        self.voice.overwrite(f"{self.title} {how_far}")
