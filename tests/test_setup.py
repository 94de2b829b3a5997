"""What is missing on a new machine gets a sentence that says what to do, before anything is made."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SETUP = Path(__file__).parents[1] / "scripts" / "setup"


def stub(folder: Path, name: str, script: str) -> Path:
    """A program of this name that does what `script` says."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def complaint(folder: Path, python: str) -> str:
    """What setup says before it gives up; `folder` stands before all others in PATH."""
    environment = {**os.environ, "PYTHON": python, "PATH": f"{folder}:{os.environ['PATH']}"}
    ended = subprocess.run([SETUP], env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1, ended
    return ended.stderr


def test_no_python_at_all(tmp_path: Path) -> None:
    assert "install it (on Debian: apt install python3" in complaint(tmp_path, "no-such-python")


def test_an_old_python_is_named_with_its_version(tmp_path: Path) -> None:
    old = stub(tmp_path, "python-old", 'case "$1" in -V) echo Python 3.9.2;; *) exit 1;; esac')
    assert "Python 3.11 or newer is needed" in complaint(tmp_path, str(old))
    assert "Python 3.9.2" in complaint(tmp_path, str(old))


def test_a_python_without_venv(tmp_path: Path) -> None:
    bare = stub(tmp_path, "python-bare", 'case "$2" in *version_info*) exit 0;; *) exit 1;; esac')
    assert "install it (on Debian: apt install python3-venv)" in complaint(tmp_path, str(bare))


@pytest.mark.parametrize("kilobytes", [0, 900_000])
def test_a_full_disk(tmp_path: Path, kilobytes: int) -> None:
    stub(tmp_path, "df", f"printf 'h h h h\\nd 1 1 {kilobytes} 1 /\\n'")
    said = complaint(tmp_path, "python3")
    assert f"{kilobytes // 1024} MB are free: make room" in said
