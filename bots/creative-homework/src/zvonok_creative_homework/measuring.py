"""How long a recording is, whatever its sender and its header say."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from zvonok_core.errors import TemporaryError, UserError
from zvonok_core.text import text
from zvonok_creative_homework.packets import Found

SECONDS = 60.0
"""By the clock on the wall; a machine that needs longer is too busy."""
STRANGE = text(
    "I find neither sound nor video in this file. Please record a voice or video message right in the chat."
)
DAMAGED = text("This recording breaks off or is damaged. Please send it again, or record it once more.")


async def measure(path: Path) -> float:
    """The seconds that a recording takes to be heard or seen. Raises UserError for a file that
    is no recording or can't be read to its end, TemporaryError where the machine is too busy."""
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "zvonok_creative_homework.packets", path),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=DEVNULL,
            env={},
        )
    except OSError as error:
        raise TemporaryError(f"no program can be started: {error}") from error
    try:
        async with asyncio.timeout(SECONDS):
            said, _ = await process.communicate()
    except TimeoutError as error:
        raise TemporaryError("a recording could not be measured in time") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    code = process.returncode or 0
    if code < 0:  # too much for its limits, or for the library
        raise UserError(DAMAGED)
    if code > 0:
        raise RuntimeError(f"measuring has ended with {code}")
    found: Found = json.loads(said)
    if found["fault"]:
        raise UserError(STRANGE if found["fault"] == "strange" else DAMAGED)
    return found["seconds"]
