"""The directory's routes for muting somebody and for making a room read-only, for a time.

A bot asks in the name of a person (`by`); whether that person may is decided here, never by
the bot. Refusals are sentences for that person, in the school's language.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import TypeVar

from aiohttp import web

from zvonok_appservice.answers import CONSUMER, Refusal, answer, body_of, present
from zvonok_appservice.moderation import Moderation, Refused
from zvonok_appservice.picture import Board, Picture
from zvonok_core.directory import MuteOrder, MuteView, PauseOrder, PauseView, RestrictionsView, UntilView
from zvonok_core.ids import RoomId, UserId
from zvonok_core.text import Catalogs

T = TypeVar("T")


def routes(router: web.UrlDispatcher, moderation: Moderation, board: Board, catalogs: Catalogs) -> None:
    """Add them to the directory's own."""
    api = _ModerationApi(moderation, board, catalogs)
    router.add_get("/rooms/{room}/restrictions", api.restrictions)
    router.add_post("/rooms/{room}/mutes", api.mute)
    router.add_delete("/rooms/{room}/mutes/{user}", api.unmute)
    router.add_post("/rooms/{room}/pause", api.pause)
    router.add_delete("/rooms/{room}/pause", api.resume)


class _ModerationApi:
    def __init__(self, moderation: Moderation, board: Board, catalogs: Catalogs) -> None:
        self._moderation = moderation
        self._board = board
        self._catalogs = catalogs

    async def restrictions(self, request: web.Request) -> web.Response:
        """GET /v1/rooms/{room}/restrictions"""
        picture = present(self._board)
        mutes, pause = await self._told(picture, self._moderation.restrictions(picture, _room(request)))
        return answer(
            RestrictionsView(
                mutes=tuple(
                    MuteView(mute.user, _iso(mute.until), mute.by, mute.reason, _iso(mute.since))
                    for mute in mutes
                ),
                pause=PauseView(_iso(pause.until), pause.by, _iso(pause.since)) if pause else None,
            )
        )

    async def mute(self, request: web.Request) -> web.Response:
        """POST /v1/rooms/{room}/mutes"""
        order = await body_of(request, MuteOrder)
        picture = present(self._board)
        muting = self._moderation.mute(
            picture, _room(request), order.user, order.by, order.minutes, order.reason, request[CONSUMER]
        )
        return answer(UntilView(_iso(await self._told(picture, muting))))

    async def unmute(self, request: web.Request) -> web.Response:
        """DELETE /v1/rooms/{room}/mutes/{user}?by="""
        by, picture = _by(request), present(self._board)
        user = UserId(request.match_info["user"])
        await self._told(
            picture, self._moderation.unmute(picture, _room(request), user, by, request[CONSUMER])
        )
        return web.Response(status=204)

    async def pause(self, request: web.Request) -> web.Response:
        """POST /v1/rooms/{room}/pause"""
        order = await body_of(request, PauseOrder)
        picture = present(self._board)
        pausing = self._moderation.pause(picture, _room(request), order.by, order.minutes, request[CONSUMER])
        return answer(UntilView(_iso(await self._told(picture, pausing))))

    async def resume(self, request: web.Request) -> web.Response:
        """DELETE /v1/rooms/{room}/pause?by="""
        by, picture = _by(request), present(self._board)
        await self._told(picture, self._moderation.resume(picture, _room(request), by, request[CONSUMER]))
        return web.Response(status=204)

    async def _told(self, picture: Picture, asked: Awaitable[T]) -> T:
        """What comes of it; a refusal in the school's language."""
        try:
            return await asked
        except Refused as refused:
            sentence = self._catalogs.say(refused.text, picture.given.language)
            raise Refusal(refused.status, sentence) from refused


def _room(request: web.Request) -> RoomId:
    return RoomId(request.match_info["room"])


def _by(request: web.Request) -> UserId:
    by = request.query.get("by", "")
    if not by:
        raise Refusal(400, "by is missing.")
    return UserId(by)


def _iso(moment: datetime) -> str:
    return moment.isoformat()
