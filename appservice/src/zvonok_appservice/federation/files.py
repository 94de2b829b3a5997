"""Files that are there whole or not at all (written beside, then renamed), for one program at a
time."""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from zvonok_core.errors import UserError
from zvonok_core.text import Text, text

LARGEST = 5_000_000
"""Bytes of one file: a registry of ten thousand schools."""

PRIVATE = 0o600
PUBLIC = 0o644


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other program works in this folder, and keep the others waiting."""
    folder.mkdir(parents=True, exist_ok=True)
    # Nothing is followed: on somebody's stick this may be a link to a key.
    lock = os.open(folder / ".lock", os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, PUBLIC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def read(path: Path) -> bytes:
    """A file that somebody handed over. Raises UserError where it is none, or endless."""
    try:
        if path.exists() and not path.is_file():
            raise UserError(text("{file} is no file.", file=str(path)))
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise UserError(text("{file} can't be read: {reason}.", file=str(path), reason=why(error))) from error
    if len(content) > LARGEST:
        raise UserError(text("{file} is too large to be part of a registry.", file=str(path)))
    return content


def why(error: OSError) -> Text:
    """What the operating system says, in words."""
    return _REASONS.get(error.errno or 0) or Text("{reason}", {"reason": error.strerror or str(error)})


_REASONS = {
    errno.ENOENT: text("there is no such file or folder"),
    errno.EACCES: text("this user may not do that"),
    errno.EROFS: text("nothing can be written there"),
    errno.ENOSPC: text("the disk is full"),
}


def write(path: Path, content: bytes, mode: int = PUBLIC) -> None:
    """Put `content` in the place of whatever `path` holds. Whoever reads meanwhile reads the
    old or the new content, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(mode)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Put a folder with just these files in the place of `path`. Cut short between its two
    renames it leaves no folder, and the old one beside as `NAME.old`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside, old = path.with_name(f"{path.name}.new"), path.with_name(f"{path.name}.old")
    remove_folder(beside)
    beside.mkdir()
    for name, content in files.items():
        write(beside / name, content)
    remove_folder(old)
    if path.exists():
        path.rename(old)
    beside.rename(path)
    remove_folder(old)


def remove_folder(path: Path) -> None:
    """Remove a folder of plain files; none is fine. Of a link the link alone is removed."""
    if path.is_symlink():
        path.unlink()
    if not path.is_dir():
        return
    for file in path.iterdir():
        file.unlink()
    path.rmdir()
