"""All files as archives: what the teacher gets, what is gone, what is too large, and kills."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from bots.file_collector.conftest import JPG, PDF, Class
from openpyxl import load_workbook

from zvonok_botkit.chat import Event
from zvonok_botkit.testing import TalkPerson
from zvonok_core.errors import TemporaryError


@pytest.fixture
async def olga(class_: Class) -> TalkPerson:
    """The teacher in her direct chat; two students have handed in."""
    await class_.teacher.says("!сбор «Эссе: мой город» до пятницы 18:00")
    await class_.hands_in(class_.students[0], "эссе.pdf", PDF)
    await class_.hands_in(class_.students[0], "фото.jpg", JPG)
    await class_.hands_in(class_.students[1], "con.pdf", PDF)
    return await class_.alone(class_.teacher)


def archives(class_: Class, since: int = 0) -> list[Event]:
    return [event for event in class_.talk.said[since:] if event.content.get("msgtype") == "m.file"]


def unpacked(class_: Class, event: Event) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(class_.talk.chat.files[event.content["url"]]))


async def test_the_teacher_gets_one_archive_with_a_table(class_: Class, olga: TalkPerson) -> None:
    before = len(class_.sent())
    assert await class_.teacher.says("!выгрузить") == [
        "Архив пришлю в личный чат.",
        "Собираю архив «Эссе: мой город»: 0 из 3 файлов.",
        "* «Эссе: мой город»: в архиве 3 файла.",
        "7А. Эссе_ мой город.zip",
    ]
    assert len(class_.sent()) == before + 1
    (event,) = archives(class_)
    assert event.room == olga.room.id
    archive = unpacked(class_, event)
    assert archive.namelist() == [
        "7А/Содержание.xlsx",
        "7А/Белова Анна/_con.pdf",
        "7А/Петров Иван/эссе.pdf",
        "7А/Петров Иван/фото.jpg",
    ]
    assert archive.read("7А/Петров Иван/фото.jpg") == JPG
    assert event.content["info"] == {
        "mimetype": "application/zip",
        "size": len(class_.talk.chat.files[event.content["url"]]),
    }
    people = load_workbook(io.BytesIO(archive.read("7А/Содержание.xlsx")))["Люди"]
    assert [[row[1].value, row[2].value] for row in people.iter_rows(min_row=2)] == [
        ["Белова Анна Олеговна", "сдано"],
        ["Ёлкина Зоя Петровна", "не сдано"],
        ["Петров Иван Сергеевич", "сдано"],
    ]


async def test_with_a_small_limit_there_are_several(class_: Class, olga: TalkPerson) -> None:
    class_.talk.chat.largest = 30_000 + 400 * 6 + 5700
    said = await olga.says("!выгрузить")
    assert said[-2:] == ["7А. Эссе_ мой город (1 из 2).zip", "7А. Эссе_ мой город (2 из 2).zip"]
    first, second = (unpacked(class_, event) for event in archives(class_))
    assert first.namelist()[1:] == ["7А/Белова Анна/_con.pdf", "7А/Петров Иван/эссе.pdf"]
    assert second.namelist()[1:] == ["7А/Петров Иван/фото.jpg"]
    for archive in (first, second):
        files = load_workbook(io.BytesIO(archive.read("7А/Содержание.xlsx")))["Файлы"]
        assert [row[5].value for row in files.iter_rows(min_row=2)] == [1, 1, 2]


async def test_what_is_gone_and_what_is_too_large_is_said(class_: Class, olga: TalkPerson) -> None:
    zoya = class_.students[2]
    await class_.hands_in(zoya, "видео.mp4", b"\0\0\0\x18ftypmp42" + b"1" * 60_000)
    gone = next(url for url, data in class_.talk.chat.files.items() if data == JPG)
    del class_.talk.chat.files[gone]
    class_.talk.chat.largest = 30_000 + 400 * 7 + 8000
    said = await olga.says("!выгрузить")
    assert said[1] == (
        "* «Эссе: мой город»: в архиве 2 файла.\n"
        "Ещё 1 файла на школьном сервере больше нет; какого — видно в таблице.\n"
        "1 файл слишком велик для архива, его придётся открыть в чате."
    )
    (event,) = archives(class_)
    archive = unpacked(class_, event)
    assert archive.namelist()[1:] == ["7А/Белова Анна/_con.pdf", "7А/Петров Иван/эссе.pdf"]
    files = load_workbook(io.BytesIO(archive.read("7А/Содержание.xlsx")))["Файлы"]
    assert [row[6].value for row in files.iter_rows(min_row=2)] == [
        None,
        None,
        "на сервере этого файла больше нет",
        "слишком велик для архива",
    ]


async def test_with_nothing_handed_in_it_says_so(class_: Class) -> None:
    await class_.teacher.says("!сбор «Эссе» до пятницы")
    assert await class_.teacher.says("!выгрузить") == ["«Эссе»: пока никто ничего не сдал."]


async def test_where_all_are_gone_the_table_comes_all_the_same(class_: Class, olga: TalkPerson) -> None:
    class_.talk.chat.files.clear()
    said = await olga.says("!выгрузить")
    assert said[1].startswith("* «Эссе: мой город»: в архиве 0 файлов.\nЕщё 3 файлов на школьном сервере")
    (event,) = archives(class_)
    assert unpacked(class_, event).namelist() == ["7А/Содержание.xlsx"]


async def test_begun_anew_it_comes_once(
    class_: Class, olga: TalkPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    class_.talk.chat.largest = 30_000 + 400 * 6 + 5700
    chat, upload, calls = class_.talk.chat, class_.talk.chat.upload_file, list[str]()

    async def breaks_off(path: Path, name: str, mimetype: str) -> str:
        calls.append(name)
        if len(calls) == 2:
            raise TemporaryError("away")
        return await upload(path, name, mimetype)

    monkeypatch.setattr(chat, "upload_file", breaks_off)
    assert await olga.says("!выгрузить") == ["Собираю архив «Эссе: мой город»: 0 из 3 файлов."]
    said = await class_.wait(seconds=2)
    assert len(calls) == 4
    assert [line.partition(": ")[2] for line in said] == [
        "* «Эссе: мой город»: в архиве 3 файла.",
        "7А. Эссе_ мой город (1 из 2).zip",
        "7А. Эссе_ мой город (2 из 2).zip",
    ]


async def test_while_it_is_packed_it_is_not_packed_again(class_: Class, olga: TalkPerson) -> None:
    program = class_.talk.program
    class_.talk.chat.add(
        olga.room.id, olga.user, "m.room.message", {"msgtype": "m.text", "body": "!выгрузить"}
    )
    await class_.talk.hear()
    await program.handle_all("file-collector")
    class_.talk.chat.add(
        olga.room.id, olga.user, "m.room.message", {"msgtype": "m.text", "body": "!выгрузить"}
    )
    await class_.talk.hear()
    await program.handle_all("file-collector")
    said = [event.content["body"] for event in await class_.talk.settle()]
    assert "«Эссе: мой город»: архив уже собирается." in said
    assert len(archives(class_)) == 1


async def test_it_says_how_far_it_is_now_and_then(
    class_: Class, olga: TalkPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat, stream = class_.talk.chat, class_.talk.chat.stream

    def slowly(address: str) -> object:
        class_.talk.clock.advance(seconds=4)
        return stream(address)

    monkeypatch.setattr(chat, "stream", slowly)
    said = await olga.says("!выгрузить")
    assert said[:3] == [
        "Собираю архив «Эссе: мой город»: 0 из 3 файлов.",
        "* Собираю архив «Эссе: мой город»: 3 из 3 файлов.",
        "* «Эссе: мой город»: в архиве 3 файла.",
    ]


async def test_earlier_versions_are_in_it_too(class_: Class, olga: TalkPerson) -> None:
    await class_.wait(hours=1)
    await class_.hands_in(class_.students[0], "новое.pdf", PDF)
    await olga.says("!выгрузить")
    assert unpacked(class_, archives(class_)[-1]).namelist()[2:] == [
        "7А/Петров Иван/Прежние версии/1/эссе.pdf",
        "7А/Петров Иван/Прежние версии/1/фото.jpg",
        "7А/Петров Иван/новое.pdf",
    ]
