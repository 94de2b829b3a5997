"""What the module knows, kept fresh by a thread of its own.

The thread asks the appservice for news (`GET /v1/facts`, a long poll) and puts whole, frozen
facts in the place of the old ones; whoever decides reads them from there. A plain thread with
the standard library's HTTP client, because nothing here may ever wait for Synapse's reactor,
nor the reactor for it: Synapse may be inside a request of the appservice itself.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from zvonok_core.access import Facts, PersonFacts, Table, Who, read_facts, write_facts
from zvonok_core.directory import Incident, to_json
from zvonok_core.errors import PermanentError
from zvonok_core.ids import SchoolId, UserId
from zvonok_policy.settings import Settings

log = logging.getLogger(__name__)

POLL_SECONDS = 30
"""How long the appservice may keep a question until there is news."""
SILENCE_SECONDS = POLL_SECONDS + 15
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2.0
"""Seconds between two attempts while the appservice is away: whoever activates right after it
is back must not wait for longer."""
MOST_INCIDENTS = 100
"""Incidents that wait to be told; the log has all of them."""


class Keeper:
    """`facts` is always there: before the first news it is what the disk has, and before that
    nobody but the appservice's sender may do anything."""

    def __init__(self, settings: Settings, sender: UserId, now: Callable[[], float] = time.time) -> None:
        """`now` gives the seconds since 1970, UTC."""
        self._settings = settings
        self._now = now
        self._sender = sender
        self._incidents: queue.Queue[Incident] = queue.Queue(MOST_INCIDENTS)
        self._stopping = threading.Event()
        # An environment's proxy is for the internet, not for the school's own machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._away = False
        self._heed: Callable[[Collection[str]], None] = lambda _: None
        self._told = self._kept() or self._nothing()
        self.facts = self._told.alone()
        self._go_by_what_was_told()

    def heed_peers(self, heed: Callable[[Collection[str]], None]) -> None:
        """Have `heed` told, now and whenever it may have changed, which servers are peers."""
        self._heed = heed
        self._go_by_what_was_told()

    def start(self) -> None:
        """Ask for news from now on."""
        threading.Thread(target=self._run, name="zvonok-policy", daemon=True).start()

    def stop(self) -> None:
        """Ask no more once the present question is answered."""
        self._stopping.set()

    def report(self, incident: Incident) -> None:
        """Have the appservice write an incident into its audit, when it can be reached."""
        try:
            self._incidents.put_nowait(incident)
        except queue.Full:
            log.warning("incident %s is in this log only: too many wait already", incident.number)

    # ------------------------------------------------------------ the thread

    def _run(self) -> None:
        known, pause = "", FIRST_PAUSE
        while not self._stopping.is_set():
            self._go_by_what_was_told()
            try:
                known = self._ask(known)
            except Exception as error:  # whatever it is, the thread must not end by it
                self._left(error)
                if isinstance(error, PermanentError):  # what came fits nothing: ask for everything
                    known = ""
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                self._back()
                pause = FIRST_PAUSE
                self._tell_incidents()

    def _ask(self, known: str) -> str:
        """One long poll. Returns the revision that is known now."""
        timeout = POLL_SECONDS if known else 0
        news = self._request(f"/v1/facts?{urlencode({'since': known, 'timeout': timeout})}")
        if news is None:
            return known
        facts = read_facts(news, self._told if known else None)
        if facts.sender != self._sender:
            raise PermanentError("these facts are another sender's than `sender` in the configuration")
        self._told = facts
        self._go_by_what_was_told()
        self._keep(facts)
        return facts.revision

    def _go_by_what_was_told(self) -> None:
        """From now on: of this school alone where the registry of schools has ended meanwhile.
        A server that goes is shut out before its people are forgotten, one that comes after."""
        facts = self._told
        if facts.peers and self._now() * 1000 >= facts.peers_until:
            facts = facts.alone()
        self._heed(self.facts.peers.keys() & facts.peers.keys())
        self.facts = facts
        self._heed(facts.peers)

    def _tell_incidents(self) -> None:
        while not self._incidents.empty():
            incident = self._incidents.queue[0]
            try:
                self._request("/v1/incidents", json.dumps(to_json(incident)).encode())
            except Exception as error:  # it is in the log, and is told after the next news
                log.warning("incident %s is not in the audit yet: %s", incident.number, error)
                return
            self._incidents.get_nowait()

    def _request(self, path: str, body: bytes | None = None) -> Any:
        """What the appservice answers as JSON; None where it has nothing to say."""
        request = urllib.request.Request(  # noqa: S310 - the address is the operator's own
            self._settings.appservice.rstrip("/") + path,
            data=body,
            headers={
                "Authorization": f"Bearer {self._settings.token}",
                "Content-Type": "application/json",
            },
        )
        try:
            with self._opener.open(request, timeout=SILENCE_SECONDS) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 304:
                    return None
            raise
        return json.loads(content) if content else None

    def _left(self, error: Exception) -> None:
        if not self._away:
            self._away = True
            log.warning("the appservice is away, what was known of the school stays in force: %s", error)

    def _back(self) -> None:
        if self._away:
            self._away = False
            log.warning("the appservice is back")

    # ------------------------------------------------------------ the disk

    def _keep(self, facts: Facts) -> None:
        """Write all that is known. Several workers may share the file: each replaces it whole."""
        path = self._settings.facts_file
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(json.dumps(write_facts(facts), separators=(",", ":")))
            fresh.replace(path)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            log.warning("what is known of the school can't be kept on disk: %s", error)

    def _kept(self) -> Facts | None:
        path = self._settings.facts_file
        try:
            facts = read_facts(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, PermanentError) as error:
            log.warning("%s can't be used, so nobody may do anything until the news come: %s", path, error)
            return None
        return facts if facts.sender == self._sender else None

    def _nothing(self) -> Facts:
        sender = PersonFacts(self._sender, SchoolId(""), linked=True, sender=True, roles=frozenset({Who.BOT}))
        return Facts("", self._sender, Table(), {self._sender: sender}, {})
