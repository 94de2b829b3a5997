"""Ports that nobody else on the machine is given between their choice and their use."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A port of loopback that is kept for whoever wants to listen on it, until the process ends.

    It stays bound here, so that neither another test run nor a client's own end of a connection
    gets it, even while a server that listens on it is stopped for a while. A server may bind it
    besides, because both ask for SO_REUSEADDR and only one of them listens.
    """
    keeper = socket.socket()
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeper.bind(("127.0.0.1", 0))
    port = int(keeper.getsockname()[1])
    keeper.detach()  # open, and no object that could be closed or complained of
    return port
