"""Plays the story, once at a time, and keeps its transcript."""

from __future__ import annotations

import logging

from zvonok_core.errors import UserError, ZvonokError
from zvonok_core.text import text
from zvonok_demo import journal_edit
from zvonok_demo.morning.script import SCENES
from zvonok_demo.morning.stage import Stage
from zvonok_demo.morning.transcript import Kind, Line
from zvonok_demo.running import Demo

PAUSE = 0.75
"""Seconds between two lines: time to read them."""

log = logging.getLogger(__name__)


class Morning:
    """The transcript of the last morning, or of the one that is being played."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self.lines: list[Line] = []
        self.playing = False

    async def play(self, pause: float = PAUSE) -> bool:
        """Play it from the beginning. Returns whether all went as the story has it.

        Raises UserError while one is being played. The journal is as before in the end,
        however it ends.
        """
        if self.playing:
            raise UserError(text("The morning is being played already."))
        self.playing = True
        self.lines = []
        stage = Stage(self._demo, self.lines.append, pause)
        try:
            for scene in SCENES:
                await scene(stage)
        except (ZvonokError, LookupError) as error:
            log.warning("the morning was cut short: %r", error)
            told = error.text if isinstance(error, UserError) else str(error)
            message = text("The morning can't go on: {reason}", reason=told)
            self.lines.append(Line(Kind.FAILED, stage.clock, "", "", message))
        finally:
            self.playing = False
            journal_edit.undo(self._demo.folder)
        return not any(line.kind is Kind.FAILED for line in self.lines)
