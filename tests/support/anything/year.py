"""How a world begins and ends, and what the journal and the appservice do in it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Literal

from support.anything.judge import Managed, School
from support.anything.ledger import Ledger
from support.anything.people import CAST, A, B, People, Person, Standing, everybody
from support.anything.secrets import Secrets
from support.anything.tally import Log, Tally
from support.anything.wire import Wire
from support.anything.world import World
from support.circuit import Circuit, CircuitServer
from support.schools import PASSWORD
from zvonok_appservice.policy import shipped_policy
from zvonok_appservice.reconcile.contents import power_levels
from zvonok_appservice.reconcile.model import RoomKey
from zvonok_core.access import RoomFacts, StudentGroups
from zvonok_core.ids import ClassId, RoomId, UserId

Encryption = Literal["nobody", "staff"]
ACTS_OF_A_YEAR = 1500
"""After so many a new school begins, so that not all people are locked in the end."""
STUDENTS_MAY = 4
"""Members of a students' chat, where the school lets them have any."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A managed room: who is due in it by duty, and whose level is not 0."""

    kind: str
    name: str
    class_: str | None = None
    write_level: int = 0
    space: bool = False

    def due(self, person: Person, people: People) -> bool:
        """Whether the journal puts somebody there."""
        match self.kind:
            case "class":
                return person.class_ == self.class_ or self.class_ in person.heads or "bot" in person.duties
            case "class_guardians":
                guardian = "guardian" in person.duties and self.class_ in people.classes_of_children(person)
                return guardian or self.class_ in person.heads
            case "class_space":
                return self.class_ in (person.class_, *person.heads)
            case _:
                return person.staff

    def level(self, person: Person) -> int:
        """100 for whoever leads the room."""
        leads = "deputy" in person.duties if self.class_ is None else self.class_ in person.heads
        return 100 if leads else 50 if "bot" in person.duties else 0


PLANS = (
    Plan("class", "7А. Класс", A),
    Plan("class", "7Б. Класс", B),
    Plan("class_guardians", "7А. Родители", A),
    Plan("class_space", "7А", A, space=True),
    Plan("staff_room", "Учительская"),
    Plan("announcements", "Объявления", write_level=50),
)


class Years:
    """Makes one world after the other on one Synapse."""

    def __init__(self, runner: asyncio.Runner, server: CircuitServer, circuit: Circuit, tally: Tally) -> None:
        self.runner = runner
        self.door = server.door
        self.school = circuit.school
        self.homeserver = circuit.school.homeserver
        self.tally = tally
        self.ledger = Ledger(server.synapse.folder / "homeserver.db")
        self.wire = Wire(server.synapse.address)
        self.log = Log(server.synapse.log)
        self._past: set[str] = set()
        self._number = 0
        self._year: Year | None = None

    def close(self) -> None:
        """Ask and read no more."""
        self.ledger.close()
        self.wire.close()

    def year(self) -> Year:
        """The present one, until it has lasted for long enough."""
        if self._year is None or self._year.world.number >= ACTS_OF_A_YEAR:
            if self._year is not None:
                self._year.end()
                self._past |= self.ledger.rooms.keys()
                self.ledger.forget()
            self._number += 1
            self._year = Year(self, self._number)
        return self._year

    def new_world(self, number: int) -> World:
        """Everybody with a device, and nobody locked yet: a device outlives what it was given for."""
        people = everybody()
        prefix = f"w{number:04}_"
        for person in people:
            person.user = self.homeserver.user_id(f"{prefix}{person.name}")
            person.title = f"Человек{number:04} {person.name.capitalize()}"
            person.standing = Standing.ACTIVE
        self.runner.run(self._accounts(people))
        self.door.change(*(people.facts(person, self.door.school) for person in people))
        self.runner.run(self.door.known())
        for person in people:
            person.token = self._signed_in(person)
        school = School(self.homeserver.sender, people)
        secrets = Secrets(f"{number:04}")
        return World(
            prefix, people, school, self.ledger, secrets, self.wire, self.tally, self.log, past=self._past
        )

    async def _accounts(self, people: People) -> None:
        make = self.homeserver.create_account
        await asyncio.gather(*(make(person.user, person.title, PASSWORD) for person in people))

    def _signed_in(self, person: Person) -> str:
        login = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": person.user},
            "password": PASSWORD,
            "device_id": person.name.upper(),
        }
        reply = self.wire.ask("POST", "/_matrix/client/v3/login", "", login)
        assert reply.ok, reply
        return str(reply.body["access_token"])


