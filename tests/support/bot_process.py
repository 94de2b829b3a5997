"""The example bot as a process of its own, which can be killed: `python -m support.bot_process
CONFIG`. Its command `die` kills it in the middle of the handler, once for each message."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from support.example_bot import Praises, bot
from zvonok_botkit import Answer, Context, text
from zvonok_botkit.cli import run
from zvonok_botkit.config import load


@bot.command("die", "упасть")
async def die(ctx: Context[Praises]) -> Answer:
    """Fall over, and get up: `!die`"""
    count = await ctx.store.add(ctx.asker.user, "die", "")
    mark = Path(sys.argv[1]).with_name(f"died{ctx.event.at}")
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return text("Alive: {count}", count=count)


if __name__ == "__main__":
    asyncio.run(run(load(Path(sys.argv[1])), [bot]))
