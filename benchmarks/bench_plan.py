"""How long and how much memory it takes to plan for 2,000, 20,000 and 200,000 people.

    python benchmarks/bench_plan.py [PEOPLE ...]

For each size: reading the journal (OneRoster CSV), the roster off the day, the desired
state, the plan of a first fill, and the plan of a run in which nothing has changed. Each
size runs in a process of its own, so that its memory is its own. The ratios at the end
compare the time per person with the smallest size; linear is 1.
"""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from zvonok_appservice.config import shipped_rooms
from zvonok_appservice.reconcile.contents import power_levels
from zvonok_appservice.reconcile.desired import Account, Circumstances, desired_state
from zvonok_appservice.reconcile.guard import Limits, guard
from zvonok_appservice.reconcile.model import (
    ActualAccount,
    ActualRoom,
    ActualState,
    DesiredState,
    Membership,
    RoomKey,
)
from zvonok_appservice.reconcile.plan import plan
from zvonok_appservice.reconcile.templates import templates
from zvonok_appservice.reconcile.today import Today
from zvonok_appservice.roster.oneroster import OneRosterSource
from zvonok_appservice.roster.snapshot import Person
from zvonok_appservice.usernames import user_name
from zvonok_core.ids import PersonId, RoomId, SchoolId, UserId
from zvonok_core.text import Catalogs
from zvonok_demo.school import scaled
from zvonok_demo.school.as_oneroster import write_oneroster

SIZES = (2_000, 20_000, 200_000)
DAY = date(2026, 10, 1)
LINEAR = 1.2
COLLECT_SELDOM = (500_000, 50, 1000)
"""Rosters and plans are large, long-lived and free of cycles: with Python's own thresholds
the collector walks through all of them again and again, which costs more than planning."""
T = TypeVar("T")


@dataclass
class Stopwatch:
    """Seconds of processor time by stage (others may be using the machine), and what is
    resident after it, in bytes above the start."""

    seconds: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    start: int = 0

    def time(self, stage: str, work: Callable[[], T]) -> T:
        """Do the work and remember how long it took."""
        gc.collect()
        begun = time.process_time()
        done = work()
        self.seconds[stage] = time.process_time() - begun
        self.memory[stage] = resident() - self.start
        return done


