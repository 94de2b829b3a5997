"""What the appservice can tell an operator's monitoring: counts, and no personal data."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from zvonok_appservice.picture import Board
from zvonok_core.clock import Clock


class Metrics:
    """Fed by the loop and the listener; the state of the school is read off the board."""

    def __init__(self, board: Board, clock: Clock) -> None:
        self._board = board
        self._clock = clock
        self._read_at: datetime | None = None
        self.registry = CollectorRegistry()

        def gauge(name: str, about: str) -> Gauge:
            return Gauge(f"zvonok_{name}", about, registry=self.registry)

        self._age = gauge("journal_age_seconds", "Since the journal was last read without a fatal finding")
        self._away = gauge("journal_unavailable", "1 while the journal is away or has a fatal finding")
        self._known = gauge("people_known", "People in the roster in force")
        self._linked = gauge("people_linked", "Of them, those who have activated their account")
        self._rooms = gauge("rooms", "Managed rooms that ought to be")
        self._held = gauge("removals_held", "Removals that wait for a confirmation")
        self._steps = Counter("zvonok_steps", "Steps taken", ["result"], registry=self.registry)
        self._hints = Counter("zvonok_hints", "Hints from the homeserver", registry=self.registry)
        self._looks = Histogram(
            "zvonok_look_seconds",
            "How long a look took, with all that it put right",
            buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 1800),
            registry=self.registry,
        )
        for result in ("done", "failed"):
            self._steps.labels(result)

    def journal(self, *, well: bool) -> None:
        """The journal was looked for: it has been read or has not changed since, or else it
        is away or can't be taken."""
        self._away.set(not well)
        if well:
            self._read_at = self._clock.now()

    def looked(self, seconds: float, done: int, failed: int) -> None:
        """A look ended after so long, with so many steps."""
        self._looks.observe(seconds)
        self._steps.labels("done").inc(done)
        self._steps.labels("failed").inc(failed)

    def hinted(self) -> None:
        """The homeserver gave a hint."""
        self._hints.inc()

    def text(self) -> bytes:
        """Everything in the Prometheus text format."""
        if self._read_at is not None:
            self._age.set((self._clock.now() - self._read_at).total_seconds())
        else:
            self._age.set(float("nan"))
        picture = self._board.picture
        if picture is not None:
            people = picture.today.snapshot.people
            accounts = picture.given.accounts
            self._known.set(len(people))
            self._linked.set(sum(person in people and accounts[person].linked for person in accounts))
            self._rooms.set(len(picture.desired.rooms))
            self._held.set(len(picture.verdict.removals))
        return generate_latest(self.registry)
