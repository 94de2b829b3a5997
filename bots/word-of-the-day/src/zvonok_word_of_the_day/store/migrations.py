"""The steps by which the bot's tables came to be what they are, forward only."""

from __future__ import annotations

from zvonok_core.db import Connection


async def first_tables(db: Connection) -> None:
    """The first migration; never edited after a release."""
    await db.execute(
        """CREATE TABLE word_of_the_day_practices (
            room TEXT PRIMARY KEY,
            teacher TEXT NOT NULL,
            days TEXT NOT NULL,
            at TEXT NOT NULL,
            language TEXT NOT NULL,
            source TEXT NOT NULL,
            level INTEGER NOT NULL,
            paused BOOLEAN NOT NULL,
            resumes TEXT,
            wanted BOOLEAN NOT NULL,
            changed BIGINT NOT NULL
        )"""
    )
    await db.execute(
        """CREATE TABLE word_of_the_day_lists (
            room TEXT NOT NULL,
            place INTEGER NOT NULL,
            word TEXT NOT NULL,
            PRIMARY KEY (room, place)
        )"""
    )
    await db.execute(
        """CREATE TABLE word_of_the_day_days (
            room TEXT NOT NULL,
            day TEXT NOT NULL,
            week TEXT NOT NULL,
            word TEXT NOT NULL,
            giver TEXT,
            PRIMARY KEY (room, day)
        )"""
    )
    await db.execute(
        """CREATE TABLE word_of_the_day_answers (
            event TEXT PRIMARY KEY,
            room TEXT NOT NULL,
            day TEXT NOT NULL,
            student TEXT NOT NULL,
            kind TEXT NOT NULL
        )"""
    )
    await db.execute(
        "CREATE INDEX word_of_the_day_answers_day ON word_of_the_day_answers (room, day, student)"
    )
    await db.execute(
        """CREATE TABLE word_of_the_day_praises (
            event TEXT PRIMARY KEY,
            answer TEXT NOT NULL,
            by_user TEXT NOT NULL
        )"""
    )
    await db.execute("CREATE INDEX word_of_the_day_praises_answer ON word_of_the_day_praises (answer)")
    await db.execute(
        """CREATE TABLE word_of_the_day_turns (
            room TEXT NOT NULL,
            number INTEGER NOT NULL,
            student TEXT NOT NULL,
            day TEXT NOT NULL,
            word TEXT,
            ready BOOLEAN NOT NULL,
            open BOOLEAN NOT NULL,
            PRIMARY KEY (room, number)
        )"""
    )
    await db.execute("CREATE INDEX word_of_the_day_turns_student ON word_of_the_day_turns (student)")
    await db.execute(
        "CREATE TABLE word_of_the_day_weeks (room TEXT NOT NULL, week TEXT NOT NULL, PRIMARY KEY (room, week))"
    )
    await db.execute(
        """CREATE TABLE word_of_the_day_praised (
            room TEXT NOT NULL,
            student TEXT NOT NULL,
            week TEXT NOT NULL,
            PRIMARY KEY (room, student)
        )"""
    )
