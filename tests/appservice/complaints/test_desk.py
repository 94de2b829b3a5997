"""What happens to a complaint, from the report to the answer, on both databases."""

from __future__ import annotations

import dataclasses

import pytest
from builders import SERVER, SchoolBuilder, user
from support.linking import linked_school

from zvonok_appservice.complaints.model import Matter, Report, Reported
from zvonok_core.db import Database
from zvonok_core.errors import TemporaryError
from zvonok_core.ids import EventId, PersonId, RoomId, UserId

from .conftest import PRIVATE, Story


async def test_a_complaint_is_told_once_to_each_and_its_reporter_thanked(story: Story) -> None:
    story.report("ezhova", "bad", reason="обзывается")
    for _ in range(3):
        await story.desk.look()
    (letter,) = story.told("belova")
    assert letter.startswith("Жалоба № 1\n") and "«обзывается»" in letter and "> Дура" in letter
    assert len(story.told("zueva")) == 1
    assert "классный руководитель и заместитель" in story.told("ezhova")[0]
    assert story.told("petrov") == story.told("orlov") == story.told("frolov") == []
    assert [complaint.classes for complaint in await story.complaints.all()] == [("7А",)]


async def test_the_database_holds_ids_and_no_words(story: Story) -> None:
    story.report("ezhova", "bad", reason="обзывается")
    await story.desk.look()
    story.reply("belova", [await story.letter("belova")])
    await story.desk.look()
    kept = []
    for table in ("complaints", "complaint_reports", "complaint_letters", "complaint_answers", "audit"):
        kept += [list(dict(row).values()) for row in await story.database.fetch(f"SELECT * FROM {table}")]
    words = " ".join(str(value) for row in kept for value in row)
    assert "$bad" in words and "обзывается" not in words and "Дура" not in words and "Ёжова" not in words


async def test_concerns_the_class_head_and_only_the_deputy_hears_of_it(story: Story) -> None:
    story.report("ezhova", "bad", "belova")
    await story.desk.look()
    assert story.told("belova") == []
    (letter,) = story.told("zueva")
    assert "На кого: Белова Ольга Юрьевна" in letter and "Об этом знают" not in letter
    assert "Кто будет разбираться: заместитель" in story.told("ezhova")[0]


async def test_a_person_can_be_reported(story: Story) -> None:
    story.report_person("ezhova", "petrov", "пристаёт")
    story.report_person("ezhova", "petrov", "опять пристаёт")
    await story.desk.look()
    one, other = story.told("belova")
    assert "«пристаёт»" in one and "«опять пристаёт»" in other and "matrix.to" not in one


async def test_the_same_person_reports_a_message_again_and_it_is_one(story: Story) -> None:
    story.report("ezhova", "bad")
    story.report("ezhova", "bad")
    await story.desk.look()
    story.report("ezhova", "bad")
    await story.desk.look()
    assert len(story.told("belova")) == len(story.told("ezhova")) == 1


async def test_others_who_report_the_same_are_one_line_more_at_most_once_an_hour(story: Story) -> None:
    story.report("ezhova", "bad")
    await story.desk.look()
    story.report("zhuk", "bad", reason="и про меня")
    await story.desk.look()
    _, more = story.messages("belova")
    assert "на то же самое жалуется ещё: Жук Лев Ильич" in more.body and "«и про меня»" in more.body
    assert more.reply_to == await story.letter("belova")
    assert len(story.told("zhuk")) == 1

    story.report("sidorov", "bad")
    story.report("frolov", "bad")
    await story.desk.look()
    assert len(story.told("belova")) == 2, "two in an hour are enough"
    assert len(story.told("sidorov")) == 1, "whoever complains hears at once"
    story.school.clock.advance(minutes=61)
    await story.desk.look()
    gathered = story.told("belova")[2]
    assert "Сидоров" in gathered and "Фролов" in gathered and "Жук" not in gathered
    assert len(story.told("belova")) == 3


async def test_those_who_report_before_it_is_told_stand_in_the_one_letter(story: Story) -> None:
    story.report("ezhova", "bad", reason="раз")
    story.report("zhuk", "bad", reason="два")
    await story.desk.look()
    (letter,) = story.told("belova")
    assert all(word in letter for word in ("Ёжова", "Жук", "«раз»", "«два»"))
    assert len(story.told("zhuk")) == len(story.told("ezhova")) == 1


