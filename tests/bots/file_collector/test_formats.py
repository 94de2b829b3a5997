"""What a file really is, and which kinds a teacher has asked for."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import real_files
from support.recordings import film, sound

from zvonok_file_collector.formats import EITHER, FORMATS, Format, Kind, detect, fits, named, read_kinds

F, K = Format, Kind
BEGINNING = 4096


def zipped(*entries: tuple[str, str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "format"),
    [
        (real_files.word_document(), "эссе.docx", F.DOCX),
        (real_files.word_document(), "эссе.zip", F.DOCX),
        (real_files.word_document(), "фото.jpg", F.DOCX),
        (real_files.spreadsheet(), "опыт.xlsx", F.XLSX),
        (real_files.pdf(), "эссе", F.PDF),
        (real_files.photo(), "image.jpg", F.JPEG),
        (real_files.photo("PNG"), "image.jpg", F.PNG),
        (real_files.photo("WEBP"), "", F.WEBP),
        (real_files.photo("GIF", turned=False), "", F.GIF),
        (real_files.photo("TIFF"), "", F.TIFF),
        (real_files.photo("BMP", turned=False), "", F.BMP),
        (sound(1), "Голосовое сообщение.ogg", F.OGG),
        (sound(1, "aac", "ipod"), "запись.m4a", F.M4A),
        (film(1), "опыт.mp4", F.MP4),
    ],
)
def test_real_files_are_known_whatever_they_are_called(data: bytes, name: str, format: Format) -> None:
    assert detect(data[:BEGINNING], name) is format


TYPES = '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{}.main+xml"/></Types>'


@pytest.mark.parametrize(
    ("data", "name", "format"),
    [
        (zipped(("[Content_Types].xml", TYPES.format("presentationml.presentation"))), "x", F.PPTX),
        (
            zipped(
                ("[Content_Types].xml", TYPES.format("spreadsheetml.sheet")),
                compression=zipfile.ZIP_STORED,
            ),
            "x",
            F.XLSX,
        ),
        (zipped(("docProps/app.xml", "<x/>"), ("xl/workbook.xml", "<x/>")), "x", F.XLSX),
        (zipped(("_rels/.rels", "<x/>")), "x.pptx", F.PPTX),
        (zipped(("_rels/.rels", "<x/>")), "x.exe", F.ZIP),
        (
            zipped(("mimetype", "application/vnd.oasis.opendocument.text"), compression=zipfile.ZIP_STORED),
            "x",
            F.ODT,
        ),
        (
            zipped(
                ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
                compression=zipfile.ZIP_STORED,
            ),
            "x",
            F.ODS,
        ),
        (zipped(("эссе.docx", "x")), "x.zip", F.ZIP),
        (zipped(("эссе.docx", "x")), "x.docx", F.ZIP),
        (b"PK\x03\x04", "x.docx", F.ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.doc", F.DOC),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.XLS", F.XLS),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.ppt", F.PPT),
        (b"{\\rtf1", "x", F.RTF),
        (b"junk %PDF-1.4", "x", F.PDF),
        (b"\0\0\0\x18ftypheic", "x", F.HEIC),
        (b"\0\0\0\x18ftypqt  ", "x", F.MOV),
        (b"\0\0\0\x18ftyp3gp4", "x", F.THREE_GP),
        (b"RIFF....WAVE", "x", F.WAV),
        (b"RIFF....AVI ", "x", F.AVI),
        (b"RIFF....????", "x", F.OTHER),
        (b"\x1a\x45\xdf\xa3", "x", F.WEBM),
        (b"ID3\x04", "x", F.MP3),
        (b"\xff\xfb\x90", "x", F.MP3),
        (b"Rar!\x1a\x07\0", "x", F.RAR),
        (b"7z\xbc\xaf\x27\x1c", "x", F.SEVEN_ZIP),
        (b"MZ\x90\0", "фото.jpg", F.PROGRAM),
        (b"\x7fELF", "x", F.PROGRAM),
        ("Жили-были".encode(), "x", F.TXT),
        ("Жили-были".encode("cp1251"), "x.txt", F.TXT),
        ("Жили-были".encode("utf-16"), "x.txt", F.TXT),
        (("ы" * 4000).encode()[:BEGINNING], "x.txt", F.TXT),
        (b"", "x.txt", F.OTHER),
        (b"\0\1\2", "x.txt", F.OTHER),
    ],
)
def test_a_file_is_known_by_how_it_begins(data: bytes, name: str, format: Format) -> None:
    assert detect(data[:BEGINNING], name) is format


@given(st.binary(max_size=300), st.text(max_size=20))
def test_anything_has_a_format(data: bytes, name: str) -> None:
    assert isinstance(detect(data, name), Format)
    assert isinstance(detect(b"PK\x03\x04" + data, name), Format)


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("pdf, docx, фото", (K.PDF, K.DOCX, K.PHOTO)),
        ("ПДФ/Ворд или картинки", (K.PDF, K.WORD, K.PHOTO)),
        ("презентация и таблицы", (K.SLIDES, K.TABLE)),
        ("голосовое, видео", (K.AUDIO, K.VIDEO)),
        ("скан", (K.PHOTO, K.PDF)),
        ("фото, скан", (K.PHOTO, K.PDF)),
        ("файл txt", (K.TEXT,)),
        ("любые", ()),
        ("photos and recordings audio", None),
        ("photo or zip", (K.PHOTO, K.ARCHIVE)),
        ("", ()),
    ],
)
def test_kinds_are_read_as_people_call_them(words: str, kinds: tuple[Kind, ...] | None) -> None:
    if kinds is None:
        assert read_kinds(words) == ((), "recordings")
    else:
        assert read_kinds(words) == (kinds, "")


def test_every_kind_has_formats_and_every_format_a_name() -> None:
    assert set(FORMATS) == set(Kind)
    for one in Format:
        assert str(named(one, sound=False)) and str(named(one, sound=True))
    assert str(named(F.OGG, sound=True)) == "a recording (ogg)"
    assert str(named(F.OGG)) == "a video (ogg)"
    assert str(named(F.JPEG)) == "a picture (jpg)"


def test_what_fits_is_of_one_of_the_kinds() -> None:
    assert fits(F.DOCX, (K.WORD,), sound=False) and fits(F.DOC, (K.WORD,), sound=False)
    assert not fits(F.DOC, (K.DOCX,), sound=False)
    assert fits(F.OTHER, (), sound=False) and not fits(F.OTHER, (K.PDF,), sound=False)
    assert not fits(F.PROGRAM, (), sound=False)


@pytest.mark.parametrize("format", sorted(EITHER))
def test_sound_and_video_in_one_format_are_told_apart_by_what_the_sender_says(format: Format) -> None:
    assert fits(format, (K.AUDIO,), sound=True) and not fits(format, (K.AUDIO,), sound=False)
    assert fits(format, (K.VIDEO,), sound=False) and not fits(format, (K.VIDEO,), sound=True)
    assert fits(format, (), sound=True) and not fits(format, (K.PDF,), sound=True)
