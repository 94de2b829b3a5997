"""Limits on messages, files and accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.rule_people import BOT, SENDER, person

from zvonok_appservice.policy import shipped_policy
from zvonok_core.access import (
    ContentKind,
    Media,
    PersonFacts,
    Who,
    largest_upload,
    may_deactivate,
    may_edit,
    may_keep,
    may_redact,
    may_show_picture,
    may_upload,
)

TABLE = shipped_policy()
TEACHER = person("teacher", Who.STAFF, Who.TEACHER)
STUDENT = person("student", Who.STUDENT)
GUARDIAN = person("guardian", Who.GUARDIAN)
UNABLE = (None, replace(TEACHER, locked=True), replace(TEACHER, linked=False))
MB = 1024**2


@pytest.mark.parametrize("somebody", [TEACHER, STUDENT, GUARDIAN])
def test_an_own_message_is_changed_for_24_hours_and_taken_back_at_any_age(somebody: PersonFacts) -> None:
    day = timedelta(hours=24)
    assert not may_edit(somebody, timedelta(0), TABLE).denied
    assert not may_edit(somebody, day, TABLE).denied
    late = may_edit(somebody, day + timedelta(milliseconds=1), TABLE)
    assert late.denied
    assert "24 hours" in str(late.reason)
    assert may_edit(somebody, None, TABLE).denied
    assert not may_redact(somebody, state=False).denied


@pytest.mark.parametrize("somebody", [TEACHER, STUDENT, GUARDIAN, BOT])
def test_what_is_set_for_a_chat_is_no_message_to_delete(somebody: PersonFacts) -> None:
    assert "Only messages" in str(may_redact(somebody, state=True).reason)
    assert not may_redact(SENDER, state=True).denied


def test_who_shows_a_picture_is_the_schools_choice() -> None:
    assert not any(may_show_picture(p, TABLE).denied for p in (TEACHER, STUDENT, GUARDIAN, BOT, SENDER))
    table = replace(TABLE, pictures=frozenset({Who.STAFF}))
    assert not may_show_picture(TEACHER, table).denied
    assert not may_show_picture(SENDER, table).denied
    assert "picture" in str(may_show_picture(STUDENT, table).reason)


def test_the_hours_are_the_schools_choice() -> None:
    table = replace(TABLE, edit_hours=1)
    assert not may_edit(TEACHER, timedelta(minutes=60), table).denied
    assert "1 hour;" in str(may_edit(TEACHER, timedelta(minutes=61), table).reason)


@pytest.mark.parametrize("somebody", [BOT, SENDER])
def test_bots_change_their_messages_at_any_age(somebody: PersonFacts) -> None:
    assert not may_edit(somebody, timedelta(days=900), TABLE).denied
    assert not may_edit(somebody, None, TABLE).denied
    assert may_edit(replace(BOT, locked=True), timedelta(0), TABLE).denied


@pytest.mark.parametrize("unable", UNABLE)
def test_whoever_may_not_act_changes_takes_back_sends_and_closes_nothing(unable: PersonFacts | None) -> None:
    assert may_edit(unable, timedelta(0), TABLE).denied
    assert may_redact(unable, state=False).denied
    assert may_redact(unable, state=True).denied
    assert may_show_picture(unable, TABLE).denied
    assert may_upload(unable, 1, TABLE).denied
    assert largest_upload(unable, TABLE) == 0
    assert may_deactivate(unable).denied


LARGEST = {
    "staff": (TEACHER, 4096 * MB),
    "guardian": (GUARDIAN, 1024 * MB),
    "student": (STUDENT, 200 * MB),
    "bot": (BOT, 4096 * MB),
    "sender": (SENDER, 4096 * MB),
    "a student who is a guardian": (person("both", Who.STUDENT, Who.GUARDIAN), 1024 * MB),
    "nobody in particular": (person("nobody"), 0),
}


@pytest.mark.parametrize("who", LARGEST)
def test_files_up_to_the_largest_limit_of_ones_roles(who: str) -> None:
    somebody, largest = LARGEST[who]
    assert largest_upload(somebody, TABLE) == largest
    assert not may_upload(somebody, largest, TABLE).denied
    refused = may_upload(somebody, largest + 1, TABLE)
    assert refused.denied
    assert f"{largest // MB} MB" in str(refused.reason)


def test_the_limits_and_the_refused_kinds_are_the_schools_choice() -> None:
    table = replace(TABLE, media=Media(student=5, refused=frozenset({ContentKind.SCRIPT})))
    assert not may_upload(STUDENT, 5, table).denied
    assert may_upload(STUDENT, 6, table).denied
    assert not may_keep(ContentKind.WINDOWS_PROGRAM, table).denied
    assert may_keep(ContentKind.SCRIPT, table).denied


@pytest.mark.parametrize("kind", ContentKind)
def test_programs_are_refused_whoever_sends_them(kind: ContentKind) -> None:
    assert may_keep(kind, TABLE).denied is (kind is not ContentKind.OTHER)


def test_a_student_does_not_close_their_own_account() -> None:
    assert may_deactivate(STUDENT).denied
    assert may_deactivate(person("both", Who.STUDENT, Who.STAFF)).denied
    for somebody in (TEACHER, GUARDIAN, BOT, SENDER):
        assert not may_deactivate(somebody).denied
