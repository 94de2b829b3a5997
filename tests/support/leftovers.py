"""What tests leave running. A thread keeps Python from ending; a program keeps a port, a
database and memory from whoever comes next."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import psutil

_START = "the start"


@dataclass
class Leftovers:
    """Looks after each test, and tells in the end what has not ended."""

    _first_seen: dict[threading.Thread, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.look(_START)

    def look(self, moment: str) -> None:
        """Note which threads are there now for the first time."""
        self._first_seen = {one: self._first_seen.get(one, moment) for one in threading.enumerate()}

    def found(self, patience: float = 5.0) -> list[str]:
        """Threads that have come since the start, and child processes, which go on for longer
        than `patience` seconds."""
        self.look("the end")
        deadline = time.monotonic() + patience
        threads = {one: moment for one, moment in self._first_seen.items() if moment != _START}
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        children = psutil.Process().children(recursive=True)
        _, running = psutil.wait_procs(children, max(0.0, deadline - time.monotonic()))
        return [
            *(
                f"thread {one.name}, there after {moment}"
                for one, moment in threads.items()
                if one.is_alive()
            ),
            *(f"program {' '.join(one.cmdline())}" for one in running),
        ]
