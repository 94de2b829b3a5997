"""Schools, journals and homeservers as hypothesis draws them: small, and odd in every way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from builders import (
    BOT,
    DAY,
    ENGLISH,
    SCHOOL,
    SERVER,
    SchoolBuilder,
    circumstances,
    exactly,
    room_id,
    shipped,
)
from hypothesis import strategies as st

from zvonok_appservice.config import shipped_rooms
from zvonok_appservice.reconcile.abroad import ALONE, Abroad, Delegation, Hosted, Topic, selector_of
from zvonok_appservice.reconcile.contents import hosts
from zvonok_appservice.reconcile.desired import Circumstances, desired_state
from zvonok_appservice.reconcile.model import (
    CONTROL,
    ActualAccount,
    ActualRoom,
    ActualState,
    DesiredRoom,
    DesiredState,
    Membership,
    RoomKey,
)
from zvonok_appservice.reconcile.templates import Template, templates
from zvonok_appservice.reconcile.today import LoadKey, Today
from zvonok_appservice.roster.snapshot import Dates, Snapshot
from zvonok_core.access import Peer, Talk, appservice_of
from zvonok_core.ids import ClassId, RoomId, SubgroupId, SubjectId, UserId
from zvonok_core.roles import Position, Role

SHIPPED = shipped_rooms()
PEOPLE = tuple(f"p{number}" for number in range(9))
CLASSES = ("5А", "7А", "7Б")
SUBJECTS = ("Алгебра", "Физика")
SUBGROUPS = ("g1", "g2")
STRANGER = UserId("@stranger:elsewhere.example")
NOBODYS = UserId("@nobodys:school.example")
"""An account that belongs to no person."""
_NEAR = (DAY - timedelta(days=1), DAY, DAY + timedelta(days=1))
_ROLES = (Role.STUDENT, Role.TEACHER, Role.GUARDIAN)

# Strategies are made once: hypothesis examines each new one, which takes longer than a draw.
days = st.sampled_from((None, None, None, *_NEAR))
dates = st.builds(Dates, days, days)
near_days = st.sampled_from(_NEAR)
people = st.sampled_from(PEOPLE)
some_people = st.lists(people, unique=True, min_size=1)
nobody_or_one = st.lists(people, max_size=1)
roles = [st.lists(st.sampled_from((role, *Role)), max_size=2, unique=True) for role in _ROLES]
classes = st.sampled_from(CLASSES)
some_classes = st.lists(classes, unique=True)
positions = st.lists(st.sampled_from(Position), max_size=3)
subjects = st.sampled_from(SUBJECTS)
subgroups = st.lists(st.sampled_from(SUBGROUPS), unique=True)
subgroup_names = st.sampled_from(("", "группа 1"))
whether = st.booleans()
up_to = [st.integers(0, most) for most in range(8)]


@st.composite
def schools(draw: st.DrawFn) -> SchoolBuilder:
    """A school in which rows hold, are over or have not begun, and roles lie crosswise."""
    school = SchoolBuilder()
    for title in CLASSES:
        school.klass(title)
    there = draw(some_people)
    for number, person in enumerate(there):
        school.person(person, enabled=draw(up_to[7]) > 0)
        for role in draw(roles[number % 3]):
            school.role(person, role, draw(dates))
    some = st.sampled_from(there)
    for person in draw(st.lists(some, unique=True)):
        first = draw(classes)
        school.enrol(person, first, draw(dates))
        if draw(up_to[3]) == 0:
            school.move(person, draw(classes), draw(near_days))
    for position in draw(positions):
        school.position(draw(some), position, draw(dates))
    for _ in range(draw(up_to[5])):
        restricted = draw(up_to[3]) == 0
        guardian = draw(some)
        school.guardian(guardian, of=draw(some), restricted=restricted, dates=draw(dates))
    for group in draw(subgroups):
        school.subgroup(group, draw(subgroup_names), classes=draw(some_classes), students=())
        for student in draw(st.lists(some, unique=True, max_size=4)):
            school.in_subgroup(student, group, draw(dates))
    for _ in range(draw(up_to[4])):
        teacher, subject = draw(some), draw(subjects)
        if school.subgroups and draw(whether):
            school.load(teacher, subject, subgroup=draw(st.sampled_from(sorted(school.subgroups))))
        else:
            school.load(teacher, subject, draw(classes), dates=draw(dates))
    for _ in range(draw(up_to[3])):
        school.homeroom(draw(some), draw(classes), draw(dates))
    if draw(whether):
        members = draw(st.lists(some, unique=True, max_size=3))
        school.association("math", "учителей математики", chair=draw(some), members=members)
    for person in draw(st.lists(some, unique=True, max_size=2)):
        school.vanish(person, DAY)
    return school


KINDS = [kind for kind, section in SHIPPED.items() if section.get("type") != "space"]
some_kinds = st.lists(st.sampled_from(KINDS), unique=True)


@st.composite
def template_sets(draw: st.DrawFn) -> tuple[Template, ...]:
    """The shipped templates, often with some left out."""
    if draw(whether):
        return shipped()
    leaves: dict[str, Any] = dict.fromkeys(draw(some_kinds), False)
    for kind, section in SHIPPED.items():
        at_once = {"create": "at_once"} if section["for_each"] == "load" else {}
        loose = {"space": None} if draw(up_to[5]) == 0 else {}
        leaves.setdefault(kind, {**at_once, **loose})
    return templates(SHIPPED, leaves)


@dataclass(frozen=True)
class Case:
    """A roster, what it asks for, and a homeserver that is in any state at all."""

    snapshot: Snapshot
    templates: tuple[Template, ...]
    given: Circumstances
    desired: DesiredState
    actual: ActualState


@st.composite
def given(draw: st.DrawFn, snapshot: Snapshot, before: Today | None = None) -> Circumstances:
    """Accounts for some people: reserved, linked or locked; lessons held or not."""
    everybody = sorted({*snapshot.people, *PEOPLE})
    linked = draw(st.lists(st.sampled_from(everybody), unique=True)) if draw(whether) else everybody
    locked = draw(nobody_or_one)
    lessons = [
        LoadKey(SubjectId(subject), ClassId(class_), SubgroupId(subgroup))
        for subject in SUBJECTS
        for class_, subgroup in (*((c, "") for c in CLASSES), *(("", g) for g in SUBGROUPS))
    ]
    known = circumstances(
        replace(snapshot, people=dict.fromkeys(everybody)),  # type: ignore[arg-type]  # only ids are asked for
        linked=linked,
        locked=locked,
        lessons=lessons if draw(whether) else (),
    )
    return replace(known, before=before)


TOPICS = tuple(filter(None, map(Topic.parse, ("heads", "association:math", "event:fair", "direct"))))
SERVERS = ("first.example", "second.example:8448", "[::1]:8448")
GUESTS = tuple(UserId(f"@{name}:{server}") for server in SERVERS for name in ("orlova", "lisina"))
SELECTORS = ("staff", "position(head)", "members(math)", "chair(math)", *(f"person({p})" for p in PEOPLE))

servers = st.frozensets(st.sampled_from(SERVERS))
topics = st.lists(st.sampled_from(TOPICS), unique=True)
who = st.lists(st.sampled_from(SELECTORS), max_size=2).map(
    lambda chosen: tuple(filter(None, map(selector_of, chosen)))
)
titles = st.sampled_from(("", "Ярмарка"))
peers = st.dictionaries(
    st.sampled_from(SERVERS), st.builds(Peer, st.frozensets(st.sampled_from(Talk), min_size=1), st.just({}))
)
delegates = st.dictionaries(st.sampled_from(GUESTS), st.frozensets(st.sampled_from(TOPICS)))


@st.composite
def neighbours(draw: st.DrawFn) -> Abroad:
    """Other schools, what they may talk about with this one, and whom they name."""
    return Abroad(
        SERVER,
        delegations={topic: Delegation(draw(who), draw(servers)) for topic in draw(topics)},
        hosted={
            topic: Hosted(draw(titles), draw(servers))
            for topic in draw(topics)
            if topic.talk is not Talk.DIRECT
        },
        peers=draw(peers),
        delegates=draw(delegates),
    )


surroundings = st.just(ALONE) | neighbours()


@st.composite
def cases(draw: st.DrawFn, *, moderated: bool = False) -> Case:
    """Anything whatever, alone or among other schools; with people who are muted and rooms that
    are paused, if `moderated`."""
    snapshot = draw(schools()).snapshot()
    chosen = draw(template_sets())
    known = replace(draw(given(snapshot)), abroad=draw(surroundings))
    today = Today(snapshot, DAY)
    wanted = desired_state(today, chosen, known, ENGLISH)
    if moderated and wanted.rooms:
        some = st.sampled_from(list(wanted.rooms))
        asked = circumstances(
            snapshot,
            mutes=draw(st.lists(st.tuples(some, people), max_size=6)),
            pauses=draw(st.lists(some, max_size=3)),
        )
        known = replace(known, mutes=asked.mutes, pauses=asked.pauses)
        wanted = desired_state(today, chosen, known, ENGLISH)
    actual = draw(actual_states(wanted))
    known = replace(known, existing=frozenset(actual.rooms))
    return Case(snapshot, chosen, known, desired_state(today, chosen, known, ENGLISH), actual)


LEVELS = st.sampled_from((-1, 0, 1, 50, 100, 101, 9001))
ODD = st.sampled_from((None, "50", 50.5, [], {}))
OTHER_KEYS = (
    RoomKey("club", SCHOOL),
    RoomKey("class_space", SCHOOL, ClassId("gone")),
    RoomKey("class", SCHOOL, ClassId("gone")),
    RoomKey("schools_event", SCHOOL, topic="event:gone"),
    RoomKey("heads_council", SCHOOL, topic="heads"),
    RoomKey(CONTROL, SCHOOL),
)
other_keys = st.lists(st.sampled_from(OTHER_KEYS), unique=True)
how_joined = st.sampled_from((None, *Membership))
other_events = st.dictionaries(
    st.sampled_from(("m.room.name", "m.room.message", "m.reaction", "m.room.topic")),
    LEVELS | ODD,
    max_size=2,
)
other_names = st.dictionaries(
    st.sampled_from(("users_default", "events_default", "state_default", "invite", "kick", "ban", "redact")),
    LEVELS | ODD,
    max_size=2,
)
odd_maps = st.dictionaries(st.sampled_from(("users", "events", "notifications")), ODD, max_size=1)
join_rules = st.sampled_from(("invite", "public", "knock"))
visibilities = st.sampled_from(("shared", "joined", "world_readable"))
guest_rules = st.sampled_from(("forbidden", "can_join"))


@st.composite
def actual_states(draw: st.DrawFn, desired: DesiredState) -> ActualState:
    """A homeserver that has drifted arbitrarily from what is desired."""
    users = sorted({*desired.accounts, BOT, STRANGER, NOBODYS, *GUESTS, *map(appservice_of, SERVERS)})
    keys = [key for key in desired.rooms if draw(up_to[5]) > 0]
    others = [
        key
        for key in draw(other_keys)
        if key not in desired.rooms and (desired.server or (key.topic is None and key.kind != CONTROL))
    ]
    ids = [room_id(key) for key in (*keys, *others)]
    drift = Drift(st.sampled_from(users), st.sampled_from([*ids, RoomId("!foreign")]))
    rooms = {}
    for key in keys:
        exact = _present(desired.rooms[key], keys, desired)
        rooms[key] = draw(drifted(exact, drift)) if draw(whether) else exact
    for key in others:
        like = DesiredRoom(
            key, "Было", "", "space" in key.kind, 0, False, (), frozenset(users), {users[0]: 100}
        )
        if key.topic is not None or key.kind == CONTROL:
            like = replace(like, servers=frozenset({SERVER, *SERVERS}))
        rooms[key] = draw(drifted(_present(like, keys, desired), drift))
    accounts = {}
    for user in (*desired.accounts, BOT, NOBODYS):
        account = desired.accounts.get(user)
        name = account.display_name if account else "Звонок"
        if draw(up_to[7]) > 0:
            accounts[user] = ActualAccount(
                user,
                name if draw(up_to[2]) else "Директор",
                locked=user != BOT and draw(up_to[3]) == 0,
                deactivated=user != BOT and draw(up_to[7]) == 0,
                admin=False,
            )
    return ActualState(rooms, accounts)


def _present(room: DesiredRoom, keys: Iterable[RoomKey], desired: DesiredState) -> ActualRoom:
    present = set(keys)
    exact = exactly(room, desired)
    return replace(
        exact,
        children=frozenset(
            room_id(child.key)
            for child in desired.rooms.values()
            if child.key in present and room.key in child.parents
        ),
        parents=frozenset(room_id(parent) for parent in room.parents if parent in present),
        talks={topic: told for topic, told in exact.talks.items() if told in map(room_id, present)},
    )


ACLS = st.none() | st.frozensets(st.sampled_from((SERVER, "elsewhere.example", *hosts(SERVERS))))
TALKS = st.dictionaries(
    st.sampled_from(["event:gone", "nonsense", *map(str, TOPICS)]), st.sampled_from(["!foreign", "!r"])
)


class Drift:
    """What a homeserver's rooms may drift to: any of its users, and links to any of its rooms."""

    def __init__(self, user: st.SearchStrategy[UserId], room: st.SearchStrategy[RoomId]) -> None:
        self.users = st.lists(user, unique=True)
        self.few_users = st.lists(user, max_size=2)
        self.levels = st.dictionaries(user, LEVELS | ODD, max_size=4)
        self.links = st.lists(room, unique=True, max_size=3).map(frozenset)


