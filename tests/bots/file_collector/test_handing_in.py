"""Handing in: alone, in the thread, in a row, again, and what is not taken."""

from __future__ import annotations

import pytest
from bots.file_collector.conftest import JPG, MORE, OGG, PDF, PHOTO, Class

from zvonok_botkit.testing import TalkPerson
from zvonok_core.errors import TemporaryError

ESSAY = "!сбор «Эссе» до пятницы 18:00"


@pytest.fixture
async def ivan(class_: Class) -> TalkPerson:
    """A student in a direct chat with the bot, while an essay is collected."""
    await class_.teacher.says(ESSAY)
    return await class_.alone(class_.students[0])


# ---------------------------------------------------------------- in a row, and later


async def test_photos_in_a_row_are_one_work_with_one_receipt(class_: Class, ivan: TalkPerson) -> None:
    for _ in range(5):
        await ivan.sends_file("image.jpg", JPG, **PHOTO)
        await class_.wait(minutes=2)
    said = class_.to(ivan.room)
    assert ["m.new_content" in event.content for event in said] == [False, True, True, True, True]
    assert str(said[-1].content["m.new_content"]["body"]).count("• image.jpg, 3 КБ") == 5
    assert (
        "сдано 24 ноября, 12:00 (image.jpg, image.jpg, image.jpg, image.jpg, image.jpg)"
        in await class_.table()
    )


async def test_what_comes_later_takes_the_place_of_what_was_there(class_: Class, ivan: TalkPerson) -> None:
    await ivan.sends_file("черновик.pdf", PDF)
    await class_.wait(minutes=11)
    assert await ivan.sends_file("чистовик.pdf", PDF) == [
        "«Эссе»: сдано 24 ноября, 12:11.\n• чистовик.pdf, 2 КБ\n"
        f"Это вместо присланного раньше (черновик.pdf). Нужно и то и другое? Напишите «вместе».\n{MORE}"
    ]
    assert await ivan.says("вместе") == [
        f"«Эссе»: сдано 24 ноября, 12:11.\n• черновик.pdf, 2 КБ\n• чистовик.pdf, 2 КБ\n{MORE}"
    ]
    assert await ivan.says("вместе") == ["«Эссе»: версия только одна, в ней и так учтено всё."]
    assert "(черновик.pdf, чистовик.pdf)" in await class_.table()


async def test_a_document_of_the_same_name_is_its_new_version(class_: Class, ivan: TalkPerson) -> None:
    await ivan.sends_file("план.pdf", PDF)
    await ivan.sends_file("эссе.pdf", PDF)
    await class_.wait(minutes=30)
    (said,) = await ivan.sends_file("эссе.pdf", PDF + b"1" * 5000)
    assert said == (
        "«Эссе»: сдано 24 ноября, 12:30.\n• план.pdf, 2 КБ\n• эссе.pdf, 7 КБ\n"
        f"Это новая версия вместо прежней (эссе.pdf, 2 КБ).\n{MORE}"
    )


async def test_a_voice_message_is_a_recording(class_: Class) -> None:
    await class_.teacher.says("!сбор «Стихи» до пятницы виды: голосовое")
    ivan = await class_.alone(class_.students[0])
    (said,) = await ivan.sends_file("Голосовое сообщение", OGG, "audio/ogg", "audio", voice=True)
    assert "• Голосовое сообщение.ogg, 1 КБ" in said
    (said,) = await ivan.sends_file("стихи.ogg", OGG, "video/ogg", "video")
    assert said.startswith("«Стихи»: подойдут только аудио, а это видео (ogg).")


# ---------------------------------------------------------------- taking back


async def test_a_work_is_taken_back_and_may_come_again(class_: Class, ivan: TalkPerson) -> None:
    assert await ivan.says("!забрать") == ["Сейчас у вас ничего не сдано."]
    await ivan.sends_file("эссе.pdf", PDF)
    assert await ivan.says("забрать") == [
        "«Эссе»: работа у вас, ничего не сдано.\nСрок: 27 ноября (пятница), 18:00."
    ]
    assert "Сдали: 0 из 3." in await class_.table()
    (said,) = await ivan.sends_file("эссе2.pdf", PDF)
    assert said.startswith("«Эссе»: сдано"), "a new message, no edit of one far above"


