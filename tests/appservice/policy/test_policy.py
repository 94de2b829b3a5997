"""The school's choices: the shipped table, the config's changes, and both in words."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.example import EXAMPLE, OWN_WORDS

from zvonok_appservice.cli.policy import policy, policy_lines
from zvonok_appservice.config import load
from zvonok_appservice.policy import policy_table, shipped_policy
from zvonok_core.access import INVERSE, Relation, StudentGroups, Table, Who
from zvonok_core.directory import from_json
from zvonok_core.errors import ConfigError

HERE = Path(__file__).parent


def configured(tmp_path: Path, section: dict[str, Any]) -> Table:
    raw = YAML(typ="safe").load(EXAMPLE.read_text(encoding="utf-8"))
    raw["policy"] = section
    with (tmp_path / "config.yaml").open("w", encoding="utf-8") as file:
        YAML().dump(raw, file)
    return policy_table(load(tmp_path / "config.yaml", OWN_WORDS).policy)


def test_the_examples_section_says_what_holds_without_it(tmp_path: Path) -> None:
    assert load(EXAMPLE, OWN_WORDS).policy == Table()
    assert configured(tmp_path, {}) == policy_table(Table()) == shipped_policy()


def test_as_it_is_shipped_every_right_is_mutual() -> None:
    contact = shipped_policy().contact
    for who, row in contact.items():
        for other, held in row.items():
            assert contact[other][who] == {INVERSE[relation] for relation in held}, (who, other)


def test_the_config_changes_single_entries(tmp_path: Path) -> None:
    section = {
        "contact": {"guardian": {"guardian": []}, "staff": {"student": ["same_school"]}},
        "edit_hours": 1,
    }
    table = configured(tmp_path, section)
    shipped = shipped_policy()
    assert table.contact[Who.GUARDIAN] == {**shipped.contact[Who.GUARDIAN], Who.GUARDIAN: frozenset()}
    assert table.contact[Who.STAFF] == {
        **shipped.contact[Who.STAFF],
        Who.STUDENT: frozenset({Relation.SAME_SCHOOL}),
    }
    assert table.contact[Who.STUDENT] == shipped.contact[Who.STUDENT]
    assert table.edit_hours == 1


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"contakt": {}}, "policy.contakt: is not a known key; did you mean “contact”?"),
    ({"contact": {"pupil": {}}}, "policy.contact.pupil: must be one of: staff, teacher, "),
    (
        {"contact": {"student": {"student": ["friend"]}}},
        "policy.contact.student.student[0]: must be one of: ",
    ),
    ({"contact": {"student": ["student"]}}, "policy.contact.student: must be a mapping"),
    ({"encryption": "some"}, "policy.encryption: must be one of: nobody, staff, everybody"),
    ({"media": {"students": 5}}, "policy.media.students: is not a known key; did you mean “student”?"),
    ({"media": {"refused": ["virus"]}}, "policy.media.refused[0]: must be one of: "),
    ({"open_to_children": ["cook"]}, "policy.open_to_children[0]: must be one of: head, "),
    ({"student_groups": {"size": "big"}}, "policy.student_groups.size: must be a whole number"),
]


@pytest.mark.parametrize(("section", "fault"), WRONG)
def test_what_is_wrong_is_named_with_its_path(tmp_path: Path, section: dict[str, Any], fault: str) -> None:
    with pytest.raises(ConfigError) as error:
        configured(tmp_path, section)
    assert [str(found)[: len(fault)] for found in error.value.faults] == [fault]


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_it_is_printed_in_words(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await policy(load(EXAMPLE, OWN_WORDS), Namespace(language=language, json=False)) == 0
    golden = HERE / f"the shipped policy in words.{language}.txt"
    assert capsys.readouterr().out == golden.read_text(encoding="utf-8")


async def test_the_schools_language_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    await policy(load(EXAMPLE, OWN_WORDS), Namespace(language=None, json=False))
    assert capsys.readouterr().out.startswith("Кто с кем")


async def test_it_is_printed_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    await policy(load(EXAMPLE, OWN_WORDS), Namespace(language=None, json=True))
    assert from_json(Table, json.loads(capsys.readouterr().out)) == shipped_policy()


def lines(table: Table) -> list[str]:
    return [str(line).strip() for line in policy_lines(table)]


def test_a_right_that_only_one_of_two_has_is_an_arrow() -> None:
    contact = {Who.TEACHER: {Who.STUDENT: frozenset({Relation.OWN_STUDENT})}}
    assert [line for line in lines(Table(contact=contact)) if "→" in line or "↔" in line] == [
        "teacher → student: whom they teach"
    ]
    contact[Who.STUDENT] = {Who.TEACHER: frozenset({Relation.SAME_SCHOOL, Relation.OWN_TEACHER})}
    assert [line for line in lines(Table(contact=contact)) if "→" in line or "↔" in line] == [
        "teacher → student: whom they teach",
        "student → teacher: in the same school, who teaches them",
    ]


def test_every_choice_has_words() -> None:
    shipped = shipped_policy()
    table = replace(
        shipped,
        student_groups=StudentGroups(True, 5),
        encryption="staff",
        create_rooms=frozenset(),
        contact={Who.BOT: {Who.BOT: frozenset(Relation)}},
    )
    told = "\n".join(lines(table))
    assert "5 members at most" in told
    assert "staff among themselves" in told
    assert "Group chats are made by: —." in told
    assert "everybody" in "\n".join(lines(replace(shipped, encryption="everybody")))
