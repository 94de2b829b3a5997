"""What holds of whomever and of whatever table."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from support.rule_people import OTHER_SCHOOL, SCHOOL

from zvonok_appservice.policy import shipped_policy
from zvonok_core.access import PersonFacts, Relation, Table, Who, may_contact, may_find
from zvonok_core.ids import ClassId, UserId

USERS = [UserId(f"@{name}:school.example") for name in ("a", "b", "c")]
CLASSES = [ClassId(name) for name in ("7А", "7Б")]
GROUPS = ["class 7А", "class 7Б", "subgroup de"]
SETS = ("roles", "student_of", "teaches", "heads", "children", "child_classes", "child_groups")


@st.composite
def people(draw: st.DrawFn) -> PersonFacts:
    return PersonFacts(
        user=draw(st.sampled_from(USERS)),
        school=draw(st.sampled_from([SCHOOL, SCHOOL, SCHOOL, OTHER_SCHOOL])),
        linked=draw(st.integers(0, 9)) > 0,
        locked=draw(st.integers(0, 9)) == 0,
        roles=draw(st.frozensets(st.sampled_from(Who))),
        class_=draw(st.none() | st.sampled_from(CLASSES)),
        student_of=draw(st.frozensets(st.sampled_from(GROUPS))),
        teaches=draw(st.frozensets(st.sampled_from(GROUPS))),
        heads=draw(st.frozensets(st.sampled_from(CLASSES))),
        children=draw(st.frozensets(st.sampled_from(USERS))),
        child_classes=draw(st.frozensets(st.sampled_from(CLASSES))),
        child_groups=draw(st.frozensets(st.sampled_from(GROUPS))),
    )


TABLES = st.builds(
    Table,
    contact=st.dictionaries(
        st.sampled_from(Who),
        st.dictionaries(st.sampled_from(Who), st.frozensets(st.sampled_from(Relation))),
    ),
)


@given(people(), people())
def test_as_it_is_shipped_whoever_may_contact_somebody_may_be_contacted_by_them(
    a: PersonFacts, b: PersonFacts
) -> None:
    table = shipped_policy()
    able = [person for person in (a, b) if person.linked and not person.locked]
    assert len(able) < 2 or may_contact(a, b, table).denied is may_contact(b, a, table).denied


@given(people(), people(), TABLES, st.data())
def test_taking_a_relation_out_of_the_table_never_allows_more(
    a: PersonFacts, b: PersonFacts, table: Table, data: st.DataObject
) -> None:
    smaller = {
        who: {
            other: data.draw(st.frozensets(st.sampled_from(sorted(held)))) if held else held
            for other, held in row.items()
        }
        for who, row in table.contact.items()
    }
    if may_contact(a, b, table).denied:
        assert may_contact(a, b, replace(table, contact=smaller)).denied


@given(people(), people(), TABLES, st.sampled_from(SETS), st.data())
def test_whoever_loses_a_role_a_class_or_a_child_may_never_do_more(
    a: PersonFacts, b: PersonFacts, table: Table, name: str, data: st.DataObject
) -> None:
    held = sorted(getattr(a, name))
    fewer = data.draw(st.frozensets(st.sampled_from(held))) if held else frozenset()
    changes: dict[str, object] = {name: fewer}
    poorer = replace(a, **changes)  # type: ignore[arg-type]
    for less in (poorer, replace(a, class_=None)):
        assert may_contact(a, b, table).denied <= may_contact(less, b, table).denied
        assert may_contact(b, a, table).denied <= may_contact(b, less, table).denied


@given(people(), people(), TABLES)
def test_locked_people_and_those_without_an_account_are_out_of_every_table(
    a: PersonFacts, b: PersonFacts, table: Table
) -> None:
    for unable in (replace(a, locked=True), replace(a, linked=False), None):
        assert may_contact(unable, b, table).denied
        assert may_contact(b, unable, table).denied
        assert may_find(unable, b, table).denied


@given(people(), people(), TABLES)
def test_without_a_relation_that_the_table_names_nobody_contacts_anybody(
    a: PersonFacts, b: PersonFacts, table: Table
) -> None:
    named = {
        relation
        for who in a.roles
        for other in b.roles
        for relation in table.contact.get(who, {}).get(other, frozenset())
    }
    if not named:
        assert may_contact(a, b, table).denied
