"""How long the policy's facts take: from the picture, to JSON, over, and one decision.

    python benchmarks/bench_policy.py [PEOPLE ...]

Processor time, the best of several. `news` is what the appservice does when one person has
activated, `read news` what the policy module does then.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from bench_plan import COLLECT_SELDOM, as_desired, named

from zvonok_appservice.config import shipped_rooms
from zvonok_appservice.facts import FactsLog, facts_of
from zvonok_appservice.picture import Picture
from zvonok_appservice.policy import shipped_policy
from zvonok_appservice.reconcile.desired import Circumstances, desired_state
from zvonok_appservice.reconcile.guard import Limits, guard
from zvonok_appservice.reconcile.plan import plan
from zvonok_appservice.reconcile.templates import templates
from zvonok_appservice.reconcile.today import Today
from zvonok_core.access import may_contact, read_facts, write_facts
from zvonok_core.ids import UserId
from zvonok_core.text import Catalogs
from zvonok_demo.school import scaled

SIZES = (2_000, 20_000)
DAY = date(2026, 10, 1)
SENDER = UserId("@zvonok:school.example")
TIMES = 5
DECISIONS = 20_000


def picture(people: int) -> Picture:
    """A school in which everybody has activated, and all rooms are as they ought to be."""
    snapshot = scaled(people, DAY).snapshot
    given = Circumstances(accounts=named(snapshot.people.values()))
    today = Today(snapshot, DAY)
    chosen = templates(shipped_rooms(), {})
    desired = desired_state(today, chosen, given, Catalogs({}))
    actual = as_desired(desired)
    verdict = guard(plan(desired, actual), desired, actual, Limits(30, 0.2, 3), frozenset())
    return Picture(today, chosen, given, desired, actual, verdict)


def best(work: Callable[[], object]) -> float:
    """Seconds of processor time, of the fastest run."""
    found = []
    for _ in range(TIMES):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


def measure(people: int) -> None:
    """Print a line for each stage."""
    after = picture(people)
    somebody = next(iter(after.given.accounts))
    unlinked = {**after.given.accounts, somebody: replace(after.given.accounts[somebody], linked=False)}
    before = replace(after, given=replace(after.given, accounts=unlinked))
    table = shipped_policy()
    facts = facts_of(after, SENDER, table)
    whole = json.dumps(write_facts(facts), ensure_ascii=False, separators=(",", ":"))
    log = FactsLog(SENDER, table)
    known = read_facts(log.news(before, "") or {})
    begun = time.process_time()
    news = log.news(after, known.revision)
    news_seconds = time.process_time() - begun
    assert news is not None and len(news["people"]) == 1
    everybody = list(facts.people.values())
    pairs = [random.Random(number).sample(everybody, 2) for number in range(DECISIONS)]

    def decide() -> None:
        for actor, target in pairs:
            may_contact(actor, target, table)

    print(
        f"\n{len(everybody):,} people, {len(facts.rooms):,} rooms, {len(whole.encode()) / 1e6:.2f} MB of JSON"
    )
    for stage, seconds in {
        "facts of a picture": best(lambda: facts_of(after, SENDER, table)),
        "to JSON": best(lambda: json.dumps(write_facts(facts), ensure_ascii=False)),
        "from JSON": best(lambda: read_facts(json.loads(whole))),
        "news": news_seconds,
        "read news": best(lambda: read_facts(news, known)),
    }.items():
        print(f"  {stage:<20}{seconds * 1e3:9.2f} ms")
    print(f"  {'one decision':<20}{best(decide) / DECISIONS * 1e6:9.2f} µs")


if __name__ == "__main__":
    gc.set_threshold(*COLLECT_SELDOM)
    for size in sys.argv[1:] or SIZES:
        measure(int(size))
