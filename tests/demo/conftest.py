"""One demo for all tests of it: checked by its own `--exit` first, then started again."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

FIRST_RUN_SECONDS = 240.0
"""Half a minute on an idle machine."""


@dataclass
class DemoProcess:
    """`python -m zvonok_demo` as a child process, and what it printed so far."""

    process: subprocess.Popen[bytes]
    output: Path
    data: Path

    @property
    def printed(self) -> str:
        return self.output.read_text(encoding="utf-8")

    @property
    def ports(self) -> dict[str, int]:
        return dict(json.loads((self.data / "demo.json").read_text(encoding="utf-8"))["ports"])

    @property
    def page(self) -> str:
        return f"http://localhost:{self.ports['page']}"

    def until(self, pattern: str, seconds: float) -> None:
        """Wait until it has printed a match; it must not end before."""
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.printed):
            assert time.monotonic() < deadline, self.printed
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.1)
                raise AssertionError(self.printed)

    def stop(self, number: signal.Signals, seconds: float = 30.0) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def left_behind(self) -> list[str]:
        """Command lines of processes that still have to do with its data."""
        mine = [process for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"]]
        lines = [" ".join(process.info["cmdline"]) for process in mine]
        return [line for line in lines if str(self.data) in line]


def start_demo(data: Path, *options: str) -> DemoProcess:
    """Start one."""
    output = data.with_name(f"{data.name}-{time.monotonic_ns()}.out")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZVONOK_")}
    with output.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "zvonok_demo", "--data", str(data), *options],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**environment, "PYTHONIOENCODING": "utf-8"},
        )
    return DemoProcess(process, output, data)


@pytest.fixture(scope="session")
def checked_demo(tmp_path_factory: pytest.TempPathFactory) -> DemoProcess:
    """A first run of `--exit`, at its end."""
    demo = start_demo(tmp_path_factory.mktemp("demo") / "data", "--exit")
    try:
        demo.process.wait(FIRST_RUN_SECONDS)
    finally:
        if demo.process.poll() is None:
            demo.stop(signal.SIGTERM)
    return demo


@pytest.fixture(scope="session")
def web_client_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands in for an unpacked web client."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "index.html").write_text("<!doctype html><title>Client</title>", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def running_demo(checked_demo: DemoProcess, web_client_folder: Path) -> Iterator[DemoProcess]:
    """The demo on the data of `checked_demo`, ready. A Ctrl-C in the end must stop it."""
    demo = start_demo(checked_demo.data, "--web", str(web_client_folder))
    try:
        demo.until(r"Ctrl-C", 90)
        yield demo
    finally:
        code = demo.stop(signal.SIGINT) if demo.process.poll() is None else demo.process.returncode
    assert code == 0, demo.printed
    assert demo.left_behind() == []
