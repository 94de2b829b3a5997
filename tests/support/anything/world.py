"""One school year on a running Synapse: people with devices, the school's rooms, and what
happens. Every act goes through `act`, after which everything is looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from support.anything.judge import Judge, School
from support.anything.ledger import Event, Ledger, Room
from support.anything.people import People, Person
from support.anything.requests import Ask
from support.anything.secrets import Secrets
from support.anything.tally import Log, Tally
from support.anything.wire import Reply, Wire
from support.schools import PASSWORD

_MARK = re.compile(r"<(\w+)>")
_ROOM = re.compile(r"![\w-]{20,}")
TRACE = 20
"""What a finding shows at most of what has happened before."""
DEEP = 50
"""Acts after which everything is compared with Synapse's own idea of it."""
SHOWN = 1500
"""Characters of an answer that a finding shows."""


class Finding(AssertionError):  # noqa: N818 - no error of the tests, but what they look for
    """Something has happened that must not."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Who acts, upon whom, and where. `which` picks events."""

    who: Person
    other: Person
    third: Person
    room: str
    elsewhere: str
    which: int = 0


@dataclass
class World:
    """The school of one example."""

    prefix: str
    people: People
    school: School
    ledger: Ledger
    secrets: Secrets
    wire: Wire
    tally: Tally
    log: Log
    aliases: dict[str, str] = field(default_factory=dict)
    """The addresses of the school's rooms."""
    past: set[str] = field(default_factory=set)
    """Rooms of earlier worlds."""
    number: int = 0

    def __post_init__(self) -> None:
        self.judge = Judge(self.school, self.ledger)
        self.trace: list[str] = []
        self._accounts = {user for user, _, _ in self.ledger.accounts()}
        self._batches: dict[str, str] = {}
        self._asking: tuple[Person, Mapping[str, Any]] | None = None

    # ------------------------------------------------------------ acts

    def act(self, kind: str, scene: Scene, ask: Ask) -> Reply:
        """One request of somebody's, and a look at what has become of it."""
        self.number += 1
        method, _, path = self._filled(ask.line, scene, quoted=True).partition(" ")
        body = self._body(ask.body, scene)
        if path.endswith("/createRoom") and isinstance(body, dict):
            self._asking = (scene.who, body)
        root = path if path.startswith("/_") else f"/_matrix/client{path}"
        token = "" if ask.open else scene.who.token
        reply = self.wire.ask(method, root, token, body)
        shut = bool(token) and not scene.who.reads and reply.status not in (401, 403, 429)
        # Some requests are wrong before Synapse looks at who makes them.
        answered = shut and reply.status != self.wire.ask(method, root, "", body).status
        shown = body.decode() if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False)
        asked = f"{method} {unquote(path)} {shown if body else ''}"
        told = f"{scene.who.name} {asked} → {reply.status} {reply.errcode}"
        self.trace.append(told)
        if ask.past_rooms:
            self.secrets.tell_all(shown)
        self.tally.count(kind, reply.status)
        faults = [*self.look(), *self._reply_faults(scene.who, ask, reply)]
        if answered:
            faults.append(f"somebody {scene.who.standing.value} is answered")
        if "next_batch" in reply.body:
            self._batches[scene.who.user] = str(reply.body["next_batch"])
        self._asking = None
        if reply.status >= 500:
            self.tally.broken(ask.line, self.log.last_error())
        if self.number % DEEP == 0:
            faults += self.inspect()
        if faults:
            answer = reply.raw.decode(errors="replace")[:SHOWN]
            raise self.finding(faults, f"{told}\n{answer}")
        return reply

    def look(self) -> list[str]:
        """Take in what was stored since the last look. Returns what must not have been."""
        faults: list[str] = []
        for event in self.ledger.news():
            if event.room in self.past:
                continue
            if event.type == "m.room.create" and self._asking is not None:
                self.school.asked[event.room] = self._asking
            faults += [f"{fault}: {_told(event)}" for fault in self.judge.faults(event)]
            self.secrets.note(event)
        return faults + self.log.faults()

    def happened(self, what: str) -> None:
        """Something that is nobody's request."""
        self.number += 1
        self.trace.append(f"({what})")
        self.tally.count("the school", 200)
        if faults := self.look():
            raise self.finding(faults, what)

    def begin(self) -> None:
        """Take in what the school itself has made, unjudged."""
        for event in self.ledger.news():
            self.secrets.note(event)

    def finding(self, faults: list[str], act: str) -> Finding:
        """What a person needs to see."""
        rooms = set(_ROOM.findall("".join([*faults, act])))
        before = [t for t in self.trace[:-1] if t.startswith("(") or rooms & set(_ROOM.findall(t))]
        told = "\n".join(before[-TRACE:])
        found = Finding(f"{'; '.join(faults)}\n\n{act}\n\nbefore it, in the rooms concerned:\n{told}")
        self.tally.found = found
        return found

    def _reply_faults(self, who: Person, ask: Ask, reply: Reply) -> Iterator[str]:
        text = reply.raw.decode(errors="replace")
        yield from self.secrets.seen_wrongly(who, text, self.ledger, self.people)
        if not reply.ok:
            return
        if "/user_directory/search" in ask.line:
            for found in reply.body["results"]:
                if not self._may_find(who, str(found["user_id"])):
                    yield f"{who.name} finds {found['user_id']}"
        if "/publicRooms" in ask.line and reply.body.get("chunk"):
            yield "a public room"
        if "/mutual_rooms" in ask.line:
            for room in reply.body.get("joined", ()):
                if room in self.ledger.rooms and not self.ledger.rooms[room].is_in(who.user):
                    yield "a room that the two don't share"
        if "/account/deactivate" in ask.line:
            yield "a student's account is closed by the student"
        if "access_token" in reply.body and "openid" not in ask.line:
            yield "a key to an account"

    def _may_find(self, who: Person, user: str) -> bool:
        return user in (who.user, self.school.sender) or self.people.may_meet(who, self.people.of(user))

    # ------------------------------------------------------------ templates

    def _filled(self, template: str, scene: Scene, *, quoted: bool = False) -> str:
        def value(match: re.Match[str]) -> str:
            found = self._value(match[1], scene)
            return quote(found, safe="") if quoted else found

        filled = _MARK.sub(value, template)
        return quote(filled, safe="/%?&=_ ~!$:.,-") if quoted else filled

    def _body(self, template: Any, scene: Scene) -> Any:
        if isinstance(template, bytes):
            return self._filled(template.decode(), scene).encode()
        if isinstance(template, str):
            return self._filled(template, scene)
        if isinstance(template, dict):
            return {self._body(key, scene): self._body(value, scene) for key, value in template.items()}
        if isinstance(template, list):
            return [self._body(item, scene) for item in template]
        return template

    def _value(self, mark: str, scene: Scene) -> str:
        match mark:
            case "who" | "other" | "third":
                return str(getattr(scene, mark).user)
            case "room" | "elsewhere":
                return str(getattr(scene, mark))
            case "event" | "mine" | "setting" | "foreign":
                return self._event(mark, scene)
            case "secret":
                return self.secrets.new(scene.who.user)
            case "title":
                return scene.other.title.split()[0]
            case "local":
                return scene.other.user[1:].partition(":")[0]
            case "alias":
                return self.aliases.get(scene.room, "#nothing:school.test")
            case "made":
                return f"#{self.prefix}{scene.which % 3}:school.test"
            case "since":
                return self._batches.get(scene.who.user, "s0_0_0_0_0_0_0_0_0_0_0_0")
            case "nobody":
                return f"@{self.prefix}nobody:school.test"
            case "device":
                return scene.who.name.upper()
            case "otherdevice":
                return scene.other.name.upper()
            case "password":
                return PASSWORD
            case "media":
                return "abcdefghijklmnopqrstuvwx"
            case "fresh" | "txn":
                return f"{self.prefix}{mark}{self.number}"
        raise ValueError(f"no such mark: {mark}")

    def _event(self, mark: str, scene: Scene) -> str:
        room = self.ledger.rooms.get(scene.elsewhere if mark == "foreign" else scene.room)
        events = list(room.events.values()) if room is not None else []
        if mark == "setting":
            events = [event for event in events if event.state_key is not None]
        else:
            said = [event for event in events if event.state_key is None and event.type != "m.room.redaction"]
            events = [e for e in said if mark != "mine" or e.sender == scene.who.user] or events
        return events[-1 - scene.which % len(events)].id if events else "$nothing"

    # ------------------------------------------------------------ where and who

    def rooms(self) -> list[Room]:
        """All of them, the newest first."""
        return list(reversed(self.ledger.rooms.values()))

    def place(self, where: int, member: Person | None = None) -> str:
        """One of the rooms, or of those that somebody is in: every third time one of the
        school's, else 0 is the newest."""
        rooms = [room for room in self.rooms() if member is None or room.is_in(member.user)] or self.rooms()
        managed = [room for room in rooms if self.school.kind(room.id) == "managed"]
        some = managed if where % 3 == 2 and managed else rooms
        return some[where // 3 % len(some)].id

    def invitations(self) -> list[tuple[Person, Person | None, str]]:
        """Who is asked in, by whom, and where; the newest first."""
        found = []
        for room in self.rooms():
            for user in room.those("invite"):
                invited, guest = room.membership(user), self.people.of(user)
                if invited is not None and guest is not None:
                    found.append((guest, self.people.of(invited.sender), room.id))
        return found

    def direct_chats(self, who: Person) -> list[tuple[Person, str]]:
        """Everybody in the direct chats of somebody, with the chat; the newest first."""
        chats = [r for r in self.rooms() if self.school.kind(r.id) == "direct" and r.is_in(who.user)]
        both = [(self.people.of(user), room.id) for room in chats for user in room.those("join")]
        return [(person, room) for person, room in both if person is not None]

    # ------------------------------------------------------------ now and then

    def inspect(self) -> list[str]:
        """Compare all that is kept here with Synapse's own idea of it."""
        faults: list[str] = []
        known = self.ledger.rooms
        for room, state in self.ledger.current(known).items():
            ours = {key: event.id for key, event in known[room].state.items()}
            # Synapse drops what was set once nobody is in a room any more.
            if state != ours and (state or known[room].those("join")):
                odd = {key for key in state.keys() | ours.keys() if state.get(key) != ours.get(key)}
                faults.append(f"the state of {room} is another than its events make it: {odd}")
        faults += [f"{room} is in the public list" for room in self.ledger.open_rooms()]
        for alias, creator in self.ledger.addresses():
            if creator != self.school.sender:
                faults.append(f"{alias} is an address that {creator} has made")
        everybody = {person.user for person in self.people}
        for user, admin, guest in self.ledger.accounts():
            if user not in self._accounts:
                faults.append(f"a new account: {user}")
            if guest or (admin and user in everybody):
                faults.append(f"{user} is a guest or an administrator")
        titles = self.ledger.titles()
        faults += [
            f"{p.user} is called {titles.get(p.user)}" for p in self.people if titles.get(p.user) != p.title
        ]
        return faults


def _told(event: Event) -> str:
    key = "" if event.state_key is None else f" [{event.state_key}]"
    return f"{event.type}{key} by {event.sender} in {event.room} {dict(event.content)}"
