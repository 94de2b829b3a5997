"""The directory over HTTP: who people are, what rooms there are, and why.

For bots, pages and the policy module, each with a bearer token of its own. Without one
nothing under /v1 is answered, not even whether a path exists. The shapes are those of
`zvonok_core.directory`; `openapi.yaml` beside this module describes them.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from ruamel.yaml import YAML

from zvonok_appservice import moderation_api
from zvonok_appservice.answers import CONSUMER, Refusal, answer, body_of, present
from zvonok_appservice.changes import ChangeLog
from zvonok_appservice.facts import FactsLog
from zvonok_appservice.metrics import Metrics
from zvonok_appservice.moderation import Moderation
from zvonok_appservice.picture import Board, Picture
from zvonok_appservice.reconcile.desired import room_key
from zvonok_appservice.reconcile.selectors import Scope
from zvonok_appservice.reconcile.today import LoadKey
from zvonok_appservice.store.ledger import Ledger
from zvonok_appservice.views import Directory
from zvonok_core.directory import Incident, Lesson, LessonView, RoomList
from zvonok_core.ids import ClassId, RoomId, SubgroupId, UserId
from zvonok_core.text import Catalogs

log = logging.getLogger(__name__)

LONGEST_POLL = 60.0
"""Seconds: proxies cut off what is silent for longer."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Services:
    """What the directory stands on. `tokens` are by consumer; `wake` makes the next look
    come at once; `patience` is how many seconds a lesson's room is waited for."""

    board: Board
    ledger: Ledger
    metrics: Metrics
    tokens: Mapping[str, str]
    facts: FactsLog
    wake: Callable[[], None]
    catalogs: Catalogs
    moderation: Moderation
    patience: float = 5.0


def routes(app: web.Application, services: Services) -> None:
    """Serve /v1, /health and /metrics from `app`."""
    api = _Api(services)
    directory = web.Application(middlewares=[api.door])
    directory.router.add_get("/people/{user}", api.person)
    directory.router.add_get("/rooms", api.rooms)
    directory.router.add_get("/rooms/{room}", api.room)
    moderation_api.routes(directory.router, services.moderation, services.board, services.catalogs)
    directory.router.add_get("/why", api.why)
    directory.router.add_post("/lessons", api.lesson)
    directory.router.add_get("/changes", api.changes)
    directory.router.add_get("/facts", api.facts)
    directory.router.add_post("/incidents", api.incident)
    directory.router.add_get("/openapi.json", api.description)
    app.add_subapp("/v1/", directory)
    app.router.add_get("/health", api.health)
    app.router.add_get("/metrics", api.metrics)
    app.on_shutdown.append(api.close)


@cache  # a tenth of a second, for what few ask for
def description() -> Mapping[str, Any]:
    """The OpenAPI description."""
    source = resources.files(__package__).joinpath("openapi.yaml").read_text(encoding="utf-8")
    return dict(YAML(typ="safe", pure=True).load(source))


