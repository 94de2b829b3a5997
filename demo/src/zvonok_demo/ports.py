"""Ports of loopback: the usual one where it is free, else any other."""

from __future__ import annotations

import socket
from collections.abc import Mapping

from zvonok_core.errors import UserError
from zvonok_core.text import text
from zvonok_demo.synapse import free_port

USUAL = {"homeserver": 8008, "appservice": 8009, "page": 8010, "client": 8011}
"""What listens where, if nothing else does."""


def choose(remembered: Mapping[str, int], homeserver: int | None) -> dict[str, int]:
    """A port for each of USUAL: the one of the last run, else the usual, else a free one.

    `homeserver` was asked for by the user; raises UserError where somebody has it.
    """
    chosen: dict[str, int] = {}
    if homeserver is not None:
        if not _is_free(homeserver):
            raise UserError(
                text(
                    "Port {port} is taken by another program: stop it, give another one with --port, or leave"
                    " --port out and a free one is found.",
                    port=homeserver,
                )
            )
        chosen["homeserver"] = homeserver
    for name, usual in USUAL.items():
        if name not in chosen:
            wanted = [port for port in (remembered.get(name), usual) if port and port not in chosen.values()]
            chosen[name] = next((port for port in wanted if _is_free(port)), None) or _another(chosen)
    return chosen


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do it: a connection that has just ended is in nobody's way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _another(taken: Mapping[str, int]) -> int:
    while (port := free_port()) in taken.values():
        pass
    return port
