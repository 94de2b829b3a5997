"""Teachers' lists, as the programs that teachers have write them."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from zvonok_core.text import SOURCE_LANGUAGE, Catalogs
from zvonok_word_of_the_day.tables import LARGEST, MOST_WORDS, read_table

APPLE = {"word": "apple", "translation": "яблоко"}
PEAR = {"word": "pear", "meaning": "a fruit; sweet", "example": "I like pears, really."}


def faults(name: str, content: bytes) -> list[str]:
    """What is said of a table, in English."""
    return [Catalogs({}).say(fault, SOURCE_LANGUAGE) for fault in read_table(name, content)[1]]


def xlsx(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    assert book.active
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_of_any_habit_is_read(encoding: str, delimiter: str, end: str) -> None:
    table = f"Слово{delimiter}Перевод{end}apple{delimiter}яблоко{end}"
    assert read_table("слова.csv", table.encode(encoding)) == ([APPLE], [])


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("word;translation\napple;яблоко", [APPLE]),
        ("sep=;\nword;translation\napple;яблоко", [APPLE]),
        ("\n\nword;translation\n\n;\napple;яблоко\n\n", [APPLE]),
        ("№;СЛОВО:;Перевод *;Заметки\n1;apple;яблоко;повторить", [APPLE]),
        ("перевод;слово\nяблоко;apple", [APPLE]),
        ("word;translation;word\napple;яблоко;второе", [APPLE]),
        ("word;translation\n  apple \u200e ;яблоко\u202e", [APPLE]),
        ("word;translation\napple;яблоко;лишнее;ещё", [APPLE]),
        ('word,meaning,example\npear,"a fruit; sweet","I like pears, really."', [PEAR]),
        ('word;meaning;example\npear;"a fruit;\nsweet";"I like pears,\n\nreally."', [PEAR]),
        ("Word\tDefinition\tSentence\npear\ta fruit; sweet\tI like pears, really.", [PEAR]),
        ("слово;часть речи;происхождение;значение\nмир;сущ.;др.-рус.;покой", [
            {"word": "мир", "part": "сущ.", "origin": "др.-рус.", "meaning": "покой"}
        ]),
    ],
)  # fmt: skip
def test_columns_are_found_by_their_headers(table: str, rows: list[dict[str, str]]) -> None:
    assert read_table("words.csv", table.encode()) == (rows, [])


@pytest.mark.parametrize("name", ["слова.xlsx", "слова.csv", "слова"])
def test_a_workbook_is_read_whatever_it_is_called(name: str) -> None:
    assert read_table(name, xlsx(("Слово", "Перевод"), (None, None), ("apple", "яблоко"))) == ([APPLE], [])
    numbers = xlsx(("word", "meaning"), ("seven of nine", 7))
    assert read_table(name, numbers) == ([{"word": "seven of nine", "meaning": "7"}], [])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "words.csv: the table is empty."),
        ("  \n ; ;\n", "words.csv: the table is empty."),
        ("apple;яблоко\npear;груша", "words.csv: the first line must name the columns: word, meaning, example, translation. A word and its meaning or translation are enough."),
        ("перевод;значение\nяблоко;фрукт", "words.csv: the first line must name the columns: word, meaning, example, translation. A word and its meaning or translation are enough."),
        ("слово;перевод\n", "words.csv: there are no words below the header."),
        ("слово;перевод\napple;яблоко\n;груша", "words.csv, line 3: there is no word here."),
        ("слово;перевод\n123;яблоко", "words.csv, line 2: there is no word here."),
        ("слово;перевод\n\napple", "words.csv, line 3: “apple” has neither a meaning nor a translation."),
        ("слово;перевод\napple;яблоко\nApple ;яблочко", "words.csv, line 3: “Apple” stands in line 2 already."),
        ("слово;перевод\nёж;hedgehog\nеж;hedgehog", "words.csv, line 3: “еж” stands in line 2 already."),
        (f"слово;перевод\n{'a' * 61};б", "words.csv, line 2: the word is longer than 60 letters."),
        (f"слово;перевод\na;{'б' * 301}", "words.csv, line 2: what is said of “a” is longer than 300 letters."),
        ('word;meaning\npear;"a\nb"\napple', "words.csv, line 4: “apple” has neither a meaning nor a translation."),
        ("sep=;\nword;meaning\napple", "words.csv, line 3: “apple” has neither a meaning nor a translation."),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_file_and_line(table: str, said: str) -> None:
    assert faults("words.csv", table.encode()) == [said]


def test_of_many_faults_ten_are_said() -> None:
    assert len(faults("w.csv", ("word;meaning\n" + "a\n" * 30).encode())) == 10


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0old", "this is an old Excel file. Please save it as XLSX or CSV."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "this is neither a CSV nor an XLSX table."),
        (b"PK\x03\x04broken", "the workbook is damaged. Please save it again as XLSX or CSV."),
        (xlsx(("word", "meaning"))[:-200], "the workbook is damaged. Please save it again as XLSX or CSV."),
        (b"word;meaning\n" + b"x" * LARGEST, "the file is too large for a list of words."),
        ("word;meaning\n" + "".join(f"w{n};m\n" for n in range(MOST_WORDS + 1)), "there may be 2000 words at most."),
        (xlsx(("word", "meaning"), *((f"w{n}", "m") for n in range(MOST_WORDS + 1))), "there may be 2000 words at most."),
    ],
)  # fmt: skip
def test_what_is_no_table_is_said_kindly(content: bytes | str, said: str) -> None:
    given_ = content.encode() if isinstance(content, str) else content
    assert faults("x.xlsx", given_) == [f"x.xlsx: {said}"]


def test_a_zip_bomb_is_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 70_000_000)
    assert len(out.getvalue()) < LARGEST
    assert faults("bomb.xlsx", out.getvalue()) == ["bomb.xlsx: the file is too large for a list of words."]


def test_a_hostile_name_is_shown_harmless() -> None:
    (said,) = faults("..\n/\u202e" + "я" * 300 + ".csv", b"")
    assert "\n" not in said and "\u202e" not in said and len(said) < 100


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_whatever_a_file_holds_it_is_read_or_named(content: bytes) -> None:
    rows, said = read_table("x.csv", content)
    assert bool(rows) != bool(said)
    read_table("x.xlsx", b"PK\x03\x04" + content)
