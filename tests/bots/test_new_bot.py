"""`scripts/new-bot` makes a bot that is all that a bot must be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAME, PACKAGE = "lost-and-found", "zvonok_lost_and_found"


def copy_of_the_repository(folder: Path) -> Path:
    """As much of it as the script needs; nothing is installed from there."""
    for part in ("scripts/new-bot", "scripts/catalogs", "botkit/src/zvonok_botkit/locale"):
        target = folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / part).is_dir() else shutil.copy)(ROOT / part, target)
    setup = folder / "scripts" / "setup"
    setup.write_text("#!/bin/sh\n", encoding="utf-8")
    setup.chmod(0o755)
    return folder


def new_bot(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [folder / "scripts" / "new-bot", name], capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.timeout(600)
def test_a_new_bot_is_all_that_a_bot_must_be(tmp_path: Path) -> None:
    made = new_bot(copy_of_the_repository(tmp_path), NAME)
    assert made.returncode == 0, made.stderr
    subprocess.run([sys.executable, tmp_path / "scripts" / "catalogs", "check"], timeout=60, check=True)

    source = tmp_path / "bots" / NAME / "src"
    record = source / f"{PACKAGE}-0.1.0.dist-info"  # as pip would write it
    record.mkdir()
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: zvonok-{NAME}\nVersion: 0.1.0\n")
    (record / "entry_points.txt").write_text(f"[zvonok.bots]\n{NAME} = {PACKAGE}.bot:bot\n")
    tests = [ROOT / "tests" / "bots" / "test_every_bot.py", "-k", NAME]
    own = tmp_path / "tests" / "bots" / "lost_and_found" / "test_conversations.py"
    shutil.copy(own, tmp_path / "test_own.py")
    for what in (tests, [tmp_path / "test_own.py", "-c", ROOT / "pyproject.toml", "-p", "conftest"]):
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--rootdir", ROOT, *what],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(source), str(ROOT / "tests")])},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout
        assert " passed" in ran.stdout, ran.stdout


def test_a_name_that_can_not_be_one_and_a_bot_that_is_there(tmp_path: Path) -> None:
    folder = copy_of_the_repository(tmp_path)
    for name in ("", "Опросы", "Polls", "a_b", "-x", "../x", "x y"):
        assert "Usage" in new_bot(folder, name).stderr
    assert new_bot(folder, "polls").returncode == 0
    assert "already" in new_bot(folder, "polls").stderr
