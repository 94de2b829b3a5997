"""What a run has tried and what came of it, and what Synapse's log says meanwhile."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

MODULE = "zvonok_policy"
_ERROR = re.compile(r"^(?:\w+\.)*\w*Error\b.*", re.MULTILINE)


@dataclass
class Tally:
    """Counts over all worlds. `aloud` is after how many acts a line is printed, if any."""

    aloud: int = 0
    acts: int = 0
    found: AssertionError | None = None
    """What ends the run."""
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    began: float = 0.0

    def count(self, kind: str, status: int) -> None:
        """One act, with what was answered."""
        self.began = self.began or time.monotonic()
        self.acts += 1
        self.outcomes[kind, _outcome(status)] += 1
        if self.aloud and self.acts % self.aloud == 0:
            self.say(self.line())

    def broken(self, request: str, why: str) -> None:
        """A request at which Synapse itself has failed."""
        self.errors[f"{request.partition('?')[0]}: {why}"] += 1

    def say(self, line: str) -> None:
        """Past whatever pytest keeps."""
        print(line, file=sys.__stderr__, flush=True)

    def line(self) -> str:
        """How far it is."""
        seconds = time.monotonic() - self.began
        by = Counter[str]()
        for (_, outcome), number in self.outcomes.items():
            by[outcome] += number
        shares = ", ".join(f"{outcome} {number}" for outcome, number in sorted(by.items()))
        return f"{self.acts:7} acts in {seconds:.0f} s, {self.acts / seconds:.0f} a second: {shares}"

    def report(self) -> str:
        """The whole of it, by kind."""
        kinds = sorted({kind for kind, _ in self.outcomes})
        columns = ("allowed", "refused", "held up", "broken")
        lines = [self.line(), "", f"{'':14}" + "".join(f"{column:>10}" for column in columns)]
        lines += [f"{kind:14}" + "".join(f"{self.outcomes[kind, c]:10}" for c in columns) for kind in kinds]
        if self.errors:
            lines += ["", "Synapse's own errors (5xx), none with the module in it:"]
            lines += [f"{number:6}  {error}" for error, number in self.errors.most_common()]
        return "\n".join(lines)


def _outcome(status: int) -> str:
    if status == 429:
        return "held up"
    return "allowed" if status < 400 else "refused" if status < 500 else "broken"


class Log:
    """Synapse's log from now on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = path.stat().st_size
        self._newest = ""

    def faults(self) -> list[str]:
        """What the module has to do with, of what was logged since the last look."""
        self._newest = ""
        if self._path.stat().st_size == self._read:
            return []
        with self._path.open("rb") as file:
            file.seek(self._read)
            self._newest = file.read().decode(errors="replace")
            self._read = file.tell()
        return [f"the module is in Synapse's log:\n{self._newest}"] if MODULE in self._newest else []

    def last_error(self) -> str:
        """The last line of the newest traceback."""
        errors = _ERROR.findall(self._newest)
        return str(errors[-1])[:120] if errors else "nothing in the log"