class Year:
    """One world, and those who change it from outside."""

    def __init__(self, years: Years, number: int) -> None:
        self._years = years
        self._plans: dict[RoomId, Plan] = {}
        self._run, self._door = years.runner.run, years.door
        self.world = years.new_world(number)
        for plan in PLANS:
            self._make(plan, number)
        for person in CAST:
            self.people[person.name].standing = person.standing
        self.world.begin()
        self._tell(*self.people)

    @property
    def people(self) -> People:
        return self.world.people

    @property
    def managed(self) -> list[RoomId]:
        return list(self._plans)

    # ------------------------------------------------------------ the appservice

    def _make(self, plan: Plan, number: int) -> None:
        word = self.world.secrets.new(self._years.homeserver.sender)
        key = RoomKey(plan.kind, self._door.school, ClassId(f"{plan.class_ or ''}{number:04}"))
        desired = self._years.school.desired(
            key=key,
            name=f"{plan.name} {word}",
            topic=f"Тема {word}",
            is_space=plan.space,
            write_level=plan.write_level,
            levels=self._levels(plan),
        )
        room = self._run(self._years.school.make(desired))
        self._plans[room] = plan
        alias = key.alias_localpart(self._years.school.config.appservice.alias_prefix)
        self.world.aliases[room] = self._years.homeserver.user_id(alias).replace("@", "#")
        self.world.school.managed[room] = Managed(dict(desired.levels), plan.write_level)
        self._door.change(rooms={room: RoomFacts(room, self._door.school, plan.kind)})
        self.world.begin()
        self.follow(room)

    def follow(self, room: RoomId) -> None:
        """Members and levels as the journal has them now."""
        plan, homeserver = self._plans[room], self._years.homeserver
        there = self.world.ledger.rooms[room]
        levels = self._levels(plan)
        managed = self.world.school.managed[room]
        if levels != managed.levels:
            content = power_levels(plan.write_level, levels)
            self._run(homeserver.set_state(room, "m.room.power_levels", "", content))
            self.world.school.managed[room] = replace(managed, levels=levels)
        due = {p.user for p in self.people if p.active and plan.due(p, self.people)}
        missing = sorted(user for user in due if not there.is_in(user))
        leaving = set(map(UserId, there.those("join", "invite"))) - due - {homeserver.sender}
        for user in sorted(leaving):
            self._run(homeserver.remove_member(room, user))
        for user in missing:
            self._run(homeserver.add_member(room, user))
        if missing or leaving or levels != managed.levels:
            self.world.happened(f"the appservice follows the journal in {plan.name} {room}")

    def _levels(self, plan: Plan) -> dict[UserId, int]:
        found = {person.user: plan.level(person) for person in self.people}
        return {user: level for user, level in found.items() if level}

    # ------------------------------------------------------------ the journal

    def becomes(self, name: str, standing: Standing) -> None:
        """Somebody is locked, unlocked, gone …"""
        self.people[name].standing = standing
        self._tell(self.people[name])
        self.world.happened(f"{name} is {standing.value}")

    def moves(self, name: str, class_: str) -> None:
        """A student is in that class now; who their guardians may meet changes with it."""
        self.people[name].class_ = class_
        self._tell(*self.people)
        self.world.happened(f"{name} is in {class_}")

    def child(self, guardian: str, student: str) -> None:
        """A guardian gets a child, or loses it."""
        person = self.people[guardian]
        person.children = person.children ^ {student}
        self._tell(person)
        self.world.happened(f"the children of {guardian} are {sorted(person.children)}")

    def load(self, teacher: str, class_: str) -> None:
        """A teacher gets a class, or loses it."""
        person = self.people[teacher]
        person.teaches = person.teaches ^ {class_}
        self._tell(person)
        self.world.happened(f"{teacher} teaches {sorted(person.teaches)}")

    def table(self, student_groups: bool, encryption: Encryption) -> None:
        """The school chooses anew."""
        school = self.world.school
        school.student_groups = STUDENTS_MAY if student_groups else 0
        school.encryption = encryption
        self._tell()
        self.world.happened(f"students' groups: {student_groups}, encryption: {encryption}")

    def _tell(self, *whom: Person) -> None:
        """Tell the module of these people and the table, and wait until it knows."""
        school = self.world.school
        groups = StudentGroups(school.student_groups > 0, STUDENTS_MAY)
        table = replace(shipped_policy(), student_groups=groups, encryption=school.encryption)
        known = [p for p in whom if p.standing is not Standing.UNKNOWN]
        self._door.change(*(self.people.facts(p, self._door.school) for p in known), table=table)
        self._door.forget([p.user for p in whom if p.standing is Standing.UNKNOWN])
        self._run(self._door.known())

    def end(self) -> None:
        """Nobody of this world is anybody any more."""
        self._door.forget([person.user for person in self.people], self._plans)
