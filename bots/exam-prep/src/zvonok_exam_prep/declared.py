"""The bot as a declaration."""

from __future__ import annotations

from zvonok_botkit import Bot

bot = Bot[None, None]("exam-prep", package="zvonok_exam_prep")
