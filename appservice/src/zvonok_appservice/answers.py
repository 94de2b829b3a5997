"""What the handlers of the directory share: bodies read with care, answers, and refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeVar

from aiohttp import web

from zvonok_appservice.picture import Board, Picture
from zvonok_core.directory import from_json, to_json
from zvonok_core.errors import ConfigError

V = TypeVar("V")

LARGEST_BODY = 4096
"""Bytes: no request has more to say."""
RETRY_AFTER = 5
"""Seconds after which whoever came before the first look may come again."""

CONSUMER = web.RequestKey("consumer", str)
"""Whose token a request carries."""


class Refusal(Exception):  # noqa: N818 - a reply, not an error of the program
    """A request that gets a sentence instead of a view."""

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.headers = headers


def present(board: Board) -> Picture:
    """The newest picture; a refusal before the first look."""
    if board.picture is None:
        raise Refusal(
            503, "The appservice has not looked at the school yet.", {"Retry-After": str(RETRY_AFTER)}
        )
    return board.picture


async def body_of(request: web.Request, kind: type[V]) -> V:
    """The body as a `kind`; a refusal where it is too large or says anything else."""
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > LARGEST_BODY:
            raise Refusal(413, f"The body must have {LARGEST_BODY} bytes at most.")
    try:
        return from_json(kind, json.loads(body), strict=True)
    except ConfigError as error:
        raise Refusal(400, "; ".join(str(fault) for fault in error.faults)) from error
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "The body must be JSON.") from error


def answer(view: object, status: int = 200) -> web.Response:
    """A view as JSON."""
    return web.json_response(to_json(view), status=status)
