"""One account on a homeserver, through matrix-nio; the only file that knows nio.

nio builds the requests and holds the connections. Its own loop, its store of rooms and its
parsed events are left alone: the loop loses a batch where a callback raises, the store keeps
every member of every room and misjudges creators (room version 12), and its retries wait for
as long as a rate limit says without telling anybody.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import aiohttp
from nio import Api, AsyncClient, AsyncClientConfig
from yarl import URL

from zvonok_botkit.chat import Event, Invitation, News, Page, RoomNews, RoomRights, Stored
from zvonok_core.errors import PermanentError, TemporaryError
from zvonok_core.ids import EventId, RoomId, UserId

log = logging.getLogger(__name__)

DEVICE = "ZVONOK"
"""One device for good: a transaction is known to the homeserver by its device."""
REQUEST_SECONDS = 60.0
JSON = "application/json"
PIECE, BEGINNING = 65_536, 4_096
"""Bytes."""
LEAST_UPLOAD = 1_048_576
"""Bytes, where the homeserver does not say how much it takes."""
_SLOWLY = aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=300)
"""For large files: no end, as long as something moves. Synapse answers an upload once it has
stored it."""
Timeout = float | aiohttp.ClientTimeout
Data = str | bytes | BinaryIO | None
TIMELINE = 50
"""Events of one room that come with the news; what is more is fetched apart."""
PAGE = 100
WITH_CREATORS_ABOVE_ALL = 12
"""The first room version in which creators stand above every level."""


class NioChat:
    """See `Chat`. Made by `connected`; of use once it is signed in."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self.user = UserId("")
        self.name = ""

    # ------------------------------------------------------------ signing in

    async def sign_in(self, user: UserId, password: str, token: str) -> str:
        """Sign in with a token of an earlier time, else with the password. Returns the token
        that is good now. Raises PermanentError where neither is."""
        if token:
            self._client.access_token = token
            try:
                await self._ask(*Api.whoami(token))
            except PermanentError as error:
                if error.code != "M_UNKNOWN_TOKEN" or not password:
                    raise
                token = ""
        if not token:
            self._client.access_token = ""
            answer = await self._ask(*Api.login(user, password, "zvonok-bot", DEVICE))
            token = answer["access_token"]
            self._client.access_token = token
        self.user = UserId((await self._ask(*Api.whoami(token)))["user_id"])
        profile = await self._ask(*Api.profile_get(self.user, token))
        self.name = str(profile.get("displayname") or self.user)
        return token

    # ------------------------------------------------------------ hearing

    async def news(self, after: str, types: frozenset[str], wait: float) -> News:
        """See `Chat.news`."""
        wanted = {
            "presence": {"types": []},
            "account_data": {"types": []},
            "room": {
                "account_data": {"types": []},
                "ephemeral": {"types": []},
                # Members are only counted, which comes apart from the state.
                "state": {"types": [], "lazy_load_members": True},
                "timeline": {
                    "types": sorted(types),
                    "limit": TIMELINE if after else 1,
                    "lazy_load_members": True,
                },
            },
        }
        method, path = Api.sync(self._token, after or None, int(wait * 1000), wanted)
        answer = json.loads(await self._raw(method, path, None, JSON, wait + REQUEST_SECONDS))
        rooms = answer.get("rooms", {})
        return News(
            token=answer["next_batch"],
            rooms=tuple(_room_news(RoomId(room), part) for room, part in rooms.get("join", {}).items()),
            invitations=tuple(
                Invitation(RoomId(room), _inviter(part, self.user))
                for room, part in rooms.get("invite", {}).items()
            ),
            left=tuple(RoomId(room) for room in rooms.get("leave", {})),
        )

    async def earlier(self, room: RoomId, before: str, after: str, types: frozenset[str]) -> Page:
        """See `Chat.earlier`."""
        wanted = {"types": sorted(types), "lazy_load_members": True}
        request = Api.room_messages(self._token, room, before, after, limit=PAGE, message_filter=wanted)
        answer = await self._ask(*request)
        return Page(tuple(_events(room, answer.get("chunk", ()))), answer.get("end"))

    async def event(self, room: RoomId, id: EventId) -> Event | None:
        """See `Chat.event`."""
        try:
            (found,) = _events(room, [await self._ask(*Api.room_get_event(self._token, room, id))])
        except PermanentError as error:
            if error.code not in ("M_NOT_FOUND", "M_FORBIDDEN"):
                raise
            return None
        return found

    # ------------------------------------------------------------ saying

    async def send(self, room: RoomId, type: str, content: Mapping[str, Any], transaction: str) -> EventId:
        """See `Chat.send`."""
        answer = await self._ask(*Api.room_send(self._token, room, type, dict(content), transaction))
        return EventId(answer["event_id"])

    async def redact(self, room: RoomId, event: EventId, transaction: str) -> EventId:
        """See `Chat.redact`."""
        return EventId((await self._ask(*Api.room_redact(self._token, room, event, transaction)))["event_id"])

    async def upload(self, data: bytes, name: str, mimetype: str) -> str:
        """See `Chat.upload`."""
        method, path = Api.upload(self._token, name)[:2]
        return str((await self._ask(method, path, data, content_type=mimetype))["content_uri"])

    async def upload_file(self, path: Path, name: str, mimetype: str) -> str:
        """See `Chat.upload_file`."""
        method, address = Api.upload(self._token, name)[:2]
        with path.open("rb") as file:  # aiohttp reads it piece by piece, in a thread
            answer = await self._raw(method, address, file, mimetype, _SLOWLY)
        return str(json.loads(answer)["content_uri"])

    async def upload_limit(self) -> int:
        """See `Chat.upload_limit`."""
        limits = await self._ask("GET", "/_matrix/client/v1/media/config")
        return int(limits.get("m.upload.size", LEAST_UPLOAD))

    async def download(self, address: str) -> bytes:
        """See `Chat.download`."""
        return await self._raw("GET", _media(address), None, JSON, REQUEST_SECONDS)

    async def look(self, address: str) -> Stored:
        """See `Chat.look`."""
        async with self._answer("GET", _media(address), None, JSON, REQUEST_SECONDS) as answer:
            begins = bytearray()
            async for piece in answer.content.iter_chunked(BEGINNING):
                begins += piece
                if len(begins) >= BEGINNING:
                    break
            size = answer.content_length
            return Stored(
                len(begins) if size is None else size, answer.content_type, bytes(begins[:BEGINNING])
            )

    async def stream(self, address: str) -> AsyncIterator[bytes]:
        """See `Chat.stream`."""
        async with self._answer("GET", _media(address), None, JSON, _SLOWLY) as answer:
            async for piece in answer.content.iter_chunked(PIECE):
                yield piece

    # ------------------------------------------------------------ rooms

    async def names(self, room: RoomId) -> Mapping[UserId, str]:
        """See `Chat.names`."""
        joined = (await self._ask(*Api.joined_members(self._token, room)))["joined"]
        return {UserId(user): str(profile.get("display_name") or user) for user, profile in joined.items()}

    async def rights(self, room: RoomId) -> RoomRights:
        """See `Chat.rights`."""
        creators: frozenset[UserId] = frozenset()
        path = f"/_matrix/client/v3/rooms/{quote(room, safe='')}/state/m.room.create/?format=event"
        create = await self._ask("GET", path)
        content = create.get("content", {})
        version = str(content.get("room_version", "1"))
        if version.isdigit() and int(version) >= WITH_CREATORS_ABOVE_ALL:
            creators = frozenset(map(UserId, (create["sender"], *content.get("additional_creators", ()))))
        try:
            levels = await self._ask(*Api.room_get_state_event(self._token, room, "m.room.power_levels"))
        except PermanentError as error:
            if error.code != "M_NOT_FOUND":
                raise
            return RoomRights(creators or frozenset({UserId(create["sender"])}))
        return RoomRights(creators, levels.get("users", {}), int(levels.get("users_default", 0)))

    async def join(self, room: RoomId) -> None:
        """See `Chat.join`."""
        await self._ask(*Api.join(self._token, room))

    async def direct_room(self, user: UserId) -> RoomId:
        """See `Chat.direct_room`."""
        content = {"is_direct": True, "preset": "trusted_private_chat", "invite": [user]}
        answer = await self._ask("POST", "/_matrix/client/v3/createRoom", json.dumps(content))
        return RoomId(answer["room_id"])

    # ------------------------------------------------------------ requests

    @property
    def _token(self) -> str:
        return str(self._client.access_token)

    async def _ask(
        self,
        method: str,
        path: str,
        data: Data = None,
        content_type: str = JSON,
    ) -> Any:
        return json.loads(await self._raw(method, path, data, content_type, REQUEST_SECONDS))

    async def _raw(self, method: str, path: str, data: Data, content_type: str, timeout: Timeout) -> bytes:
        async with self._answer(method, path, data, content_type, timeout) as answer:
            return await answer.read()

    @asynccontextmanager
    async def _answer(
        self, method: str, path: str, data: Data, content_type: str, timeout: Timeout
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """A good answer, to be read; whatever is wrong with it, or goes wrong while it is read,
        is raised as one of our own errors."""
        headers = {"Content-Type": content_type}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        # nio puts the token into the address, where logs of proxies would keep it.
        path = str(URL(path, encoded=True).without_query_params("access_token"))
        what = f"{method} {path.partition('?')[0]}"
        try:
            async with await self._client.send(method, path, data, headers, timeout=timeout) as answer:
                if answer.status < 300:
                    yield answer
                    return
                status, said = answer.status, _said(await answer.read())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TemporaryError(f"{what}: {type(error).__name__}") from error
        if status == 429:
            wait = said.get("retry_after_ms", 1000)
            raise TemporaryError(f"{what}: 429", wait / 1000 if isinstance(wait, int) else 1.0)
        if status >= 500:
            raise TemporaryError(f"{what}: {status}")
        raise PermanentError(f"{what}: {status}", str(said.get("errcode", "")))


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[NioChat]:
    """A connection to the homeserver, closed in the end; not signed in yet."""
    client = AsyncClient(address, config=AsyncClientConfig(request_timeout=REQUEST_SECONDS))
    try:
        yield NioChat(client)
    finally:
        await client.close()


def _media(address: str) -> str:
    server, _, media = address.removeprefix("mxc://").partition("/")
    return f"/_matrix/client/v1/media/download/{quote(server, safe='')}/{quote(media, safe='')}"


def _said(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _room_news(room: RoomId, part: Mapping[str, Any]) -> RoomNews:
    timeline = part.get("timeline", {})
    members = part.get("summary", {}).get("m.joined_member_count")
    gap = timeline.get("prev_batch") if timeline.get("limited") else None
    return RoomNews(room, tuple(_events(room, timeline.get("events", ()))), gap, members)


def _events(room: RoomId, raw: Iterable[Mapping[str, Any]]) -> Iterable[Event]:
    for event in raw:
        content = event.get("content") or {}
        yield Event(
            room=room,
            id=EventId(event["event_id"]),
            type=event["type"],
            sender=UserId(event["sender"]),
            at=event["origin_server_ts"],
            content=content,
            # Where it stands depends on the room's version.
            redacts=event.get("redacts") or content.get("redacts"),
            state_key=event.get("state_key"),
            transaction=event.get("unsigned", {}).get("transaction_id", ""),
        )


def _inviter(part: Mapping[str, Any], me: UserId) -> UserId:
    events = part.get("invite_state", {}).get("events", ())
    invites = (
        event["sender"]
        for event in events
        if event.get("type") == "m.room.member" and event.get("state_key") == me
    )
    return UserId(next(invites, ""))