async def test_a_reporter_of_another_class_brings_in_that_class_head(story: Story) -> None:
    story.report("ezhova", "bad", room=PRIVATE)
    await story.desk.look()
    story.report("sidorov", "bad", room=PRIVATE)
    await story.desk.look()
    (letter,) = story.told("frolov")
    assert letter.startswith("Жалоба № 1\n") and "Ёжова" in letter and "Сидоров" in letter
    assert len(story.told("belova")) == len(story.told("zueva")) == 2
    story.reply("frolov", [await story.letter("frolov")])
    await story.desk.look()
    assert len(await story.letters.answers()) == 1


async def test_whoever_gets_a_complaint_and_reports_it_too_is_not_told(story: Story) -> None:
    story.report("ezhova", "bad")
    await story.desk.look()
    story.report("belova", "bad")
    await story.desk.look()
    assert len(story.told("belova")) == 2 and "Спасибо" in story.told("belova")[1]
    assert "Белова" in story.told("zueva")[1]
    story.report("ezhova", "worse")
    story.report("belova", "worse")
    await story.desk.look()
    assert not any(letter.startswith("Жалоба № 2\n") for letter in story.told("belova"))
    assert any(letter.startswith("Жалоба № 2\n") for letter in story.told("zueva"))


async def test_a_flood_of_one_person_is_summed_up(story: Story) -> None:
    for number in range(30):
        story.report("ezhova", f"bad-{number}", reason=f"причина {number}")
    story.report("zhuk", "other")
    await story.desk.look()
    letters = story.told("belova")
    assert len(letters) == 6, "four alone, the rest in one, and the other's"
    summed = next(letter for letter in letters if "26 жалоб" in letter)
    assert summed.count("matrix.to") == 10 and "… и ещё 16" in summed
    assert len(story.told("ezhova")) == 5

    story.report("ezhova", "bad-31")
    await story.desk.look()
    assert len(story.told("belova")) == 6
    story.school.clock.advance(minutes=61)
    await story.desk.look()
    assert len(story.told("belova")) == 7


async def test_an_answer_to_the_sum_is_an_answer_to_all_in_it(story: Story) -> None:
    for number in range(8):
        story.report("ezhova", f"bad-{number}")
    await story.desk.look()
    story.reply("belova", [await story.letter("belova", 5)])
    await story.desk.look()
    assert {answer.complaint for answer in await story.letters.answers()} == {5}
    assert {one.number for one in await story.complaints.all() if one.letter == 5} == {5, 6, 7, 8}
    assert "рассмотрели" in story.told("ezhova")[-1]


async def test_nobody_reachable_and_it_waits_until_somebody_is(
    database: Database, builder: SchoolBuilder, caplog: pytest.LogCaptureFixture
) -> None:
    story = Story(await linked_school(database, builder, linked=["ezhova", "petrov"]), database)
    story.report("ezhova", "bad")
    for _ in range(3):
        await story.desk.look()
    assert story.told("ezhova") == []
    warnings = [record.getMessage() for record in caplog.records if "nobody can be told" in record.msg]
    assert warnings == ["complaint 1 waits: nobody can be told of it"]

    await story.school.linking.link_without_card(PersonId("orlov"), "пароль-орлова", "test")
    await story.school.hang()
    story.restart()
    await story.desk.look()
    assert len(story.told("orlov")) == 1
    assert "Кто будет разбираться: директор школы" in story.told("ezhova")[0]


async def test_whoever_is_locked_before_the_letter_goes_out_is_replaced(story: Story) -> None:
    story.school.homeserver.unsayable |= {RoomId(f"!direct-{user(p)}") for p in ("belova", "zueva")}
    story.report("ezhova", "bad")
    await story.desk.look()
    await story.school.hang(locked=["belova", "zueva"])
    story.school.clock.advance(minutes=30)
    await story.desk.look()
    await story.desk.look()
    assert len(story.told("orlov")) == 1 and story.told("belova") == []


