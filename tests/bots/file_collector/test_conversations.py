"""Collections, talked with."""

from __future__ import annotations

from bots.file_collector.conftest import JPG, Class


async def test_a_file_is_handed_in_by_sending_it(class_: Class) -> None:
    assert await class_.teacher.says("!сбор «Эссе» до 01.12 18:00 виды: pdf, фото до 20 МБ") == [
        "📥 Сбор № 1. Эссе\n"
        "Срок: 1 декабря (вторник), 18:00.\n"
        "Подойдут: PDF, фото; размер файла — до 20 МБ.\n"
        "Пришлите файл или фото мне в личный чат или в обсуждение этого сообщения.\n"
        "Кто не успеет, сможет сдать и позже — с отметкой."
    ]
    ivan = class_.students[0]
    assert await class_.hands_in(ivan) == [
        "«Эссе»: сдано 24 ноября, 12:00.\n• эссе.pdf, 2 КБ\n"
        "Есть ещё файлы? Присылайте следом. Чтобы забрать работу, напишите «забрать» или удалите своё сообщение."
    ]
    (edited,) = await class_.hands_in(ivan, "стр2.jpg", JPG)
    assert edited.startswith("* «Эссе»: сдано 24 ноября, 12:00.\n• эссе.pdf, 2 КБ\n• стр2.jpg, 3 КБ\n")
