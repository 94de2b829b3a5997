"""What a file is, by how it begins: its name and type are only what the sender claims. Pure.

There is a table of our own because the first 4 KiB are all that is at hand: libraries that
tell a docx from an xlsx want the whole file.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from enum import StrEnum

from zvonok_core.people import plain
from zvonok_core.text import Text, text


class Format(StrEnum):
    """A format; its value is the usual ending of a name."""

    PDF = "pdf"
    DOCX = "docx"
    DOC = "doc"
    ODT = "odt"
    RTF = "rtf"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    PPTX = "pptx"
    PPT = "ppt"
    ODP = "odp"
    TXT = "txt"
    JPEG = "jpg"
    PNG = "png"
    HEIC = "heic"
    WEBP = "webp"
    GIF = "gif"
    BMP = "bmp"
    TIFF = "tiff"
    MP3 = "mp3"
    M4A = "m4a"
    WAV = "wav"
    FLAC = "flac"
    AMR = "amr"
    AAC = "aac"
    OGG = "ogg"
    MP4 = "mp4"
    MOV = "mov"
    WEBM = "webm"
    THREE_GP = "3gp"
    AVI = "avi"
    ZIP = "zip"
    RAR = "rar"
    SEVEN_ZIP = "7z"
    PROGRAM = "exe"
    OTHER = ""


F = Format
EITHER = frozenset({F.OGG, F.MP4, F.WEBM, F.THREE_GP})
"""Formats that hold sound or video; which of the two stands further inside."""


class Kind(StrEnum):
    """What a teacher may ask for."""

    PDF = "pdf"
    DOCX = "docx"
    WORD = "word"
    TABLE = "table"
    SLIDES = "slides"
    TEXT = "text"
    PHOTO = "photo"
    JPEG = "jpeg"
    PNG = "png"
    AUDIO = "audio"
    VIDEO = "video"
    ARCHIVE = "archive"


FORMATS: dict[Kind, frozenset[Format]] = {
    Kind.PDF: frozenset({F.PDF}),
    Kind.DOCX: frozenset({F.DOCX}),
    Kind.WORD: frozenset({F.DOCX, F.DOC, F.ODT, F.RTF}),
    Kind.TABLE: frozenset({F.XLSX, F.XLS, F.ODS}),
    Kind.SLIDES: frozenset({F.PPTX, F.PPT, F.ODP}),
    Kind.TEXT: frozenset({F.TXT}),
    Kind.PHOTO: frozenset({F.JPEG, F.PNG, F.HEIC, F.WEBP, F.GIF, F.BMP, F.TIFF}),
    Kind.JPEG: frozenset({F.JPEG}),
    Kind.PNG: frozenset({F.PNG}),
    Kind.AUDIO: frozenset({F.MP3, F.M4A, F.WAV, F.FLAC, F.AMR, F.AAC}) | EITHER,
    Kind.VIDEO: frozenset({F.MOV, F.AVI}) | EITHER,
    Kind.ARCHIVE: frozenset({F.ZIP, F.RAR, F.SEVEN_ZIP}),
}
NAMES: dict[Kind, Text | str] = {
    Kind.PDF: "PDF",
    Kind.DOCX: "Word (docx)",
    Kind.WORD: "Word",
    Kind.TABLE: text("spreadsheets"),
    Kind.SLIDES: text("presentations"),
    Kind.TEXT: text("text files (txt)"),
    Kind.PHOTO: text("photos"),
    Kind.JPEG: "JPG",
    Kind.PNG: "PNG",
    Kind.AUDIO: text("audio"),
    Kind.VIDEO: text("video"),
    Kind.ARCHIVE: text("archives (zip)"),
}
_WORDS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (r"pdf|пдф", (Kind.PDF,)),
    (r"docx", (Kind.DOCX,)),
    (r"docs?|odt|rtf|word|ворд\w*", (Kind.WORD,)),
    (r"документ\w*|documents?", (Kind.WORD, Kind.PDF)),
    (r"xlsx?|ods|excel|эксель|экселя|таблиц\w*|spreadsheets?", (Kind.TABLE,)),
    (r"pptx?|odp|powerpoint|презентаци\w*|слайд\w*|presentations?|slides?", (Kind.SLIDES,)),
    (r"txt|текст\w*|text", (Kind.TEXT,)),
    (r"скан\w*|scans?", (Kind.PHOTO, Kind.PDF)),
    (
        r"фот\w*|картин\w*|изображени\w*|рисун\w*|снимк\w*|photos?|pictures?|images?|drawings?",
        (Kind.PHOTO,),
    ),
    (r"jpe?g", (Kind.JPEG,)),
    (r"png", (Kind.PNG,)),
    (r"аудио\w*|звук\w*|голос\w*|mp3|ogg|audio|sound|voice", (Kind.AUDIO,)),
    (r"видео\w*|ролик\w*|mp4|video", (Kind.VIDEO,)),
    (r"архив\w*|zip|rar|archives?", (Kind.ARCHIVE,)),
)
_SIGNATURES: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", F.JPEG),
    (b"\x89PNG\r\n\x1a\n", F.PNG),
    (b"GIF8", F.GIF),
    (b"BM", F.BMP),
    (b"II*\x00", F.TIFF),
    (b"MM\x00*", F.TIFF),
    (b"{\\rtf", F.RTF),
    (b"OggS", F.OGG),
    (b"\x1a\x45\xdf\xa3", F.WEBM),
    (b"fLaC", F.FLAC),
    (b"#!AMR", F.AMR),
    (b"ID3", F.MP3),
    (b"\xff\xf1", F.AAC),
    (b"\xff\xf9", F.AAC),
    (b"\xff\xfb", F.MP3),
    (b"\xff\xfa", F.MP3),
    (b"\xff\xf3", F.MP3),
    (b"\xff\xf2", F.MP3),
    (b"Rar!\x1a\x07", F.RAR),
    (b"7z\xbc\xaf\x27\x1c", F.SEVEN_ZIP),
    (b"MZ", F.PROGRAM),
    (b"\x7fELF", F.PROGRAM),
    (b"\xcf\xfa\xed\xfe", F.PROGRAM),
    (b"\xca\xfe\xba\xbe", F.PROGRAM),
)
_RIFF = {b"WEBP": F.WEBP, b"WAVE": F.WAV, b"AVI ": F.AVI}
_HEIF = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"}
_OPEN_DOCUMENT = {b"text": F.ODT, b"spreadsheet": F.ODS, b"presentation": F.ODP}
_OFFICE_FOLDERS = {b"word/": F.DOCX, b"xl/": F.XLSX, b"ppt/": F.PPTX}
_OFFICE_TYPES = {b"wordprocessingml": F.DOCX, b"spreadsheetml": F.XLSX, b"presentationml": F.PPTX}
_OFFICE_BEGINS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_kinds(words: str) -> tuple[tuple[Kind, ...], str]:
    """The kinds that «pdf, ворд и фото» names, each once, and the first word that is none;
    no kinds at all where any will do."""
    found: list[Kind] = []
    for word in re.findall(r"[^\s,;/+.()«»\"“”]+", plain(words)):
        if word in ("и", "или", "and", "or", "файл", "файлы", "файла", "files", "file"):
            continue
        if re.fullmatch(r"люб\w+|все|any|all", word):
            return (), ""
        kinds = next((kinds for pattern, kinds in _WORDS if re.fullmatch(pattern, word)), None)
        if kinds is None:
            return (), word
        found += [kind for kind in kinds if kind not in found]
    return tuple(found), ""


def fits(format: Format, kinds: Iterable[Kind], *, sound: bool) -> bool:
    """Whether a file is of one of the kinds; of any, where there are none. `sound` is whether
    the sender says that it is to be heard, for formats that hold sound or video."""
    if format is Format.PROGRAM:
        return False
    wanted = tuple(kinds)
    if format in EITHER:
        wanted = tuple(kind for kind in wanted if kind is not (Kind.VIDEO if sound else Kind.AUDIO))
        if not wanted and tuple(kinds):
            return False
    return not wanted or any(format in FORMATS[kind] for kind in wanted)


def named(format: Format, *, sound: bool = False) -> Text:
    """What a file is, in words: «фото (jpg)»."""
    if format is Format.PROGRAM:
        return text("a program")
    for kind, what in _FAMILIES:
        if format in FORMATS[kind] and not (format in EITHER and sound and kind is Kind.VIDEO):
            return text("{what} ({ending})", what=what, ending=format.value)
    return text("a file of a kind that I don't know")


_FAMILIES: tuple[tuple[Kind, Text], ...] = (
    (Kind.PDF, text("a document")),
    (Kind.WORD, text("a document")),
    (Kind.TABLE, text("a spreadsheet")),
    (Kind.SLIDES, text("a presentation")),
    (Kind.TEXT, text("a text")),
    (Kind.PHOTO, text("a picture")),
    (Kind.VIDEO, text("a video")),
    (Kind.AUDIO, text("a recording")),
    (Kind.ARCHIVE, text("an archive")),
)


def is_media(format: Format) -> bool:
    """Whether it is a picture or a recording: those have names that nobody has chosen."""
    return any(format in FORMATS[kind] for kind in (Kind.PHOTO, Kind.AUDIO, Kind.VIDEO))


def detect(begins: bytes, name: str) -> Format:
    """The format of a file that begins so. Its name tells apart only what begins alike."""
    ending = name.rpartition(".")[2].casefold()
    if b"%PDF-" in begins[:1024]:
        return F.PDF
    if begins.startswith(b"PK\x03\x04"):
        return _zipped(begins, ending)
    if begins.startswith(_OLD_OFFICE):
        return {"xls": F.XLS, "ppt": F.PPT}.get(ending, F.DOC)
    if begins[:4] == b"RIFF":
        return _RIFF.get(begins[8:12], F.OTHER)
    if begins[4:8] == b"ftyp":
        return _iso_media(begins[8:12])
    for signature, format in _SIGNATURES:  # noqa: A001 - the word for it
        if begins.startswith(signature):
            return format
    return F.TXT if _is_text(begins) else F.OTHER


def _iso_media(brand: bytes) -> Format:
    if brand in _HEIF:
        return F.HEIC
    if brand == b"qt  ":
        return F.MOV
    if brand in (b"M4A ", b"M4B "):
        return F.M4A
    return F.THREE_GP if brand.startswith(b"3g") else F.MP4


def _zipped(begins: bytes, ending: str) -> Format:
    """Which of those that are zip archives inside: the first entries tell."""
    office, at = False, 0
    while begins[at : at + 4] == b"PK\x03\x04" and len(begins) >= at + 30:
        size = int.from_bytes(begins[at + 18 : at + 22], "little")
        length = int.from_bytes(begins[at + 26 : at + 28], "little")
        extra = int.from_bytes(begins[at + 28 : at + 30], "little")
        name = begins[at + 30 : at + 30 + length]
        data = begins[at + 30 + length + extra :]
        for folder, format in _OFFICE_FOLDERS.items():  # noqa: A001
            if name.startswith(folder):
                return format
        if name == b"mimetype" and (
            found := re.match(rb"application/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)", data)
        ):
            return _OPEN_DOCUMENT[found[1]]
        office = office or name.startswith(_OFFICE_BEGINS)
        if name == b"[Content_Types].xml":
            inside = _inflated(data) if begins[at + 8] else data
            for mark, format in _OFFICE_TYPES.items():  # noqa: A001
                if mark in inside:
                    return format
        if not size:  # it stands behind the data, and so does the next entry
            break
        at += 30 + length + extra + size
    return F(ending) if office and ending in ("docx", "xlsx", "pptx") else F.ZIP


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, 65_536)
    except zlib.error:
        return b""


def _is_text(begins: bytes) -> bool:
    if not begins:
        return False
    if begins.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in begins):
        return False
    try:
        begins[: len(begins) - 3].decode("utf-8")  # the last letter may be cut through
    except UnicodeDecodeError:
        return begins.decode("cp1251", "replace").count("\ufffd") == 0
    return True
