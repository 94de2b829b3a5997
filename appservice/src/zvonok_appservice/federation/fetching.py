"""Where a registry comes from: a folder, or an https address that is trusted with nothing.

Whatever comes is verified later. Here it is made sure that a bad mirror costs a little time
and memory, and leads nowhere else.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPS_PORT, HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from tuf.api.exceptions import (
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    SlowRetrievalError,
)
from tuf.ngclient import FetcherInterface

from zvonok_appservice.federation.files import LARGEST

PATIENCE = 15.0
"""Seconds for one file, however busily it dribbles."""


class FolderFetcher(FetcherInterface):
    """Files of this machine: a stick, or a share."""

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = Path(url)
        if not path.is_file():
            raise DownloadHTTPError("no such file", 404)  # as a web server says it
        if path.stat().st_size > LARGEST:
            raise DownloadLengthMismatchError(f"more than {LARGEST} bytes")
        return iter([path.read_bytes()])


class MemoryFetcher(FetcherInterface):
    """Files that were read already, by their names."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def _fetch(self, url: str) -> Iterator[bytes]:
        name = url.lstrip("/")
        if name not in self._files:
            raise DownloadHTTPError("no such file", 404)
        return iter([self._files[name]])


class HttpsFetcher(FetcherInterface):
    """An https address. Redirects are refused: an address that has moved is for a person to
    write into the configuration."""

    def __init__(self, patience: float = PATIENCE, tls: ssl.SSLContext | None = None) -> None:
        """`tls` says whose certificates are good; by default those that the machine trusts."""
        self._patience = patience
        self._tls = tls or ssl.create_default_context()

    def _fetch(self, url: str) -> Iterator[bytes]:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or HTTPS_PORT
        over = threading.Event()
        try:
            with (
                socket.create_connection((host, port), self._patience) as plain,
                _cut_after(self._patience, plain, over),
                self._tls.wrap_socket(plain, server_hostname=host) as secured,
            ):
                connection = HTTPConnection(host, port)
                connection.sock = secured
                content = _get(connection, parts.path)
        except (OSError, HTTPException) as error:
            if over.is_set() or isinstance(error, TimeoutError):
                raise SlowRetrievalError(f"not there after {self._patience} s") from error
            raise DownloadError(type(error).__name__) from error
        if over.is_set():  # what was cut off looks like a file that ends there
            raise SlowRetrievalError(f"not there after {self._patience} s")
        return iter([content])


def _get(connection: HTTPConnection, path: str) -> bytes:
    # Nothing is decompressed here, so that a small file never becomes an endless one.
    connection.request("GET", path, headers={"Accept-Encoding": "identity"})
    with connection.getresponse() as response:
        if response.status != 200:
            raise DownloadHTTPError(f"status {response.status}", response.status)
        content = response.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise DownloadLengthMismatchError(f"more than {LARGEST} bytes")
    return content


@contextmanager
def _cut_after(seconds: float, connection: socket.socket, over: threading.Event) -> Iterator[None]:
    """Cut the connection after so many seconds and set `over`: a socket's own timeout is for a
    single read, and begins anew with each byte."""
    handle = connection.dup()  # TLS takes the socket itself over

    def cut() -> None:
        over.set()
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        handle.close()