@st.composite
def drifted(draw: st.DrawFn, room: ActualRoom, drift: Drift) -> ActualRoom:
    """A room in which anything may be otherwise."""
    members = dict(room.members)
    for user in draw(drift.users):
        how = draw(how_joined)
        members.pop(user, None)
        if how is not None:
            members[user] = how
    return replace(
        room,
        archived=draw(whether),
        name=room.name if draw(whether) else "Другое имя",
        topic=room.topic if draw(whether) else "",
        join_rule=draw(join_rules),
        history_visibility=draw(visibilities),
        guest_access=draw(guest_rules),
        power_levels=draw(drifted_levels(room.power_levels, drift)),
        members=members,
        children=room.children ^ draw(drift.links) if room.is_space else room.children,
        parents=room.parents ^ draw(drift.links),
        servers=room.servers if room.servers is None else draw(ACLS),
        talks={**room.talks, **draw(TALKS)} if room.key.kind == CONTROL else room.talks,
    )


@st.composite
def drifted_levels(draw: st.DrawFn, content: Any, drift: Drift) -> dict[str, Any]:
    """A power level map that anybody at all may have written."""
    content = {name: dict(value) if isinstance(value, dict) else value for name, value in content.items()}
    content["users"] |= draw(drift.levels)
    for user in draw(drift.few_users):
        content["users"].pop(user, None)
    content["events"] |= draw(other_events)
    for name in draw(st.lists(st.sampled_from(sorted(content)), unique=True, max_size=2)):
        content.pop(name)
    return content | draw(other_names) | draw(odd_maps)
