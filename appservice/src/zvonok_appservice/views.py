"""From the picture to what the directory tells of people and rooms. Pure.

A `Directory` is made for one picture and finds things once, when they are first asked for:
no request walks through the whole school.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.explain import Grounds, Link, Why, with_origin
from zvonok_appservice.reconcile.model import ActualRoom, DesiredRoom, Membership, RoomKey
from zvonok_appservice.reconcile.names import official_name, sort_key
from zvonok_appservice.reconcile.selectors import Seat
from zvonok_core.directory import (
    Branch,
    ClassView,
    MemberView,
    Named,
    PersonView,
    Reason,
    RoomSummary,
    RoomView,
    WhyView,
    tree,
)
from zvonok_core.ids import ClassId, PersonId, RoomId, UserId
from zvonok_core.roles import Level, Position, Role
from zvonok_core.text import Catalogs, text

_RELATIONS = ("student", "guardian", "homeroom", "teacher")


class Directory:
    """The views of one picture. Names are in the school's language."""

    def __init__(self, picture: Picture, catalogs: Catalogs) -> None:
        self.picture = picture
        self._catalogs = catalogs
        self._grounds = Grounds(picture.today, picture.templates, picture.given)
        self._names: dict[PersonId, str] = {}

    # ------------------------------------------------------------ people

    def people(self) -> Iterator[UserId]:
        """Everybody who has a user name and is in the roster."""
        people = self.picture.today.snapshot.people
        return (user for user, person in self.picture.person_of.items() if person in people)

    def person(self, user: UserId) -> PersonView | None:
        """A person by Matrix id; None where the roster has nobody of this name."""
        picture, today = self.picture, self.picture.today
        person = picture.person_of.get(user)
        record = today.snapshot.people.get(person) if person is not None else None
        if person is None or record is None:
            return None
        account = picture.given.accounts[person]
        wanted = picture.desired.accounts.get(user)
        roles = {row.role for row in today.roles.get(person, ())}
        positions = {row.position for row in today.positions.get(person, ())}
        return PersonView(
            person=person,
            user=user,
            name=self._name(person),
            family=record.family,
            given=record.given,
            patronymic=record.patronymic,
            roles=tuple(role for role in Role if role in roles),
            positions=tuple(position for position in Position if position in positions),
            linked=account.linked,
            locked=wanted.locked if wanted else account.operator_locked,
            classes=self._classes(person),
            children=self._named(row.child for row in today.children_of.get(person, ())),
            guardians=self._named(row.guardian for row in today.guardians_of.get(person, ())),
        )

    def _name(self, person: PersonId) -> str:
        if person not in self._names:
            picture = self.picture
            name = official_name(picture.today, person, self._catalogs, picture.given.language)
            self._names[person] = name
        return self._names[person]

    def _named(self, people: Iterator[PersonId]) -> tuple[Named, ...]:
        accounts = self.picture.given.accounts
        return tuple(
            Named(person, accounts[person].user, self._name(person), accounts[person].linked)
            for person in sorted(set(people) & accounts.keys(), key=self._order)
        )

    def _order(self, person: PersonId) -> tuple[str, ...]:
        return (*sort_key(self.picture.today.snapshot.people[person]), person)

    def _classes(self, person: PersonId) -> tuple[ClassView, ...]:
        classes = self.picture.today.snapshot.classes
        held = self._relations.get(person, {})
        return tuple(
            ClassView(class_, classes[class_].title, tuple(r for r in _RELATIONS if r in held[class_]))
            for class_ in sorted(held, key=lambda class_: classes[class_].order)
        )

    @cached_property
    def _relations(self) -> Mapping[PersonId, Mapping[ClassId, set[str]]]:
        """What everybody is in which class."""
        today = self.picture.today
        found: dict[PersonId, dict[ClassId, set[str]]] = defaultdict(lambda: defaultdict(set))
        for class_, enrolments in today.students_of_class.items():
            for enrolment in enrolments:
                found[enrolment.student][class_].add("student")
                for row in today.guardians_of.get(enrolment.student, ()):
                    found[row.guardian][class_].add("guardian")
        for class_, homerooms in today.homerooms_of_class.items():
            for homeroom in homerooms:
                found[homeroom.teacher][class_].add("homeroom")
        for class_, loads in today.loads_of_class.items():
            for load in loads:
                found[load.teacher][class_].add("teacher")
        return found

    # ------------------------------------------------------------ rooms

    @cached_property
    def key_of(self) -> Mapping[RoomId, RoomKey]:
        """The managed rooms that there are."""
        return {room.room: key for key, room in self.picture.actual.rooms.items()}

    def room(self, room: RoomId) -> RoomView | None:
        """A managed room by id; None where it is none."""
        key = self.key_of.get(room)
        if key is None:
            return None
        actual = self.picture.actual.rooms[key]
        desired = self.picture.desired.rooms.get(key)
        return RoomView(
            room=room,
            kind=key.kind,
            name=desired.name if desired else actual.name,
            school=key.school,
            class_=key.class_,
            subject=key.subject,
            subgroup=key.subgroup,
            association=key.association,
            archived=desired is None,
            members=tuple(self._members(key, actual, desired)),
        )

    def _members(self, key: RoomKey, actual: ActualRoom, desired: DesiredRoom | None) -> Iterator[MemberView]:
        if desired is None:
            return
        due, today = self._due(key), self.picture.today
        students = (
            {row.student for row in today.students_of_class.get(key.class_, ())} if key.class_ else set()
        )
        for person in sorted(due, key=self._order):
            user = self.picture.given.accounts[person].user
            seats = due[person]
            relations = tuple(dict.fromkeys(seat.relation for seat, _ in seats))
            children = {row.child for row in today.children_of.get(person, ())} & students
            yield MemberView(
                user=user,
                person=person,
                name=self._name(person),
                relations=relations,
                level=self._grounds.level(key, person, max(level for _, level in seats)),
                joined=actual.members.get(user) is Membership.JOIN,
                children=self._named(iter(children)) if "guardian" in relations else (),
            )
        for bot in sorted(desired.members & self.picture.given.bots):
            joined = actual.members.get(bot) is Membership.JOIN
            yield MemberView(bot, None, bot, ("bot",), int(Level.BOT), joined)

    def _due(self, key: RoomKey) -> Mapping[PersonId, list[tuple[Seat, int]]]:
        accounts = self.picture.given.accounts
        return {person: seats for person, seats in self._grounds.seats(key).items() if person in accounts}

    @cached_property
    def rooms(self) -> tuple[RoomSummary, ...]:
        """Every room that ought to be or is, spaces before what hangs in them."""
        picture = self.picture
        keys = dict.fromkeys((*picture.desired.rooms, *picture.actual.rooms))
        return tuple(self._summary(key) for key in keys)

    def _summary(self, key: RoomKey) -> RoomSummary:
        actual = self.picture.actual.rooms.get(key)
        desired = self.picture.desired.rooms.get(key)
        due = self._due(key) if desired else {}
        accounts = self.picture.given.accounts
        members = actual.members if actual else {}
        present = desired or actual
        assert present is not None, "a key of either"
        return RoomSummary(
            key=name_of_key(key),
            room=actual.room if actual else None,
            kind=key.kind,
            name=present.name,
            class_=key.class_,
            subject=key.subject,
            subgroup=key.subgroup,
            association=key.association,
            space=present.is_space,
            archived=desired is None,
            parents=tuple(map(name_of_key, desired.parents)) if desired else (),
            due=len(due),
            joined=sum(members.get(accounts[person].user) is Membership.JOIN for person in due),
        )

    def tree(self) -> tuple[Branch, ...]:
        """The rooms as they hang in each other."""
        return tree(self.rooms)

    # ------------------------------------------------------------ why

    def why(self, user: UserId, key: RoomKey, language: str) -> WhyView | None:
        """Why somebody is, or is not, due in a room, in words of `language`. None where
        `user` is neither a person's nor a bot's account."""
        picture = self.picture
        actual = picture.actual.rooms.get(key)
        room = actual.room if actual else None
        if user in picture.given.bots:
            desired = picture.desired.rooms.get(key)
            due = desired is not None and user in desired.members
            bots = Link(text("Bots are in every managed room whose template says so"))
            found = Why(due, int(Level.BOT) if due else 0, (bots,))
        elif (person := picture.person_of.get(user)) is not None:
            found = self._grounds.why(key, person)
        else:
            return None
        reasons = tuple(
            Reason(
                self._catalogs.say(with_origin(link), language),
                link.origin.file if link.origin else None,
                link.origin.row if link.origin else None,
            )
            for link in found.links
        )
        return WhyView(user, room, found.due, found.level, reasons)


def why_view(picture: Picture, user: UserId, key: RoomKey, catalogs: Catalogs, language: str) -> WhyView:
    """`Directory.why` for a single question about somebody who has a user name."""
    view = Directory(picture, catalogs).why(user, key, language)
    assert view is not None, "the caller found the user in this picture"
    return view


def name_of_key(key: RoomKey) -> str:
    """How the directory names a room for good: readable, unique in the school."""
    return key.alias_localpart("")
