"""The bot, whole: importing its modules declares its commands, in the order of the help."""

from __future__ import annotations

from zvonok_botkit import Bot

bot = Bot[None, None]("exam-prep", package="zvonok_exam_prep")
