"""What ends the program, and what a log may say of a bug: where it happened, and nothing of
what people wrote."""

from __future__ import annotations

import traceback

SIGNED_OUT = "M_UNKNOWN_TOKEN"
"""Nothing works any more until the program signs in again."""


def trace(error: BaseException) -> str:
    """The kind of an error and its path through the source, without its message, which may
    hold anything."""
    parts = []
    link: BaseException | None = error
    while link is not None:
        frames = "".join(traceback.format_tb(link.__traceback__))
        parts.append(f"{frames}{type(link).__module__}.{type(link).__qualname__}")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\nafter\n".join(parts)
