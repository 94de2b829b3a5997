"""Facts of other schools: whom they name, for what ours are named, and what is news of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from builders import DAY, SCHOOL, SERVER, SchoolBuilder, picture_of, small_school, user

from zvonok_appservice.facts import FactsLog, facts_of
from zvonok_appservice.picture import Picture
from zvonok_appservice.policy import shipped_policy
from zvonok_appservice.reconcile.abroad import Abroad, Delegation, Topic, selector_of
from zvonok_core.access import Peer, Talk, Who, may_contact, read_facts
from zvonok_core.ids import SchoolId, UserId
from zvonok_core.roles import Position

SENDER = UserId(f"@zvonok:{SERVER}")
TABLE = shipped_policy()
FIRST, SECOND = "first.example", "second.example:8448"
ORLOVA, LIS = UserId(f"@orlova:{FIRST}"), UserId(f"@lis:{SECOND}")
HEADS, DIRECT, FAIR = Topic(Talk.HEADS), Topic(Talk.DIRECT), Topic(Talk.EVENT, "fair")


def by(*selectors: str, schools: frozenset[str] = frozenset()) -> Delegation:
    return Delegation(tuple(filter(None, map(selector_of, selectors))), schools)


def picture(school: SchoolBuilder | None = None, **changes: Any) -> Picture:
    given = {key: changes.pop(key) for key in ("linked", "locked") if key in changes}
    described = Abroad(
        SERVER,
        delegations={HEADS: by("position(head)"), FAIR: by("members(math)"), DIRECT: by("staff")},
        peers={server: Peer(frozenset(Talk), {"ed25519:a": server}) for server in (FIRST, SECOND)},
        until=1_800_000_000_000,
        delegates={ORLOVA: frozenset({HEADS, DIRECT, FAIR}), LIS: frozenset({HEADS})},
    )
    snapshot = (school or small_school()).snapshot()
    return picture_of(snapshot, abroad=replace(described, **changes), **given)


def talks(person: str, found: Picture) -> set[Talk]:
    return set(facts_of(found, SENDER, TABLE).people[user(person)].talks)


def test_peers_and_the_end_of_the_registry_are_facts() -> None:
    known = facts_of(picture(), SENDER, TABLE)
    assert known.peers == {server: Peer(frozenset(Talk), {"ed25519:a": server}) for server in (FIRST, SECOND)}
    assert known.peers_until == 1_800_000_000_000
    alone = facts_of(picture_of(small_school().snapshot()), SENDER, TABLE)
    assert (alone.peers, alone.peers_until) == ({}, 0)
    assert facts_of(picture(), SENDER, TABLE).alone().people.keys() == alone.people.keys()


def test_our_own_are_named_for_what_the_school_names_them() -> None:
    assert talks("orlov", picture()) == {Talk.HEADS, Talk.DIRECT}
    assert talks("belova", picture()) == talks("zueva", picture()) == {Talk.EVENT, Talk.DIRECT}
    assert talks("frolov", picture()) == {Talk.DIRECT}
    for nobody in ("petrov", "petrova", "ezhov", "sidorova"):
        assert talks(nobody, picture()) == set()
    assert talks("orlov", picture(delegations={})) == set()


def test_a_student_or_a_guardian_is_named_for_nothing_whatever_the_configuration_says() -> None:
    to_all = {DIRECT: by("person(petrov)", "person(petrova)", "person(belova)")}
    found = picture(delegations=to_all)
    assert talks("petrov", found) == talks("petrova", found) == set()
    assert talks("belova", found) == {Talk.DIRECT}


def test_whoever_is_disabled_or_gone_is_named_no_longer() -> None:
    assert talks("orlov", picture(small_school().disable("orlov"))) == set()
    assert talks("orlov", picture(small_school().vanish("orlov", DAY))) == set()


def test_those_of_others_are_staff_of_their_own_school_and_nothing_else() -> None:
    known = facts_of(picture(), SENDER, TABLE).people
    orlova = known[ORLOVA]
    assert (orlova.school, orlova.roles) == (SchoolId(FIRST), {Who.STAFF})
    assert (orlova.linked, orlova.locked, orlova.sender) == (True, False, False)
    assert orlova.talks == {Talk.HEADS, Talk.DIRECT, Talk.EVENT}
    assert known[LIS].talks == {Talk.HEADS}
    assert known[LIS].school == SECOND
    assert not (orlova.teaches | orlova.student_of | orlova.heads | orlova.children)


def test_ours_and_theirs_may_talk_and_pupils_may_not() -> None:
    known = facts_of(picture(), SENDER, TABLE).people
    assert not may_contact(known[user("frolov")], known[ORLOVA], TABLE).denied
    assert may_contact(known[user("frolov")], known[LIS], TABLE).denied
    for child in ("petrov", "petrova"):
        assert may_contact(known[user(child)], known[ORLOVA], TABLE).denied
        assert may_contact(known[ORLOVA], known[user(child)], TABLE).denied


def test_with_a_school_that_is_not_told_of_ours_nobody_talks_directly() -> None:
    only_second = {DIRECT: by("staff", schools=frozenset({SECOND}))}
    known = facts_of(picture(delegations=only_second), SENDER, TABLE).people
    assert Talk.DIRECT not in known[ORLOVA].talks
    assert may_contact(known[user("frolov")], known[ORLOVA], TABLE).denied
    assert may_contact(known[ORLOVA], known[user("frolov")], TABLE).denied


def test_a_peer_takes_the_place_of_nobody_here() -> None:
    theirs = facts_of(picture(), SENDER, TABLE).people
    assert theirs[SENDER].sender
    assert theirs[user("orlov")].school == SCHOOL
    assert Who.ADMINISTRATION in theirs[user("orlov")].roles


# ---------------------------------------------------------------- news


def test_a_change_of_peers_alone_is_news() -> None:
    log = FactsLog(SENDER, TABLE)
    first = log.news(picture(delegates={}), "")
    assert first is not None
    known = read_facts(first)
    assert log.news(picture(delegates={}), known.revision) is None, "nothing is new"
    fewer = {FIRST: Peer(frozenset({Talk.HEADS}), {})}
    for changes in (
        {"peers": fewer},
        {"peers": fewer, "until": 1_900_000_000_000},
        {"peers": {}, "until": 0},
        {"peers": {FIRST: Peer(frozenset({Talk.HEADS}), {"ed25519:b": "new"})}},
    ):
        later = picture(delegates={}, **changes)
        news = log.news(later, known.revision)
        assert news is not None
        assert (news["people"], news["rooms"]) == ({}, {}) or "peers" in changes
        after = read_facts(news, known)
        assert after.revision != known.revision
        assert (after.peers, after.peers_until) == (later.given.abroad.peers, later.given.abroad.until)
        assert log.news(later, after.revision) is None
        known = after


def test_whoever_is_named_or_named_no_longer_is_news() -> None:
    log = FactsLog(SENDER, TABLE)
    known = read_facts(log.news(picture(delegates={}), "") or {})
    for delegates in (
        {ORLOVA: frozenset({HEADS})},
        {ORLOVA: frozenset({HEADS, FAIR})},
        {ORLOVA: frozenset({FAIR}), LIS: frozenset({HEADS})},
        {},
    ):
        news = log.news(picture(delegates=delegates), known.revision)
        assert news is not None
        assert {*news["people"]} <= {ORLOVA, LIS}
        known = read_facts(news, known)
        theirs = {user: person.talks for user, person in known.people.items() if not user.endswith(SERVER)}
        assert theirs == {user: {topic.talk for topic in topics} for user, topics in delegates.items()}


def test_a_new_head_is_news_of_two() -> None:
    log = FactsLog(SENDER, TABLE)
    known = read_facts(log.news(picture(), "") or {})
    later = small_school().position("zueva", Position.HEAD)
    later.positions = [row for row in later.positions if row.person != "orlov"]
    news = log.news(picture(later), known.revision)
    assert news is not None
    after = read_facts(news, known)
    assert Talk.HEADS in after.people[user("zueva")].talks
    assert Talk.HEADS not in after.people[user("orlov")].talks
