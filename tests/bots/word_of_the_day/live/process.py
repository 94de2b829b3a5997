"""The bot as a process of its own, which can be killed, and which knows no quiet hours:
`python -m bots.word_of_the_day.live.process CONFIG`."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from datetime import time
from pathlib import Path

from zvonok_awards.bot import bot as awards
from zvonok_botkit.calendar import QuietHours
from zvonok_botkit.cli import run
from zvonok_botkit.config import load
from zvonok_polls.bot import bot as polls
from zvonok_word_of_the_day.bot import bot

if __name__ == "__main__":
    config = replace(load(Path(sys.argv[1])), quiet=QuietHours(time(0), time(0)))
    asyncio.run(run(config, [bot, awards, polls]))