def resident() -> int:
    """The memory that this process has now, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def measure(people: int) -> dict[str, Any]:
    """All stages for one size."""
    gc.set_threshold(*COLLECT_SELDOM)
    watch = Stopwatch()
    with TemporaryDirectory() as folder:
        school = SchoolId(in_its_own_process("--write", str(people), folder))
        watch.start = resident()
        source = OneRosterSource(Path(folder), school, lambda: DAY)
        reading = watch.time("parse", lambda: source.read(None))
    assert reading.snapshot is not None
    snapshot = reading.snapshot
    accounts = watch.time("user names", lambda: named(snapshot.people.values()))
    given = Circumstances(accounts=accounts)
    chosen = templates(shipped_rooms(), {"subject": {"create": "at_once"}})
    catalogs = Catalogs({})
    desired = watch.time(
        "desired state", lambda: desired_state(Today(snapshot, DAY), chosen, given, catalogs)
    )
    empty = ActualState({}, fresh_accounts(desired))
    fill = watch.time("plan of a first fill", lambda: plan(desired, empty))
    steps = len(fill.grants)
    del fill
    actual = as_desired(desired)
    quiet = watch.time("plan without changes", lambda: plan(desired, actual))
    assert quiet.empty
    verdict = watch.time("guard", lambda: guard(quiet, desired, actual, Limits(30, 0.2, 3), frozenset()))
    assert not verdict.holds
    return {
        "people": len(snapshot.people),
        "rooms": len(desired.rooms),
        "steps": steps,
        "seconds": watch.seconds,
        "memory": watch.memory,
    }


def typical(people: str) -> dict[str, Any]:
    """The middle of several runs: what takes a fifth of a second is measured more often
    than what takes half a minute."""
    runs = [
        json.loads(in_its_own_process("--measure", people)) for _ in range(min(9, 1 + 40_000 // int(people)))
    ]
    seconds = {stage: median(run["seconds"][stage] for run in runs) for stage in runs[0]["seconds"]}
    return {**runs[0], "seconds": seconds}


def named(people: Iterable[Person]) -> dict[PersonId, Account]:
    """Everybody has a user name, and has linked it."""
    taken: set[str] = set()
    accounts = {}
    for person in people:
        name = user_name(person, taken)
        taken.add(name)
        accounts[person.id] = Account(UserId(f"@{name}:school.example"), linked=True)
    return accounts


def fresh_accounts(desired: DesiredState) -> dict[UserId, ActualAccount]:
    """The accounts as they ought to be."""
    return {
        account.user: ActualAccount(
            account.user, account.display_name, account.locked, account.deactivated, admin=False
        )
        for account in desired.accounts.values()
    }


def as_desired(desired: DesiredState) -> ActualState:
    """A homeserver on which all is as it ought to be."""
    children: dict[RoomKey, set[RoomId]] = {}
    for room in desired.rooms.values():
        for parent in room.parents:
            children.setdefault(parent, set()).add(room_id(room.key))
    rooms = {
        key: ActualRoom(
            room=room_id(key),
            key=key,
            archived=False,
            name=room.name,
            topic=room.topic,
            is_space=room.is_space,
            join_rule="invite",
            history_visibility="shared",
            guest_access="forbidden",
            encrypted=False,
            power_levels=power_levels(room.write_level, room.levels),
            members=dict.fromkeys(room.members, Membership.JOIN),
            children=frozenset(children.get(key, ())),
            parents=frozenset(room_id(parent) for parent in room.parents),
        )
        for key, room in desired.rooms.items()
    }
    return ActualState(rooms, fresh_accounts(desired))


def room_id(key: RoomKey) -> RoomId:
    """As opaque as a real one, and as long."""
    return RoomId(f"!{key.alias_localpart('')[-43:]}")


def write(people: int, folder: Path) -> SchoolId:
    """Write the journal of a school of so many people."""
    snapshot = scaled(people, DAY).snapshot
    write_oneroster(snapshot, folder, DAY)
    return snapshot.school.id


def in_its_own_process(*arguments: str) -> str:
    """What this program prints when it is called so: memory used there is given back."""
    command = [sys.executable, __file__, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def report(results: list[dict[str, Any]]) -> None:
    """Tables of time and memory per person, and whether they grow in step with the people."""
    first = results[0]
    for result in results:
        people = result["people"]
        print(f"\n{people:,} people, {result['rooms']:,} rooms, {result['steps']:,} steps of a first fill")
        for stage, seconds in result["seconds"].items():
            each = seconds / people * 1e6
            ratio = seconds / people / (first["seconds"][stage] / first["people"])
            print(f"  {stage:<24}{seconds:9.2f} s{each:9.1f} µs a person{ratio:7.2f} ×")
        total, base = sum(result["seconds"].values()), sum(first["seconds"].values())
        ratio = total / people / (base / first["people"])
        verdict = "linear" if ratio <= LINEAR else "MORE THAN LINEAR"
        print(f"  {'all':<24}{total:9.2f} s{total / people * 1e6:9.1f} µs a person{ratio:7.2f} × {verdict}")
        for stage, taken in result["memory"].items():
            print(
                f"  resident after {stage:<22}{taken / 2**20:8.0f} MiB{taken / people / 1024:7.1f} KiB a person"
            )


def main(arguments: list[str]) -> None:
    """Without `--`: measure these sizes, or all."""
    match arguments:
        case ["--write", people, folder]:
            print(write(int(people), Path(folder)), end="")
        case ["--measure", people]:
            print(json.dumps(measure(int(people))))
        case _:
            sizes = arguments or [str(size) for size in SIZES]
            report([typical(size) for size in sizes])


if __name__ == "__main__":
    main(sys.argv[1:])
