"""Requests to the homeserver: what is tried again, for how long, and what is counted.

mautrix's HTTPAPI makes the requests. It does not retry rate limits and hides how long to
wait, so retrying sits below it, where the answers are seen whole.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import aiohttp
from mautrix.api import HTTPAPI, ClientPath, Method, PathBuilder, SynapseAdminPath
from mautrix.errors import MatrixConnectionError, MatrixRequestError

from zvonok_core.errors import PermanentError, TemporaryError

CLIENT = ClientPath
ADMIN = SynapseAdminPath
POLICY_MODULE = PathBuilder("/_synapse/client/zvonok_policy")
"""Answered by the policy module, where Synapse has loaded it."""

log = logging.getLogger(__name__)

PATIENCE = 30.0
"""Seconds for which a request is tried again: longer than Synapse takes to restart."""
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 5.0
"""Seconds. Where a rate limit asks for more, whoever asked is told at once: a person waits
for a page, a plan is taken up again at the next look."""
SILENCE = 60.0
"""Seconds without a byte after which an answer is given up."""


class Wire:
    """Requests with one access token.

    Every call raises TemporaryError once patience is at its end, and PermanentError with
    Matrix's errcode where the homeserver refused. While the homeserver is known to be
    away, requests are tried once only, so that a long plan fails fast.
    """

    def __init__(self, session: aiohttp.ClientSession, address: str, token: str) -> None:
        self._api = HTTPAPI(address, token, client_session=session, log=cast(Any, log))
        self.requests_written = 0
        """Requests other than GET, repetitions not counted."""

    @classmethod
    @asynccontextmanager
    async def open(cls, address: str, token: str, patience: float = PATIENCE) -> AsyncIterator[Wire]:
        """Connect; the connections are closed in the end."""
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=SILENCE),
            middlewares=(_Retrying(patience),),
        ) as session:
            yield cls(session, address, token)

    def as_other(self, token: str) -> Wire:
        """The same connections under another access token."""
        return Wire(self._api.session, str(self._api.base_url), token)

    async def get(self, path: PathBuilder, query: Mapping[str, str] | None = None) -> Any:
        """Read."""
        return await self._request(Method.GET, path, None, query)

    async def find(self, path: PathBuilder, query: Mapping[str, str] | None = None, *absent: str) -> Any:
        """Read what may not be there: None where it isn't, or where Matrix's code is in `absent`."""
        try:
            return await self.get(path, query)
        except PermanentError as error:
            if error.code == "M_NOT_FOUND" or error.code in absent:
                return None
            raise

    async def put(self, path: PathBuilder, content: Mapping[str, Any]) -> Any:
        """Write to a place that is known."""
        return await self._request(Method.PUT, path, content)

    async def post(
        self, path: PathBuilder, content: Mapping[str, Any], query: Mapping[str, str] | None = None
    ) -> Any:
        """Ask for something to be done."""
        return await self._request(Method.POST, path, content, query)

    async def delete(self, path: PathBuilder) -> Any:
        """Take away."""
        return await self._request(Method.DELETE, path, {})

    async def _request(
        self,
        method: Method,
        path: PathBuilder,
        content: Mapping[str, Any] | None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        writes = method is not Method.GET
        self.requests_written += writes
        try:
            return await self._api.request(
                method,
                path,
                content=dict(content or {}) if writes else None,
                query_params=dict(query or {}),
                sensitive=writes,  # names and passwords don't belong in a log
            )
        except MatrixConnectionError as error:
            raise TemporaryError(f"{method} {path}: {error}") from error
        except MatrixRequestError as error:
            code = error.errcode or ""
            raise PermanentError(
                f"{method} {path}: {error.http_status} {code} {error.message}", code
            ) from error


class _Retrying:
    """aiohttp middleware: repeats what may succeed later, with growing, uneven pauses."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._away = False

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        loop = asyncio.get_running_loop()
        began = loop.time()
        pause = FIRST_PAUSE
        while True:
            try:
                response = await handler(request)
            except aiohttp.ClientError as error:
                reason, wanted, gone = type(error).__name__, None, True
            else:
                if response.status != 429 and response.status < 500:
                    self._back()
                    return response
                reason, wanted = str(response.status), await _retry_after(response)
                gone = response.status in (502, 503, 504)
            delay = max(wanted or 0.0, pause * random.uniform(0.5, 1.5))
            too_late = loop.time() - began + delay > self._patience
            if too_late or (gone and self._away) or (wanted or 0.0) > LONGEST_PAUSE:
                if gone:
                    self._left(reason)
                where = f"{request.method} {request.url.path}"
                raise TemporaryError(f"{where}: {reason}", retry_after=wanted)
            await asyncio.sleep(delay)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _left(self, reason: str) -> None:
        if not self._away and self._patience:  # without it, another server may be who is away
            self._away = True
            log.warning("the homeserver is away (%s)", reason)

    def _back(self) -> None:
        if self._away:
            self._away = False
            log.warning("the homeserver is back")


async def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    """The seconds that a rate limit asks to wait, None where it does not say."""
    try:
        body = await response.json()
    except (aiohttp.ClientError, ValueError):
        return None
    wanted = body.get("retry_after_ms") if isinstance(body, dict) else None
    return wanted / 1000 if isinstance(wanted, int | float) else None
