"""The bot's tables. A released migration is never edited."""

from __future__ import annotations

from zvonok_core.db import Connection


async def first_tables(db: Connection) -> None:
    """Rounds, picks, answers, remarks. Moments are milliseconds since 1970."""
    await db.execute(
        """CREATE TABLE creative_homework_rounds (
            id TEXT PRIMARY KEY,
            room TEXT NOT NULL,
            teacher TEXT NOT NULL,
            title TEXT NOT NULL,
            topics TEXT NOT NULL,
            times INTEGER NOT NULL,
            seconds INTEGER NOT NULL,
            closes BIGINT,
            ended BIGINT,
            command TEXT NOT NULL,
            shown TEXT NOT NULL DEFAULT ''
        )"""
    )
    await db.execute(
        "CREATE INDEX creative_homework_running ON creative_homework_rounds (room) WHERE ended IS NULL"
    )
    await db.execute("CREATE INDEX creative_homework_command ON creative_homework_rounds (command)")
    await db.execute(
        """CREATE TABLE creative_homework_picks (
            round TEXT NOT NULL,
            user_id TEXT NOT NULL,
            topic INTEGER NOT NULL,
            event TEXT NOT NULL,
            position BIGINT NOT NULL,
            PRIMARY KEY (round, user_id)
        )"""
    )
    await db.execute("CREATE INDEX creative_homework_pick ON creative_homework_picks (event)")
    # `seconds` is null until the recording was looked at.
    await db.execute(
        """CREATE TABLE creative_homework_answers (
            event TEXT PRIMARY KEY,
            round TEXT NOT NULL,
            user_id TEXT NOT NULL,
            address TEXT NOT NULL,
            at BIGINT NOT NULL,
            alone BOOLEAN NOT NULL,
            seconds INTEGER
        )"""
    )
    await db.execute("CREATE INDEX creative_homework_answer ON creative_homework_answers (round)")
    # `whom` is '' where a question in the discussion is for all.
    await db.execute(
        """CREATE TABLE creative_homework_remarks (
            event TEXT PRIMARY KEY,
            round TEXT NOT NULL,
            author TEXT NOT NULL,
            whom TEXT NOT NULL,
            asks BOOLEAN NOT NULL,
            praises BOOLEAN NOT NULL
        )"""
    )
    await db.execute("CREATE INDEX creative_homework_remark ON creative_homework_remarks (round)")