async def test_deleting_a_message_takes_its_file_back(class_: Class, ivan: TalkPerson) -> None:
    await ivan.sends_file("1.jpg", JPG, **PHOTO)
    first = ivan.last
    await ivan.sends_file("2.jpg", JPG, **PHOTO)
    assert await ivan.takes_back(first) == [f"* «Эссе»: сдано 24 ноября, 12:00.\n• 2.jpg, 3 КБ\n{MORE}"]
    second = next(e.id for e in reversed(class_.talk.chat.timeline) if e.content.get("filename") == "2.jpg")
    (said,) = await ivan.takes_back(second)
    assert said.startswith("* «Эссе»: работа у вас, ничего не сдано.")
    assert await ivan.takes_back(second) == []


async def test_after_the_deadline_what_was_handed_in_stays(class_: Class, ivan: TalkPerson) -> None:
    await ivan.sends_file("эссе.pdf", PDF)
    sent = ivan.last
    await class_.wait(days=3, hours=7)
    stays = (
        "«Эссе»: срок прошёл, поэтому сданное остаётся. Если что-то попало туда по ошибке, попросите учителя "
        "вернуть работу на доработку."
    )
    assert await ivan.says("забрать") == [stays]
    assert await ivan.takes_back(sent) == [stays]
    (said,) = await ivan.sends_file("эссе2.pdf", PDF)
    assert said == (
        "«Эссе»: работа уже сдана вовремя (24 ноября, 12:00), после срока её не заменяют. Если новый файл важен, "
        "попросите учителя вернуть работу на доработку."
    )
    assert "Белова Анна Олеговна: не сдано" in (table := await class_.table())
    assert "Петров Иван Сергеевич: сдано 24 ноября, 12:00 (эссе.pdf)" in table


# ---------------------------------------------------------------- late


async def test_a_late_work_is_taken_and_marked(class_: Class, ivan: TalkPerson) -> None:
    await class_.wait(days=3, hours=6, minutes=1)
    assert await ivan.sends_file("эссе.pdf", PDF) == [
        "«Эссе»: сдано позже срока, 27 ноября, 18:01.\n• эссе.pdf, 2 КБ\nЕсть ещё файлы? Присылайте следом."
    ]
    assert "Петров Иван Сергеевич: позже срока 27 ноября, 18:01" in await class_.table()


async def test_nothing_is_taken_late_where_that_was_said(class_: Class) -> None:
    await class_.teacher.says("!сбор «Диктант» до пятницы 18:00 без опозданий")
    ivan, anna = [await class_.alone(student) for student in class_.students[:2]]
    await class_.wait(days=3, hours=6)
    (said,) = await ivan.sends_file("1.jpg", JPG, **PHOTO)
    assert said.startswith("«Диктант»: сдано 27 ноября, 18:00."), "all of the minute is in time"
    await class_.wait(minutes=5)
    (said,) = await ivan.sends_file("2.jpg", JPG, **PHOTO)
    assert said.startswith("* «Диктант»: сдано 27 ноября, 18:05.\n• 1.jpg"), (
        "it goes on from what was in time"
    )
    assert said.endswith("\nЕсть ещё файлы? Присылайте следом."), "it can't be taken back any more"
    late = "«Диктант»: срок прошёл, и после него ничего не принимают. Поговорите, пожалуйста, с учителем."
    assert await anna.sends_file("1.jpg", JPG, **PHOTO) == [late]
    await class_.wait(days=1)
    (said,) = await anna.sends_file("1.jpg", JPG, **PHOTO)
    assert said == (
        "«Диктант»: сбор закончен, и принять файл я уже не могу. Если сдать всё ещё нужно, поговорите, "
        "пожалуйста, с учителем."
    )


async def test_what_was_sent_before_the_end_counts_however_late_it_is_handled(
    class_: Class, ivan: TalkPerson
) -> None:
    address = await class_.talk.chat.upload(PDF, "эссе.pdf", "application/pdf")
    content = {"msgtype": "m.file", "body": "эссе.pdf", "url": address, "info": {}}
    class_.talk.chat.add(ivan.room.id, ivan.user, "m.room.message", content)
    await class_.talk.hear()  # and has no time to do anything about it
    class_.talk.clock.advance(minutes=1)
    said = await class_.teacher.says("!закрыть сбор")
    assert "«Эссе»: сбор закрыт, больше ничего не принимаю." in said
    assert "Петров Иван Сергеевич: сдано 24 ноября, 12:00 (эссе.pdf)" in await class_.table()