async def test_one_who_cannot_be_told_keeps_nobody_else_waiting(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    closed = RoomId(f"!direct-{user('belova')}")
    story.school.homeserver.unsayable.add(closed)
    story.report("ezhova", "bad")
    for _ in range(3):
        await story.desk.look()
    assert len(story.told("zueva")) == len(story.told("ezhova")) == 1
    assert caplog.text.count("telling of complaint 1 is put off") == 1
    assert "Ёжова" not in caplog.text and "Дура" not in caplog.text
    story.school.homeserver.unsayable.clear()
    story.school.clock.advance(seconds=11)
    await story.desk.look()
    assert len(story.told("belova")) == 1


async def test_an_answer_is_recorded_and_the_others_told_once(story: Story) -> None:
    story.report("ezhova", "bad")
    story.report("zhuk", "bad")
    await story.desk.look()
    said = story.reply("belova", [await story.letter("belova")])
    await story.desk.look()
    (answer,) = await story.letters.answers()
    assert (answer.event, answer.complaint, answer.recipient) == (said.event, 1, user("belova"))
    recorded = [e for e in await story.school.linking.ledger.entries() if "complaint" in e.action]
    assert [(e.actor, e.subject, e.detail) for e in recorded] == [("belova", "1", "$reply")]
    assert "уже есть ответ: Белова Ольга Юрьевна" in story.told("zueva")[1]
    assert "записан" in story.told("belova")[1]
    for child in ("ezhova", "zhuk"):
        assert "рассмотрели" in story.told(child)[1] and "Белова" not in story.told(child)[1]

    story.reply("zueva", [await story.letter("zueva")], "$second")
    story.reply("belova", [await story.letter("belova")], "$third")
    await story.desk.look()
    assert len(await story.letters.answers()) == 3
    assert [len(story.told(p)) for p in ("belova", "zueva", "ezhova")] == [2, 2, 2]


async def test_a_reply_to_any_letter_of_the_complaint_counts_and_others_do_not(story: Story) -> None:
    story.report("ezhova", "bad")
    await story.desk.look()
    (thanks,) = [one.event for one in await story.letters.sent(1) if one.letter.recipient == user("ezhova")]
    story.reply("belova", [], "$no-reply")
    story.reply("belova", [EventId("$something-else")], "$unrelated")
    story.reply("belova", [await story.letter("zueva")], "$of-another")
    story.reply("ezhova", [thanks, await story.letter("belova")], "$child")
    await story.desk.look()
    assert await story.letters.answers() == []
    story.school.clock.advance(hours=25)
    await story.desk.look()
    (reminder,) = [
        s.event
        for s in await story.letters.sent(1)
        if s.letter.purpose == "reminder" and s.letter.recipient == user("belova")
    ]
    story.reply("belova", [reminder], "$at-last")
    await story.desk.look()
    assert [answer.event for answer in await story.letters.answers()] == ["$at-last"]


async def test_a_class_heads_reply_to_the_thanks_for_their_own_complaint_is_no_answer(story: Story) -> None:
    story.report("ezhova", "bad")
    story.report("belova", "worse")
    await story.desk.look()
    (thanks,) = [s.event for s in await story.letters.sent(2) if s.letter.recipient == user("belova")]
    story.reply("belova", [thanks])
    await story.desk.look()
    assert await story.letters.answers() == []


async def test_answers_given_while_the_program_was_down_are_found(story: Story) -> None:
    story.report("ezhova", "bad")
    await story.desk.look()
    story.reply("belova", [await story.letter("belova")])
    story.restart()
    await story.desk.look()
    assert len(await story.letters.answers()) == 1 and len(story.told("zueva")) == 2


async def test_without_a_hint_chats_are_looked_at_every_ten_minutes(story: Story) -> None:
    story.report("ezhova", "bad")
    await story.desk.look()
    await story.desk.look()
    story.reply("belova", [await story.letter("belova")], hint=False)
    await story.desk.look()
    assert await story.letters.answers() == []
    story.school.clock.advance(minutes=10)
    await story.desk.look()
    assert len(await story.letters.answers()) == 1


async def test_a_reminder_comes_once_after_a_day_and_not_at_night(story: Story) -> None:
    story.report("ezhova", "bad")  # at half past eight
    await story.desk.look()
    story.school.clock.advance(hours=23, minutes=59)
    await story.desk.look()
    assert len(story.told("belova")) == 1
    story.school.clock.advance(minutes=2)
    for _ in range(2):
        await story.desk.look()
    assert [len(story.told(p)) for p in ("belova", "zueva", "ezhova")] == [2, 2, 1]
    assert "сутки" in story.told("belova")[1]

    story.school.clock.advance(hours=11, minutes=15)  # a quarter to eight in the evening
    story.report("ezhova", "later")
    await story.desk.look()
    story.school.clock.advance(hours=24, minutes=30)
    await story.desk.look()
    assert len(story.told("belova")) == 3, "nobody is reminded at night"
    story.school.clock.advance(hours=11, minutes=30)  # a quarter to eight in the morning
    await story.desk.look()
    assert len(story.told("belova")) == 3
    story.school.clock.advance(minutes=30)
    await story.desk.look()
    assert len(story.told("belova")) == 4


async def test_what_was_answered_is_not_reminded_of(story: Story) -> None:
    story.report("ezhova", "bad")
    await story.desk.look()
    story.reply("belova", [await story.letter("belova")])
    story.school.clock.advance(hours=25)
    await story.desk.look()
    assert not any("сутки" in said for said in story.told("belova") + story.told("zueva"))


async def test_a_long_backlog_is_taken_whole_however_it_is_paged(story: Story) -> None:
    for number in range(10):
        story.report(("ezhova", "zhuk")[number % 2], f"bad-{number}")
        story.school.clock.advance(seconds=1)
    await story.desk.look()
    story.report("ezhova", "bad-10")
    await story.desk.look()
    assert [one.about.event for one in await story.complaints.all()] == [f"$bad-{n}" for n in range(11)]


async def test_reports_of_another_school_on_the_server_are_none_of_this_ones(story: Story) -> None:
    strangers = (UserId(f"@x:{SERVER}"), UserId(f"@y:{SERVER}"))
    for number in range(4):
        place = (RoomId("!theirs"), EventId(f"$theirs-{number}"))
        filed = Report(Matter.MESSAGE, 100 + number, 1, strangers[0], strangers[1], *place)
        story.school.homeserver.filed.append(filed)
    for _ in range(2):
        await story.desk.look()
    assert await story.complaints.all() == [] and story.school.homeserver.messages == {}
    ours = Report(
        Matter.MESSAGE, 200, 2, user("ezhova"), strangers[1], RoomId("!theirs"), EventId("$theirs-9")
    )
    story.school.homeserver.filed.append(ours)
    await story.desk.look()
    assert f"На кого: @y:{SERVER}" in story.told("belova")[0]


async def test_a_number_that_the_homeserver_uses_again_is_another_report(story: Story) -> None:
    older, first = story.report("zhuk", "other"), story.report("ezhova", "bad")
    await story.desk.look()
    again = dataclasses.replace(first, received_at=first.received_at + 1, event=EventId("$new"))
    story.school.homeserver.filed[:] = [older, again]
    await story.desk.look()
    assert len(story.told("belova")) == 3


async def test_a_message_that_is_gone_is_told_all_the_same(story: Story) -> None:
    report = dataclasses.replace(story.report("ezhova", "bad"), author=None)
    story.school.homeserver.filed[:] = [report]
    story.school.homeserver.kept[report.id] = Reported()
    await story.desk.look()
    assert "Самого сообщения на сервере уже нет." in story.told("belova")[0]
    assert "На кого: неизвестно" in story.told("belova")[0]


async def test_while_the_homeserver_is_away_nothing_is_lost(story: Story) -> None:
    story.report("ezhova", "bad")
    story.school.homeserver.away = True
    with pytest.raises(TemporaryError):
        await story.desk.look()
    story.school.homeserver.away = False
    await story.desk.look()
    assert len(story.told("belova")) == 1


async def test_before_the_first_look_at_the_school_nothing_is_taken(story: Story) -> None:
    story.report("ezhova", "bad")
    story.school.board.picture = None
    await story.desk.look()
    assert await story.complaints.all() == []