class _Api:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._board = services.board
        self._log = ChangeLog(services.catalogs)
        self._closing = asyncio.Event()

    async def close(self, _: web.Application) -> None:
        """Let those go who wait for changes."""
        self._closing.set()

    # ------------------------------------------------------------ the door

    @property
    def door(self) -> Any:
        """The middleware that lets in whoever has a token, and turns refusals into JSON."""

        @web.middleware
        async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
            consumer = self._consumer(request)
            if consumer is None:
                return _stranger()
            request[CONSUMER] = consumer
            try:
                return await handler(request)
            except Refusal as refusal:
                return _error(refusal.status, refusal.sentence, refusal.headers)
            except web.HTTPException as refusal:  # the router's own: no such path, no such method
                allow = {"Allow": refusal.headers["Allow"]} if "Allow" in refusal.headers else None
                return _error(refusal.status, f"{refusal.reason}: {request.method} {request.path}", allow)
            except Exception:
                number = secrets.token_hex(4)
                log.exception("bug %s in answering %s", number, consumer)
                return _error(500, f"This is a bug of the appservice; its log has it under {number}.")

        return door

    def _consumer(self, request: web.Request) -> str | None:
        """Whose token it is. Every token is compared, so that time tells nothing."""
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        found = None
        for consumer, token in self._services.tokens.items():
            same = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), token.encode())
            if same and token and scheme.lower() == "bearer":
                found = consumer
        return found

    def _picture(self) -> Picture:
        return present(self._board)

    def _directory(self) -> Directory:
        return self._log.directory(self._picture())

    # ------------------------------------------------------------ people and rooms

    async def person(self, request: web.Request) -> web.Response:
        """GET /v1/people/{user}"""
        view = self._directory().person(UserId(request.match_info["user"]))
        if view is None:
            raise Refusal(404, "The roster has nobody with this user id.")
        return answer(view)

    async def rooms(self, _: web.Request) -> web.Response:
        """GET /v1/rooms"""
        return answer(RoomList(self._directory().rooms))

    async def room(self, request: web.Request) -> web.Response:
        """GET /v1/rooms/{room}"""
        view = self._directory().room(RoomId(request.match_info["room"]))
        if view is None:
            raise Refusal(404, "This is not a managed room.")
        return answer(view)

    async def why(self, request: web.Request) -> web.Response:
        """GET /v1/why?user=&room=&language="""
        language = request.query.get("language", self._services.catalogs.languages[0])
        if language not in self._services.catalogs.languages:
            raise Refusal(400, f"language must be one of: {', '.join(self._services.catalogs.languages)}.")
        asked = {name: request.query.get(name, "") for name in ("user", "room")}
        for name, value in asked.items():
            if not value:
                raise Refusal(400, f"{name} is missing.")
        directory = self._directory()
        key = directory.key_of.get(RoomId(asked["room"]))
        if key is None:
            raise Refusal(404, "This is not a managed room.")
        view = directory.why(UserId(asked["user"]), key, language)
        if view is None:
            raise Refusal(404, "The roster has nobody with this user id.")
        return answer(view)

    # ------------------------------------------------------------ lessons

    async def lesson(self, request: web.Request) -> web.Response:
        """POST /v1/lessons: a lesson was held, and its room is wanted."""
        load = await _load(request)
        picture = self._picture()
        if load not in picture.today.loads:
            raise Refusal(404, "Nobody teaches this today.")
        if await self._services.ledger.lesson_held(load):
            await self._services.ledger.record(request[CONSUMER], "lesson", _subject_of(load))
        room = await self._room_of(load)
        return answer(LessonView(room), 200 if room else 202)

    async def _room_of(self, load: LoadKey) -> RoomId | None:
        """The load's room, as soon as there is one; None after all patience."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._services.patience
        woken = False
        while True:
            revision = self._board.revision
            picture = self._picture()
            for template in picture.templates:
                if template.for_each == "load":
                    room = picture.actual.rooms.get(room_key(picture.today, template, Scope(load=load)))
                    if room is not None:
                        return room.room
            if not woken:
                self._services.wake()
                woken = True
            if not await self._newer_than(revision, deadline - loop.time()):
                return None

    # ------------------------------------------------------------ changes

    async def changes(self, request: web.Request) -> web.Response:
        """GET /v1/changes?since=&timeout=: at once where there are some, else when some
        come, or with none when the time is up."""
        seconds = _seconds(request.query.get("timeout", "30"))
        since = request.query.get("since", "")
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while True:
            revision = self._board.revision
            self._directory()
            found = self._log.since(since)
            if found.reset or found.people or found.rooms:
                return answer(found)
            if not await self._newer_than(revision, deadline - loop.time()):
                return answer(found)

    async def facts(self, request: web.Request) -> web.Response:
        """GET /v1/facts?since=&timeout=: all facts, or what has changed after `since` as
        soon as something has; 304 when the time is up."""
        seconds = _seconds(request.query.get("timeout", "30"))
        since = request.query.get("since", "")
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while True:
            revision = self._board.revision
            news = self._services.facts.news(self._picture(), since)
            if news is not None:
                return web.json_response(news, dumps=_compact)
            if not await self._newer_than(revision, deadline - loop.time()):
                return web.Response(status=304)

    async def incident(self, request: web.Request) -> web.Response:
        """POST /v1/incidents: a bug in the policy module, for the audit."""
        incident = await body_of(request, Incident)
        await self._services.ledger.record(request[CONSUMER], "bug", incident.callback, incident.number)
        return web.Response(status=204)

    async def _newer_than(self, revision: int, seconds: float) -> bool:
        """Wait for a picture after `revision`; False when the time is up or we are closing."""
        if seconds <= 0 or self._closing.is_set():
            return False
        news = asyncio.ensure_future(self._board.newer_than(revision, seconds))
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            await asyncio.wait({news, closing}, return_when=asyncio.FIRST_COMPLETED)
            return news.done() and news.result()
        finally:
            news.cancel()
            closing.cancel()

    # ------------------------------------------------------------ about the service itself

    async def description(self, _: web.Request) -> web.Response:
        """GET /v1/openapi.json"""
        return web.json_response(description())

    async def health(self, _: web.Request) -> web.Response:
        """GET /health: for whoever restarts what is ill; needs no token and tells nothing."""
        ready = self._board.picture is not None
        return web.json_response({"status": "ok" if ready else "starting"}, status=200 if ready else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        """GET /metrics"""
        if self._consumer(request) is None:
            return _stranger()
        return web.Response(body=self._services.metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})


_compact = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


def _error(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response({"error": sentence}, status=status, headers=headers)


def _stranger() -> web.Response:
    return _error(401, "A bearer token is needed.", {"WWW-Authenticate": "Bearer"})


def _seconds(given: str) -> float:
    if not re.fullmatch(r"[0-9]{1,3}", given) or int(given) > LONGEST_POLL:
        raise Refusal(400, f"timeout must be a whole number of seconds from 0 to {LONGEST_POLL:.0f}.")
    return float(given)


async def _load(request: web.Request) -> LoadKey:
    lesson = await body_of(request, Lesson)
    if (lesson.class_ is None) == (lesson.subgroup is None):
        raise Refusal(400, "Exactly one of class and subgroup must be given.")
    return LoadKey(lesson.subject, lesson.class_ or ClassId(""), lesson.subgroup or SubgroupId(""))


def _subject_of(load: LoadKey) -> str:
    return f"{load.subject} {load.class_ or load.subgroup}"
