"""A real Synapse as a child process, under the very configuration that is shipped.

Synapse reads `synapse-config/homeserver.yaml` as it is, and after it a file with what
belongs to this one installation: name, port, database, secrets, paths. Production does
the same, so whatever is tried here is tried on production's settings.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp
import psutil
from ruamel.yaml import YAML
from signedjson.key import generate_signing_key, write_signing_keys

SHIPPED = Path(__file__).parents[3] / "synapse-config"
READY_WITHIN = 60.0
"""Seconds. It takes about three; a cold disk on a busy machine takes longer."""
STOPPED_WITHIN = 20.0
"""Seconds after which a Synapse that does not stop is killed."""


class SynapseError(Exception):
    """Synapse did not come up. The message ends with the last lines of its log."""


def free_port() -> int:
    """A port of loopback that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class SynapseProcess:
    """One homeserver with its data in `folder`; `async with` starts and stops it.

    Goes on from its data when the folder was used before. `overlay` replaces top-level
    keys of the configuration; its default is what production runs.
    """

    folder: Path
    server_name: str = "school.test"
    port: int = field(default_factory=free_port)
    registrations: Sequence[Path] = ()
    """The appservices' registration files."""
    overlay: Mapping[str, Any] = field(default_factory=dict)
    policy: Mapping[str, Any] | None = None
    """The policy module's entry under `modules`; without it nobody is kept from anybody, and
    the directory shows only those who share a room."""
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def address(self) -> str:
        """Its client API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def registration_shared_secret(self) -> str:
        """Made with the first start, or by `prepare`."""
        return (self.folder / "registration_shared_secret").read_text(encoding="utf-8").strip()

    @property
    def log(self) -> Path:
        """Whatever Synapse printed."""
        return self.folder / "synapse.log"

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        running = self._process is not None and self._process.poll() is None
        return self._process.pid if self._process is not None and running else None

    async def start(self) -> None:
        """Start, and return once it answers. Raises SynapseError where it never does.

        A Synapse that still runs on this folder, because whoever started it was killed, is
        ended first: two on one database destroy it.
        """
        launch = asyncio.ensure_future(asyncio.to_thread(self._launch))
        try:
            await asyncio.shield(launch)
            await self._answers()
        except BaseException:
            # A thread can't be cancelled: what it is about to start must be ended, too.
            await asyncio.wait([launch])
            await self.kill()
            raise

    async def stop(self) -> None:
        """Ask it to stop and wait until it has; kill it where it won't."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            await self.kill()
        self._process = None

    async def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
            self._process = None

    async def __aenter__(self) -> SynapseProcess:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _launch(self) -> None:
        self.prepare()
        local = self.folder / "local.yaml"
        with local.open("w", encoding="utf-8") as file:
            YAML().dump(self._local(), file)
        command = [sys.executable, "-m", "synapse.app.homeserver"]
        for config in (SHIPPED / "homeserver.yaml", local):
            command += ["-c", str(config)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A Ctrl-C in the terminal is for us; we stop Synapse in our own order.
                start_new_session=True,
            )
        child = psutil.Process(self._process.pid)
        self._note.write_text(f"{child.pid} {child.create_time()}", encoding="utf-8")

    @property
    def _note(self) -> Path:
        """Which process was started last: its id alone may be somebody else's by now."""
        return self.folder / "synapse.pid"

    def _end_leftover(self) -> None:
        try:
            pid, created = self._note.read_text(encoding="utf-8").split()
            leftover = psutil.Process(int(pid))
            if leftover.create_time() != float(created):
                return
            leftover.terminate()
            leftover.wait(STOPPED_WITHIN)
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return
        except psutil.TimeoutExpired:
            leftover.kill()
            leftover.wait()

    def prepare(self) -> None:
        """What a start does first; done before, secrets are there and a leftover's port is
        free. Blocks for as long as a leftover takes to stop."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._end_leftover()
        for name in ("registration_shared_secret", "macaroon_secret_key", "form_secret"):
            _write_once(self.folder / name, secrets.token_urlsafe(32))
        signing = self.folder / "signing.key"
        if not signing.exists():
            with os.fdopen(os.open(signing, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                write_signing_keys(file, [generate_signing_key("a_" + secrets.token_hex(2))])

    def _local(self) -> dict[str, Any]:
        shipped = YAML(typ="safe").load((SHIPPED / "homeserver.yaml").read_text(encoding="utf-8"))
        listener = {**shipped["listeners"][0], "port": self.port, "bind_addresses": ["127.0.0.1"]}
        here = self.folder.absolute()
        return {
            "server_name": self.server_name,
            "public_baseurl": f"{self.address}/",
            "listeners": [listener],
            "database": {"name": "sqlite3", "args": {"database": str(here / "homeserver.db")}},
            "app_service_config_files": [str(path.absolute()) for path in self.registrations],
            "signing_key_path": str(here / "signing.key"),
            "registration_shared_secret_path": str(here / "registration_shared_secret"),
            "macaroon_secret_key_path": str(here / "macaroon_secret_key"),
            "form_secret_path": str(here / "form_secret"),
            "media_store_path": str(here / "media"),
            "pid_file": str(here / "homeserver.pid"),
            "log_config": str(SHIPPED / "log.yaml"),
            # A new database gets its last indexes in the background. Without pauses that
            # takes a second, with them the first minute, in which some calls answer 500.
            "background_updates": {"sleep_enabled": False},
            **self._circuit(),
            **self.overlay,
        }

    def _circuit(self) -> dict[str, Any]:
        if self.policy is None:
            return {"modules": [], "user_directory": {"search_all_users": False}}
        return {"modules": [dict(self.policy)]}

    async def _answers(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            while time.monotonic() < deadline:
                if self.pid is None:
                    raise SynapseError(f"Synapse ended while starting:\n{self._last_lines()}")
                try:
                    async with session.get(f"{self.address}/health") as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, TimeoutError):
                    pass  # not listening yet
                await asyncio.sleep(0.05)
        raise SynapseError(f"Synapse did not answer in {READY_WITHIN:.0f} s:\n{self._last_lines()}")

    def _last_lines(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-15:])


def policy_module(appservice: str, token: str, facts_file: Path, sender: str = "zvonok") -> dict[str, Any]:
    """The policy module's entry under `modules`, as it is shipped but for what is ours."""
    shipped = YAML(typ="safe").load((SHIPPED / "homeserver.yaml").read_text(encoding="utf-8"))
    (entry,) = shipped["modules"]
    ours = {"appservice": appservice, "token": token, "facts_file": str(facts_file), "sender": sender}
    return {**entry, "config": ours}


def _write_once(path: Path, content: str) -> None:
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(content + "\n")
