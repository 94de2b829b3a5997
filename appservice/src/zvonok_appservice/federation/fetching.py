"""Where a registry comes from: a folder, or an https address that is trusted with nothing.

Whatever comes is verified later. Here it is made sure that a bad mirror costs a little time
and memory, and leads nowhere else.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import aiohttp
from tuf.api.exceptions import (
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    SlowRetrievalError,
)
from tuf.ngclient import FetcherInterface

LARGEST = 5_000_000
"""Bytes of one file: a registry of ten thousand schools."""
PATIENCE = 15.0
"""Seconds for one file, however busily it dribbles."""

_CHUNK = 65_536


class FolderFetcher(FetcherInterface):
    """Files of this machine: a stick, a share, or what was kept."""

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = Path(url)
        if not path.is_file():
            raise DownloadHTTPError("no such file", 404)  # as a web server says it
        if path.stat().st_size > LARGEST:
            raise DownloadLengthMismatchError(f"more than {LARGEST} bytes")
        return iter([path.read_bytes()])


class HttpsFetcher(FetcherInterface):
    """An https address. Redirects are refused: an address that has moved is for a person to
    write into the configuration."""

    def __init__(self, patience: float = PATIENCE, tls: ssl.SSLContext | None = None) -> None:
        """`tls` says whose certificates are good; by default those that the machine trusts."""
        self._patience = patience
        self._tls = tls or ssl.create_default_context()

    def _fetch(self, url: str) -> Iterator[bytes]:
        return iter([asyncio.run(self._get(url))])

    async def _get(self, url: str) -> bytes:
        timeout = aiohttp.ClientTimeout(total=self._patience)
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=timeout,
                    connector=aiohttp.TCPConnector(ssl=self._tls),
                    auto_decompress=False,  # a small file could become an endless one
                    headers={"Accept-Encoding": "identity"},
                ) as session,
                session.get(url, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    raise DownloadHTTPError(f"status {response.status}", response.status)
                content = bytearray()
                async for chunk in response.content.iter_chunked(_CHUNK):
                    content += chunk
                    if len(content) > LARGEST:
                        raise DownloadLengthMismatchError(f"more than {LARGEST} bytes")
                return bytes(content)
        except TimeoutError as error:
            raise SlowRetrievalError(f"not there after {self._patience} s") from error
        except aiohttp.ClientError as error:
            raise DownloadError(type(error).__name__) from error
