"""The appservice's door for the policy module, with facts that a test sets: the wire, and
nothing behind it."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.ports import free_port
from support.waiting import eventually
from zvonok_appservice.policy import shipped_policy
from zvonok_core.access import Facts, Peer, PersonFacts, RoomFacts, Table, Who, write_changes, write_facts
from zvonok_core.ids import RoomId, SchoolId, UserId

TOKEN = "token-of-the-policy-module"


class FactsDoor:
    """Answers `GET /v1/facts` as the appservice does, and remembers incidents."""

    def __init__(self, sender: UserId, school: SchoolId) -> None:
        self.school = school
        self.port = free_port()
        self.incidents: list[dict[str, Any]] = []
        self.confused = False
        person = PersonFacts(sender, school, linked=True, sender=True, roles=frozenset({Who.BOT}))
        self._facts = Facts("0", sender, shipped_policy(), {sender: person}, {})
        self._changes: list[tuple[frozenset[UserId], frozenset[RoomId]]] = []
        self._asked_after = ""
        self._news = threading.Condition()
        self._server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def facts(self) -> Facts:
        return self._facts

    async def tell(
        self,
        *people: PersonFacts,
        gone: UserId | None = None,
        rooms: Mapping[RoomId, RoomFacts] | None = None,
        table: Table | None = None,
        language: str | None = None,
    ) -> None:
        """Change the facts, and wait until the module knows."""
        self.change(*people, gone=gone, rooms=rooms, table=table, language=language)
        await self.known()

    def change(
        self,
        *people: PersonFacts,
        gone: UserId | None = None,
        rooms: Mapping[RoomId, RoomFacts] | None = None,
        table: Table | None = None,
        language: str | None = None,
        peers: Mapping[str, Peer] | None = None,
        peers_until: int | None = None,
    ) -> None:
        """Change the facts, without waiting. A door that is `confused` tells changes of other
        facts than were asked about."""
        with self._news:
            old = self._facts
            known = {**old.people, **{person.user: person for person in people}}
            touched = {person.user for person in people}
            if gone is not None:
                known.pop(gone)
                touched.add(gone)
            self._changes.append((frozenset(touched), frozenset(rooms or {})))
            self._facts = replace(
                old,
                revision=str(len(self._changes)),
                people=known,
                rooms={**old.rooms, **(rooms or {})},
                table=table or old.table,
                language=language or old.language,
                peers=old.peers if peers is None else peers,
                peers_until=old.peers_until if peers_until is None else peers_until,
            )
            self._news.notify_all()

    def forget(self, people: Collection[UserId], rooms: Collection[RoomId] = ()) -> None:
        """Nothing is known of these any more, without waiting."""
        with self._news:
            self._changes.append((frozenset(people), frozenset(rooms)))
            self._facts = replace(
                self._facts,
                revision=str(len(self._changes)),
                people={user: known for user, known in self._facts.people.items() if user not in people},
                rooms={room: known for room, known in self._facts.rooms.items() if room not in rooms},
            )
            self._news.notify_all()

    async def known(self) -> None:
        """Wait until the module has asked for what comes after the newest facts."""
        await eventually(lambda: self._asked_after == self._facts.revision, deadline=30)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Answer until the block is left."""
        self.up()
        try:
            yield
        finally:
            self.down()

    def up(self) -> None:
        """Begin to answer."""
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(*door._get(urlsplit(self.path), self.headers["Authorization"]))

            def do_POST(self) -> None:
                door.incidents.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self._answer(204, None)

            def _answer(self, status: int, body: Any) -> None:
                content = b"" if body is None else json.dumps(body).encode()
                with suppress(BrokenPipeError):  # a Synapse that was stopped waits no more
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def down(self) -> None:
        """Answer no more; whoever waits is let go."""
        if self._server is not None:
            server, self._server = self._server, None
            with self._news:
                self._news.notify_all()
            server.shutdown()
            server.server_close()
            self._asked_after = ""

    def _get(self, url: Any, token: str) -> tuple[int, Any]:
        if token != f"Bearer {TOKEN}":
            return 401, {"error": "A bearer token is needed."}
        asked = parse_qs(url.query, keep_blank_values=True)
        since, timeout = asked["since"][0], float(asked["timeout"][0])
        with self._news:
            if not since:
                return 200, write_facts(self._facts)
            self._asked_after = since
            self._news.wait_for(lambda: self._facts.revision != since or self._server is None, timeout)
            if self._facts.revision == since:
                return 304, None
            if self.confused:  # an appservice that has lost its memory in the middle
                return 200, {**write_changes(self._facts, since, [], []), "since": "before that"}
            later = self._changes[int(since) :]
            people = sorted({user for users, _ in later for user in users})
            rooms = sorted({room for _, touched in later for room in touched})
            return 200, write_changes(self._facts, since, people, rooms)
