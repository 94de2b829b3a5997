"""What lies where in the archive, how it is split, and how it is written."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from zvonok_botkit.fakes import FakeChat
from zvonok_botkit.program import catalogs_of
from zvonok_botkit.sheets import to_xlsx
from zvonok_core.clock import ManualClock
from zvonok_core.errors import PermanentError, TemporaryError
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_core.people import Person
from zvonok_file_collector.archive import Entry, class_folder, contents, layout, volumes
from zvonok_file_collector.bot import bot
from zvonok_file_collector.collection import Collection, Group, Purpose, Whom
from zvonok_file_collector.duties import Duty
from zvonok_file_collector.formats import Format
from zvonok_file_collector.packing import pack
from zvonok_file_collector.register import Row, rows
from zvonok_file_collector.states import FileRef, Part, State, Work
from zvonok_file_collector.voice import Voice

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
CATALOGS = catalogs_of([bot])
VOICE = Voice(lambda words: CATALOGS.say(words, "ru"), "ru", MOSCOW, NOW)
SENT = int(datetime(2026, 12, 1, 14, 59, tzinfo=UTC).timestamp() * 1000)
HELD = Collection(
    number=1,
    room=RoomId("!r"),
    class_=None,
    author=UserId("@t:s"),
    purpose=Purpose.HAND_IN,
    title="Эссе",
    whom=Whom(Group.STUDENTS),
    begun=NOW,
    deadline=datetime(2026, 12, 1, 15, 0, tzinfo=UTC),
)


def file(name: str, first: int = 1, last: int | None = None, size: int = 1000) -> Part:
    reference = FileRef(f"mxc://s/{name}-{first}", name, size, Format.PDF)
    return Part(EventId(f"${name}-{first}"), UserId("@x:s"), SENT, reference, first, last)


def register(*people: tuple[str, Work]) -> tuple[Row, ...]:
    duties = [
        Duty(Person(UserId(f"@{n}:s"), f"{name}, ученик"), (UserId(f"@{n}:s"),), (UserId(f"@{n}:s"),))
        for n, (name, _) in enumerate(people)
    ]
    return rows(
        HELD, duties, {duty.subject.user: work for duty, (_, work) in zip(duties, people, strict=True)}
    )


def work(*parts: Part, version: int = 1) -> Work:
    return Work(State.HANDED_IN, version, parts=parts)


def paths(*people: tuple[str, Work]) -> list[str]:
    return [entry.path for entry in layout(register(*people), "7А", VOICE)]


# ---------------------------------------------------------------- where things lie


def test_each_has_a_folder_and_files_keep_their_names() -> None:
    assert paths(
        ("Белова Анна Олеговна", work(file("эссе.docx"), file("стр1.jpg"))),
        ("Ким", Work()),
        ("Петров Иван Сергеевич", work(file("эссе.docx"))),
    ) == ["7А/Белова Анна/эссе.docx", "7А/Белова Анна/стр1.jpg", "7А/Петров Иван/эссе.docx"]


def test_the_same_name_twice_is_told_apart() -> None:
    assert paths(
        ("Петров Иван Сергеевич", work(file("image.jpg"), file("IMAGE.jpg"))),
        ("Петров Иван Олегович", work(file("эссе.docx"))),
        ("Ким Анна", work(file("a"))),
        ("Ким Анна", work(file("a"))),
    ) == [
        "7А/Петров Иван Сергеевич/image.jpg",
        "7А/Петров Иван Сергеевич/IMAGE (2).jpg",
        "7А/Петров Иван Олегович/эссе.docx",
        "7А/Ким Анна/a",
        "7А/Ким Анна (2)/a",
    ]


def test_what_was_replaced_lies_below() -> None:
    three = work(file("a.pdf", 1, 1), file("b.pdf", 2, 2), file("c.pdf", 3), version=3)
    assert sorted(paths(("Петров Иван", three))) == [
        "7А/Петров Иван/c.pdf",
        "7А/Петров Иван/Прежние версии/1/a.pdf",
        "7А/Петров Иван/Прежние версии/2/b.pdf",
    ]


def test_hostile_names_stay_in_their_folders() -> None:
    (path,) = paths(("../Петров /Иван", work(file("..\\..\\con\u202e.exe"))))
    assert path == "7А/_Петров _Иван/_.._con.exe"
    assert class_folder("7А. Литература", "Сбор") == "7А"
    assert class_folder("7А+7Б. Немецкий язык", "Сбор") == "7А+7Б"
    assert class_folder("Учительская", "Сбор") == "Учительская"
    assert class_folder("", "Сбор") == "Сбор"
    (unnamed,) = paths(("", work(file(""))))
    assert unnamed == "7А/без имени/файл.pdf"


@given(
    st.lists(st.tuples(st.text(max_size=30), st.lists(st.text(max_size=300), max_size=3)), max_size=6),
    st.text(max_size=200),
)
def test_any_names_make_an_archive_that_every_system_unpacks(
    people: list[tuple[str, list[str]]], room: str
) -> None:
    found = layout(
        register(*((name, work(*(file(one) for one in files))) for name, files in people)),
        class_folder(room, "Сбор"),
        VOICE,
    )
    assert len({entry.path.casefold() for entry in found}) == len(found) == sum(len(f) for _, f in people)
    for entry in found:
        parts = entry.path.split("/")
        assert len(parts) == 3 and all(part not in ("", ".", "..") for part in parts)
        assert len(entry.path) <= 255
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for entry in found:
            archive.writestr(entry.path, b"")
    assert zipfile.ZipFile(out).namelist() == [entry.path for entry in found]


# ---------------------------------------------------------------- how it is split


@given(st.lists(st.integers(0, 5000), max_size=30), st.integers(300, 6000))
def test_each_archive_is_within_the_limit_and_nothing_is_left_out(sizes: list[int], limit: int) -> None:
    entries = [
        Entry(f"7А/{number}.pdf", register(("Ким", Work()))[0], part, part.file, 1)
        for number, size in enumerate(sizes)
        if (part := file(str(number), size=size)).file
    ]
    packed, too_large = volumes(entries, limit)
    assert all(sum(entry.size for entry in volume) <= limit and volume for volume in packed)
    assert (
        sorted((e for v in packed for e in v), key=entries.index) + too_large
        == [e for e in entries if e not in too_large] + too_large
    )
    assert [e for v in packed for e in v] == [e for e in entries if e not in too_large]
    assert all(entry.size > limit for entry in too_large)
    for before, behind in itertools.pairwise(packed):
        assert sum(entry.size for entry in before) + behind[0].size > limit, "none is begun too early"


# ---------------------------------------------------------------- its table of contents


def test_the_table_says_who_has_sent_what_and_what_is_gone() -> None:
    listed = register(
        ("Белова Анна Олеговна", work(file("a.pdf", 1, 1), file("=b.pdf", 2), version=2)),
        ("Петров Иван Сергеевич", Work(State.RETURNED, 1, 1, "Нет вывода", (file("c.pdf"),))),
        ("Ёлкина Зоя", Work()),
    )
    entries = layout(listed, "7А", VOICE)
    gone, packed = {entries[0].path}, [[entries[0]], [entries[1]]]
    book = load_workbook(io.BytesIO(to_xlsx(contents(HELD, listed, packed, gone, entries[2:], VOICE))))
    people, files = book["Люди"], book["Файлы"]
    assert [[cell.value for cell in row] for row in people.iter_rows(min_row=2)] == [
        [1, "Белова Анна Олеговна", "сдано", "1 декабря, 17:59", 1, None, None],
        [2, "Петров Иван Сергеевич", "на доработке", "1 декабря, 17:59", 1, None, "Нет вывода"],
        [3, "Ёлкина Зоя", "не сдано", None, 0, None, None],
    ]
    table = [[cell.value for cell in row][1:] for row in files.iter_rows(min_row=2)]
    assert table == [
        [
            "7А/Белова Анна/Прежние версии/1/a.pdf",
            "1 декабря, 17:59",
            1000,
            1,
            None,
            "на сервере этого файла больше нет",
        ],
        ["7А/Белова Анна/=b.pdf", "1 декабря, 17:59", 1000, 2, 2, None],
        ["7А/Петров Иван/c.pdf", "1 декабря, 17:59", 1000, 1, None, "слишком велик для архива"],
    ]


# ---------------------------------------------------------------- how it is written


@dataclass
class Broken(FakeChat):
    """A store that breaks off: after so many pieces, so often, with this error."""

    after: int = 1
    left: int = 0
    error: Exception = field(default_factory=lambda: TemporaryError("broken off"))

    async def stream(self, address: str) -> AsyncIterator[bytes]:
        for number, start in enumerate(range(0, len(self.files[address]), 65_536)):
            if number == self.after and self.left:
                self.left -= 1
                raise self.error
            yield self.files[address][start : start + 65_536]


async def nothing() -> None:
    return None


async def packed(media: FakeChat, folder: Path, *entries: Entry) -> tuple[zipfile.ZipFile, set[str]]:
    path = folder / "x.zip"
    gone = await pack(media, path, entries, [("7А/Содержание.xlsx", b"table")], MOSCOW, nothing)
    return zipfile.ZipFile(path), gone


def entries_of(media: FakeChat, **data: bytes) -> list[Entry]:
    listed = register(("Петров Иван", work(*(file(f"{name}.pdf", size=len(d)) for name, d in data.items()))))
    for name, one in data.items():
        media.files[f"mxc://s/{name}.pdf-1"] = one
    return layout(listed, "7А", VOICE)


async def test_an_archive_holds_what_was_sent_in_utf_8_and_stored(tmp_path: Path) -> None:
    media, data = FakeChat(ManualClock(NOW)), bytes(range(256)) * 10_000
    archive, gone = await packed(media, tmp_path, *entries_of(media, большой=data, пустой=b""))
    assert not gone and archive.testzip() is None
    assert archive.namelist() == [
        "7А/Содержание.xlsx",
        "7А/Петров Иван/большой.pdf",
        "7А/Петров Иван/пустой.pdf",
    ]
    info = archive.getinfo("7А/Петров Иван/большой.pdf")
    assert archive.read(info) == data and info.compress_type == zipfile.ZIP_STORED
    assert info.flag_bits & 0x800, "names are marked as UTF-8"
    assert info.extract_version == 45, "it may be larger than 4 GB"
    assert info.date_time[:5] == (2026, 12, 1, 17, 59), "the school's time"


async def test_a_file_that_has_vanished_is_left_out_and_the_rest_goes_on(tmp_path: Path) -> None:
    media = FakeChat(ManualClock(NOW))
    entries = entries_of(media, a=b"aaa", b=b"bbb", c=b"ccc")
    del media.files["mxc://s/b.pdf-1"]
    archive, gone = await packed(media, tmp_path, *entries)
    assert gone == {"7А/Петров Иван/b.pdf"}
    assert [archive.read(name) for name in archive.namelist()[1:]] == [b"aaa", b"ccc"]


async def test_a_file_that_breaks_off_is_read_on_where_it_was(tmp_path: Path) -> None:
    data = bytes(range(256)) * 3000
    media = Broken(ManualClock(NOW), after=5, left=2)
    archive, gone = await packed(media, tmp_path, *entries_of(media, a=data))
    assert not gone and archive.read("7А/Петров Иван/a.pdf") == data


@pytest.mark.parametrize("error", [TemporaryError("away"), PermanentError("gone", "M_NOT_FOUND")])
async def test_a_file_that_never_comes_whole_begins_all_of_it_anew(tmp_path: Path, error: Exception) -> None:
    media = Broken(ManualClock(NOW), after=1, left=9, error=error)
    with pytest.raises(TemporaryError):
        await packed(media, tmp_path, *entries_of(media, a=b"x" * 200_000))


async def test_an_archive_is_as_large_as_was_reckoned(tmp_path: Path) -> None:
    media = FakeChat(ManualClock(NOW))
    entries = entries_of(media, **{f"ы{number}": b"x" * number for number in range(50)})
    path = tmp_path / "x.zip"
    await pack(media, path, entries, [], MOSCOW, nothing)
    assert path.stat().st_size <= sum(entry.size for entry in entries)
