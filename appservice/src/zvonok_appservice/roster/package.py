"""Opens the zip or the folder that a journal comes in, trusting nothing in it.

What a zip's headers claim is not believed: bytes are counted as they come out. Content
that can't be accepted is a fatal finding; only a journal that can't be reached raises.
"""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from zvonok_appservice.roster.findings import Findings
from zvonok_core.errors import TemporaryError
from zvonok_core.text import Text, text

MEBIBYTE = 1 << 20
MOST_BYTES = 1024 * MEBIBYTE
"""Of all files together, unpacked: room for a region of a million people."""
MOST_ENTRIES = 200
MOST_RATIO = 200
"""Tables pack to a tenth or a twentieth; a bomb to a thousandth."""
RATIO_FLOOR = 16 * MEBIBYTE
"""Below so many bytes a high ratio harms nobody."""
_LONGEST_DIRECTORY = MEBIBYTE
_NAMES_ENCODING = "cp866"
"""Of file names that are not marked as UTF-8: what Russian Windows writes."""
_CHUNK = MEBIBYTE // 4

Wanted = Callable[[str], bool]
"""Whether a file of this name is to be read. Others are not even opened."""


class _RefusedError(Exception):
    """The package, or the file named, is not accepted."""

    def __init__(self, sentence: Text, file: str | None = None) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.file = file


def fingerprint(path: Path, wanted: Wanted) -> str:
    """A hash of the zip or single file, or of the names and contents of a folder's wanted
    files. Raises TemporaryError while `path` is out of reach."""
    digest = hashlib.sha256()
    try:
        for file in _files(path, wanted) if path.is_dir() else [path]:
            content = hashlib.sha256()
            with file.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    content.update(chunk)
            digest.update(f"{file.name}\0{content.hexdigest()}\0".encode())
    except OSError as error:
        raise _away(error) from error
    return digest.hexdigest()


def read_package(path: Path, wanted: Wanted, findings: Findings) -> Mapping[str, bytes] | None:
    """The wanted files by name. None, with a fatal finding, where the package is refused.

    Raises TemporaryError while `path` is out of reach.
    """
    try:
        if path.is_dir():
            return _read_folder(path, wanted)
        if path.stat().st_size > MOST_BYTES:
            raise _RefusedError(_too_large())
        return _read_zip(path.read_bytes(), wanted)
    except OSError as error:
        raise _away(error) from error
    except _RefusedError as refused:
        findings.fatal(refused.sentence, path.name, value=refused.file)
        return None


def _away(error: OSError) -> TemporaryError:
    return TemporaryError(f"the journal is out of reach: {error.strerror or type(error).__name__}")


def _too_large() -> Text:
    return text("the files are larger than {n} MB together", n=MOST_BYTES // MEBIBYTE)


# ---------------------------------------------------------------- folders


def _files(folder: Path, wanted: Wanted) -> list[Path]:
    return sorted(
        file for file in folder.iterdir() if wanted(file.name) and (file.is_symlink() or file.is_file())
    )


def _read_folder(folder: Path, wanted: Wanted) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    left = MOST_BYTES
    for file in _files(folder, wanted):
        if file.is_symlink():
            raise _RefusedError(text("a link to another file is not accepted"), file.name)
        left -= file.stat().st_size
        if left < 0:
            raise _RefusedError(_too_large())
        contents[file.name] = file.read_bytes()
    return contents


# ---------------------------------------------------------------- zips


class _Bounded(io.BytesIO):
    """Keeps zipfile from making objects of a directory with millions of entries."""

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        if len(chunk) > _LONGEST_DIRECTORY:
            raise _RefusedError(text("the zip has more files than a journal has"))
        return chunk


def _read_zip(packed: bytes, wanted: Wanted) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(_Bounded(packed), metadata_encoding=_NAMES_ENCODING) as archive:
            entries = _entries(archive)
            contents: dict[str, bytes] = {}
            left = min(MOST_BYTES, max(RATIO_FLOOR, MOST_RATIO * len(packed)))
            for entry in entries:
                if wanted(entry.filename):
                    contents[entry.filename] = content = _unpacked(archive, entry, left)
                    left -= len(content)
            return contents
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,  # a seek to where a broken header points
        OverflowError,
        RuntimeError,  # NotImplementedError is one, and so is whatever concerns passwords
        ValueError,
    ) as error:
        raise _RefusedError(text("the file is not a zip, or is damaged")) from error


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of the zip's root. Raises _RefusedError for whatever doesn't belong in one."""
    listed = archive.infolist()
    if len(listed) > MOST_ENTRIES:
        raise _RefusedError(text("the zip has more files than a journal has"))
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in listed:
        # Of the name as it stands in the zip: zipfile has cut `filename` at a NUL and has
        # put this system's separator in.
        name = entry.orig_filename
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0] or min(name) < " ":
            raise _RefusedError(text("the name leads out of the zip, or is no file's name"), name)
        if parts[0] == "__MACOSX" or entry.is_dir():
            continue
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _RefusedError(text("a link to another file is not accepted"), name)
        if len(parts) > 1:
            raise _RefusedError(text("the files must lie at the root of the zip, not in a folder"), name)
        if name in entries:
            raise _RefusedError(text("the zip has two files of this name"), name)
        entries[name] = entry
    return list(entries.values())


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    if entry.flag_bits & 1:
        raise _RefusedError(text("the file is protected by a password"), entry.filename)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # zipfile unpacks the other kinds without a limit.
        raise _RefusedError(text("the file is packed in an unusual way; use plain zip"), entry.filename)
    chunks: list[bytes] = []
    size = 0
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise _RefusedError(text("the zip unpacks to far more than a journal holds"), entry.filename)
            chunks.append(chunk)
    return b"".join(chunks)
