"""Requests to Synapse over one connection, as raw as a hostile client makes them."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

SLOW = 60.0
"""Seconds after which a request counts as lost."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    raw: bytes

    @property
    def ok(self) -> bool:
        return self.status < 300

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object; empty where there is none."""
        try:
            body = json.loads(self.raw)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    @property
    def errcode(self) -> str:
        return str(self.body.get("errcode", ""))


class Wire:
    """One client for everybody: whose request it is, is in the token."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=SLOW)

    def close(self) -> None:
        """Ask no more."""
        self._connection.close()

    def ask(self, method: str, path: str, token: str = "", body: Any = None) -> Reply:
        """Ask once more where the server has closed the connection meanwhile."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        for attempt in (1, 2):
            try:
                self._connection.request(method, path, content, headers)
                answer = self._connection.getresponse()
                return Reply(answer.status, answer.read())
            except (http.client.RemoteDisconnected, ConnectionError):
                self._connection.close()
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")
