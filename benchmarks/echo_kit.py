"""The bot of `bench_botkit.py` as it is written with the kit: `echo_kit.py ADDRESS USER FOLDER`."""

from __future__ import annotations

import asyncio
import sys

from zvonok_botkit import Answer, Bot, Context, Rest, text
from zvonok_botkit.cli import run
from zvonok_botkit.config import Config, HomeserverConfig
from zvonok_core.ids import UserId

bot: Bot[None, None] = Bot("echo")


@bot.command("echo", "эхо")
async def echo(ctx: Context, words: Rest) -> Answer:
    """Say it again: `!echo words`"""
    return text("{words}!", words=words)


if __name__ == "__main__":
    address, user, folder = sys.argv[1:]
    homeserver = HomeserverConfig(address, UserId(user), "Зонт-на-гвозде-7")
    asyncio.run(run(Config(homeserver, f"sqlite:///{folder}/kit.db"), [bot]))
