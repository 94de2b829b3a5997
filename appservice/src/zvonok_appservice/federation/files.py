"""Files that are there whole or not at all (written beside, then renamed), for one program at a
time."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PRIVATE = 0o600
PUBLIC = 0o644


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other program works in this folder, and keep the others waiting."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


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
    """Remove a folder of plain files; none is fine."""
    if not path.is_dir():
        return
    for file in path.iterdir():
        file.unlink()
    path.rmdir()