async def test_what_was_sent_in_time_counts_however_late_it_is_handled(
    class_: Class, ivan: TalkPerson
) -> None:
    clock = class_.talk.clock
    clock.advance(days=3, hours=6)
    address = await class_.talk.chat.upload(PDF, "эссе.pdf", "application/pdf")
    content = {"msgtype": "m.file", "body": "эссе.pdf", "url": address, "info": {}}
    class_.talk.chat.add(ivan.room.id, ivan.user, "m.room.message", content)
    clock.advance(hours=5)
    await class_.talk.settle()
    assert "Петров Иван Сергеевич: сдано 27 ноября, 18:00 (эссе.pdf)" in await class_.table()


async def test_what_belongs_to_a_work_that_was_in_time_counts_after_an_outage_too(class_: Class) -> None:
    await class_.teacher.says("!сбор «Диктант» до пятницы 18:00 без опозданий")
    ivan = await class_.alone(class_.students[0])
    await class_.wait(days=3, hours=6)
    await ivan.sends_file("1.jpg", JPG, **PHOTO)
    class_.talk.clock.advance(minutes=5)
    address = await class_.talk.chat.upload(JPG, "2.jpg", "image/jpeg")
    content = {"msgtype": "m.image", "body": "2.jpg", "url": address, "info": {}}
    late = class_.talk.chat.add(ivan.room.id, ivan.user, "m.room.message", content)
    class_.talk.chat.timeline.remove(late)
    await class_.wait(hours=1)  # it is closed by now
    class_.talk.chat.timeline.append(late)
    await class_.talk.settle()
    assert "сдано 27 ноября, 18:00 (1.jpg, 2.jpg)" in await class_.table()


# ---------------------------------------------------------------- in the room


async def test_a_file_in_the_thread_is_handed_in_and_the_receipt_comes_alone(class_: Class) -> None:
    await class_.teacher.says(ESSAY)
    anna = class_.students[1]
    before = len(class_.sent())
    (said,) = await anna.sends_file("эссе.pdf", PDF, **anna.in_thread(class_.call))
    assert said.startswith("«Эссе»: сдано 24 ноября, 12:00.\n• эссе.pdf, 2 КБ")
    assert len(class_.sent()) == before, "the room sees a ✅ only"
    sign = next(event for event in class_.talk.said if event.type == "m.reaction")
    assert sign.content["m.relates_to"]["event_id"] == anna.last
    replied = {"m.relates_to": {"m.in_reply_to": {"event_id": class_.call}}}
    (said,) = await anna.sends_file("стр2.jpg", JPG, **PHOTO, **replied)
    assert "• эссе.pdf, 2 КБ\n• стр2.jpg, 3 КБ" in said, "clients without threads answer the message"
    assert await anna.says("!забрать", **anna.in_thread(class_.call))
    assert "Сдали: 0 из 3." in await class_.table()


async def test_what_else_is_said_in_the_thread_is_left_alone(class_: Class) -> None:
    await class_.teacher.says(ESSAY)
    anna, thread = class_.students[1], class_.students[1].in_thread(class_.call)
    assert await anna.says("А сколько страниц?", **thread) == []
    assert await anna.says("Смотрите https://example.org, там образец", **thread) == []
    (said,) = await anna.says("https://docs.example.org/d/1", **thread)
    assert said.startswith("Ссылку принять не могу")
    assert await class_.teacher.sends_file("образец.pdf", PDF, **thread) == []
    edited = {"msgtype": "m.text", "body": "* https://example.org"}
    relates = {"rel_type": "m.replace", "event_id": anna.last}
    assert (
        await anna.sends("m.room.message", {**edited, "m.new_content": edited, "m.relates_to": relates}) == []
    )


async def test_a_private_collection_takes_nothing_in_the_room(class_: Class) -> None:
    await class_.teacher.says("!сбор «Сочинение» до пятницы, закрытый")
    anna = class_.students[1]
    assert await anna.sends_file("сочинение.pdf", PDF, **anna.in_thread(class_.call)) == [
        "Этот сбор закрытый, чтобы работу не видели другие. Удалите, пожалуйста, это сообщение и пришлите файл "
        "мне в личный чат."
    ]
    assert class_.sent()[-1].content["m.mentions"] == {"user_ids": [anna.user]}
    assert "Сдали: 0 из 3." in await class_.table()
    assert (await class_.hands_in(anna))[0].startswith("«Сочинение»: сдано")


