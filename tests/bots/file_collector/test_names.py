"""Names of files and folders, however hostile they are."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zvonok_file_collector.names import LONGEST, LONGEST_SHOWN, apart, brief, safe, shown, split, with_ending


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("эссе.docx", "эссе.docx"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..\\..\\windows\\win.ini", "_.._windows_win.ini"),
        ("C:\\Users\\x.txt", "C__Users_x.txt"),
        ("/", "файл"),
        ("", "файл"),
        ("   ", "файл"),
        ("..", "файл"),
        (".htaccess", "htaccess"),
        ("con", "_con"),
        ("CON.txt", "_CON.txt"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("COM1", "_COM1"),
        ("lpt¹.docx", "_lpt¹.docx"),
        ("CONIN$", "_CONIN$"),
        ("console.txt", "console.txt"),
        ("com10.txt", "com10.txt"),
        ("работа. ", "работа"),
        ("работа...", "работа"),
        ("a\nb\tc.txt", "a b c.txt"),
        ("фото\u202egpj.exe", "фотоgpj.exe"),
        ("\u2066x\u2069\u200f.pdf", "x.pdf"),
        ("a\0b\x1b[31m.txt", "ab[31m.txt"),
        ('<"|?*>.txt', "______.txt"),
        ("Е\u0308лка.jpg", "Ёлка.jpg"),
        ("👩‍👧 семья.jpg", "👩👧 семья.jpg"),
        ("\ud800.txt", "txt"),
    ],
)
def test_a_name_is_made_good_for_every_system(name: str, made: str) -> None:
    assert safe(name, "файл") == made


@pytest.mark.parametrize("letter", ["a", "ы", "語", "👩"])
def test_three_hundred_letters_are_cut_and_the_ending_stays(letter: str) -> None:
    made = safe(letter * 300 + ".docx", "файл")
    assert made.endswith(".docx") and len(made.encode()) <= LONGEST
    assert made.removesuffix(".docx") == letter * len(made.removesuffix(".docx"))


def good(name: str) -> bool:
    """What holds for one component on Linux, macOS and Windows alike."""
    return (
        bool(name)
        and len(name.encode()) <= LONGEST
        and not set(name) & set('/\\:*?"<>|')
        and name == name.strip()
        and not name.startswith(".")
        and not name.endswith(".")
        and all(unicodedata.category(letter) not in ("Cc", "Cf", "Cs") for letter in name)
        and unicodedata.normalize("NFC", name) == name
        and name.partition(".")[0].strip().upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT9"}
    )


ANY = st.text(st.characters(), max_size=400)
NASTY = st.lists(
    st.sampled_from(
        [
            "con",
            ".",
            " ",
            "/",
            "\\",
            "..",
            "aux",
            "\u202e",
            "\u0308",
            "é",
            "й",
            "é",
            ".txt",
            "nul",
            "\n",
            "_",
            "x" * 90,
        ]
    ),
    max_size=30,
).map("".join)


@given(ANY | NASTY)
@example("con .txt")
@example(" .con")
@example("aux" + "\u0308")
def test_any_name_becomes_one_that_is_good_everywhere(name: str) -> None:
    made = safe(name, "файл")
    assert good(made), made
    assert safe(made, "файл") == made
    assert good(safe(name, "файл", 20)) and len(safe(name, "файл", 20).encode()) <= 20


@given(st.lists(ANY | NASTY, max_size=12))
@example(["x (2)", "x", "X", "x"])
@example(["ß", "SS", "ss"])
@example(["y" * 118 + "я"] * 12)
def test_names_in_one_folder_are_apart_on_systems_that_know_no_capitals(names: list[str]) -> None:
    made = apart(safe(name, "файл") for name in names)
    assert len(made) == len(names)
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in made}) == len(made)
    assert all(good(name) for name in made)


def test_the_same_name_twice_gets_a_number_before_its_ending() -> None:
    assert apart(["image.jpg", "Image.JPG", "image.jpg"]) == ["image.jpg", "Image (2).JPG", "image (3).jpg"]
    assert apart(["image (2).jpg", "image.jpg", "image.jpg"]) == [
        "image (2).jpg",
        "image.jpg",
        "image (3).jpg",
    ]


def test_people_are_called_by_two_words_unless_that_is_the_same_for_several() -> None:
    names = ["Петров Иван Сергеевич", "Петров Иван Олегович", "Белова Анна Петровна", "Ким"]
    assert brief(names) == ["Петров Иван Сергеевич", "Петров Иван Олегович", "Белова Анна", "Ким"]


def test_a_name_in_a_message_is_short_and_reads_from_left_to_right() -> None:
    assert shown("эссе.docx") == "эссе.docx"
    assert shown("a\u202etxt.exe\n") == "atxt.exe"
    long = shown("ы" * 300 + ".docx")
    assert len(long) == LONGEST_SHOWN and long.endswith("…docx") is False and long.endswith("….docx")


def test_endings_are_added_where_there_is_none() -> None:
    assert with_ending("Голосовое сообщение", "ogg") == "Голосовое сообщение.ogg"
    assert with_ending("эссе.docx", "zip") == "эссе.docx"
    assert with_ending("12.11 эссе", "pdf") == "12.11 эссе.pdf"
    assert with_ending("", "jpg") == ""
    assert split("архив.tar.gz") == ("архив.tar", ".gz")
    assert split(".bashrc") == (".bashrc", "")
