"""The command `federation`: which schools this one trusts at this moment, and since when."""

from __future__ import annotations

import asyncio
import json
from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime

from zvonok_appservice.app import PACKAGES
from zvonok_appservice.cli.exits import Exit
from zvonok_appservice.config import Config
from zvonok_appservice.federation.changes import name, talks
from zvonok_appservice.federation.peers import peers
from zvonok_appservice.federation.registry import Registry
from zvonok_appservice.federation.trust import PROBLEM_WORDS, Problem, Trust, Trusted
from zvonok_core.clock import SystemClock
from zvonok_core.directory import to_json
from zvonok_core.text import Catalogs, Text, ntext, text


async def federation(config: Config, options: Namespace) -> Exit:
    """Ask the source, and print what is trusted afterwards."""
    clock = SystemClock()
    trust = None
    if config.federation is not None:
        trust = Trust(config.federation, config.data, clock)
        await asyncio.to_thread(trust.check)
    if options.json:
        print(json.dumps(_json(config, trust), ensure_ascii=False, indent=2))
    else:
        catalogs = Catalogs.load(PACKAGES)
        language = options.language or config.school.language
        for line in _lines(config, trust, clock.now()):
            print(catalogs.say(line, language))
    if trust is None or trust.problem is None:
        return Exit.DONE
    return Exit.AWAY if trust.problem is Problem.AWAY else Exit.JOURNAL


def _lines(config: Config, trust: Trust | None, now: datetime) -> Iterator[Text]:
    own = config.homeserver.server_name
    registry = Registry()
    if trust is None:
        yield text("The configuration has no section federation: this school talks with no other.")
    else:
        registry = trust.in_force()
        yield from _state(trust.trusted, trust, now)
        for school in registry.schools:
            yield Text("  {school}: {talks}", {"school": name(school), "talks": talks(school.talks)})
        if registry.schools and registry.school(own) is None:
            yield text(
                "This school ({own}) is not listed, so it talks with no other: the registrars add it.",
                own=own,
            )


def _state(trusted: Trusted | None, trust: Trust, now: datetime) -> Iterator[Text]:
    if trust.problem is not None:
        yield text("The source is not followed: {reason}.", reason=PROBLEM_WORDS[trust.problem])
    if trusted is None:
        yield text("No registry has been taken yet: this school talks with no other.")
        return
    if not trust.in_force().schools and trusted.registry.schools:
        yield text(
            "Version {version} has expired on {date}: until it is renewed this school talks with no other.",
            version=trusted.version,
            date=_minute(trusted.expires),
        )
        return
    yield text(
        "Version {version} is in force since {since}, was last confirmed on {confirmed} and holds until {expires} (UTC).",
        version=trusted.version,
        since=_minute(trusted.since),
        confirmed=_minute(trusted.confirmed),
        expires=_minute(trusted.expires),
    )
    yield ntext("{n} school is listed:", "{n} schools are listed:", len(trusted.registry.schools))


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _json(config: Config, trust: Trust | None) -> dict[str, object]:
    registry = trust.in_force() if trust else Registry()
    told: dict[str, object] = {
        "configured": trust is not None,
        "problem": trust.problem if trust else None,
        "trusted": None,
        "schools": to_json(registry)["schools"],
        "peers": sorted(peers(registry, config.homeserver.server_name)),
    }
    if trust is not None and trust.trusted is not None:
        told["trusted"] = {
            "version": trust.trusted.version,
            "expires": trust.trusted.expires.isoformat(),
            "since": trust.trusted.since.isoformat(),
            "confirmed": trust.trusted.confirmed.isoformat(),
        }
    return told