# ---------------------------------------------------------------- what is not taken


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "пусто.pdf", "Этот файл пустой. Откройте его, пожалуйста, проверьте и пришлите ещё раз."),
        (
            b"MZ" + b"0" * 100,
            "эссе.pdf",
            "Это программа, а программы я не принимаю. Пришлите, пожалуйста, документ, фото или архив.",
        ),
        (
            JPG,
            "эссе.pdf",
            "«Эссе»: подойдут только PDF, Word (docx), а это картинка (jpg). Сохраните, пожалуйста, файл в "
            "подходящем виде и пришлите ещё раз.",
        ),
        (
            PDF + b"0" * 3_000_000,
            "эссе.pdf",
            "«Эссе»: файл занимает 2,9 МБ, а можно до 2 МБ. Уменьшите его, пожалуйста, или разделите и пришлите "
            "ещё раз.",
        ),
    ],
)
async def test_what_does_not_fit_gets_a_sentence(class_: Class, data: bytes, name: str, said: str) -> None:
    await class_.teacher.says("!сбор «Эссе» до пятницы виды: pdf, docx до 2 МБ")
    anna = class_.students[1]
    assert await class_.hands_in(anna, name, data) == [said]
    assert await anna.sends_file(name, data, **anna.in_thread(class_.call)) == [said]
    assert "Сдали: 0 из 3." in await class_.table()


async def test_a_file_that_is_not_there_is_asked_for_again(class_: Class, ivan: TalkPerson) -> None:
    content = {"msgtype": "m.file", "body": "эссе.pdf", "url": "mxc://school.test/nowhere", "info": {}}
    assert await ivan.sends("m.room.message", content) == [
        "Файл не дошёл до школьного сервера целиком. Пришлите его, пожалуйста, ещё раз."
    ]


async def test_a_store_that_is_away_is_tried_again(class_: Class, ivan: TalkPerson) -> None:
    class_.talk.chat.failing.append(TemporaryError("away"))
    assert await ivan.sends_file("эссе.pdf", PDF) == []
    (said,) = await class_.wait(seconds=2)
    assert "«Эссе»: сдано 24 ноября, 12:00." in said


async def test_a_link_or_a_long_text_gets_a_sentence(class_: Class, ivan: TalkPerson) -> None:
    assert await ivan.says("Вот: https://docs.example.org/d/1") == [
        "Ссылку принять не могу: то, что по ней лежит, может измениться или пропасть. Скачайте, пожалуйста, "
        "документ (в Google Документах: «Файл» – «Скачать» – «PDF») и пришлите его файлом."
    ]
    assert await ivan.says("Жили-были дед да баба. " * 20) == [
        "Если это работа, пришлите её, пожалуйста, файлом или фото: сообщение в чате сданной работой не считается."
    ]


async def test_words_that_are_for_somebody_else_are_left_alone(class_: Class) -> None:
    alone = await class_.alone(class_.students[0])
    for words in ("здравствуйте", "https://example.org", "да", "1"):
        assert "!помощь" in (await alone.says(words))[0]
    (said,) = await alone.sends_file("эссе.pdf", PDF)
    assert said.startswith("Спасибо, но я не знаю, для чего этот файл")


async def test_an_excused_student_may_hand_in_all_the_same(class_: Class, ivan: TalkPerson) -> None:
    await (await class_.alone(class_.teacher)).says("освободить Петрова")
    (said,) = await ivan.sends_file("эссе.pdf", PDF)
    assert said.startswith("«Эссе»: сдано")


async def test_who_has_left_changes_nothing_by_deleting(class_: Class, ivan: TalkPerson) -> None:
    await ivan.sends_file("эссе.pdf", PDF)
    sent = ivan.last
    class_.leaves(class_.students[0])
    assert await ivan.takes_back(sent) == []
    class_.room.enter("Петров Иван Сергеевич, ученик")
    assert "Петров Иван Сергеевич: сдано" in await class_.table()
