"""The bot's tables. A released migration is never edited."""

from __future__ import annotations

from zvonok_core.db import Connection


async def first_tables(db: Connection) -> None:
    """The first step of the tables."""
    await db.execute(
        """CREATE TABLE file_collector_collections (
            number INTEGER PRIMARY KEY,
            room TEXT NOT NULL,
            class_id TEXT,
            author TEXT NOT NULL,
            purpose TEXT NOT NULL,
            title TEXT NOT NULL,
            task TEXT NOT NULL,
            whom TEXT NOT NULL,
            kinds TEXT NOT NULL,
            most_bytes BIGINT NOT NULL,
            private BOOLEAN NOT NULL,
            late BOOLEAN NOT NULL,
            deadline BIGINT,
            status TEXT NOT NULL,
            begun BIGINT NOT NULL,
            ended BIGINT
        )"""
    )
    await db.execute("CREATE INDEX file_collector_by_room ON file_collector_collections (room, number)")
    await db.execute("CREATE INDEX file_collector_by_author ON file_collector_collections (author, number)")
    await db.execute("CREATE INDEX file_collector_by_status ON file_collector_collections (status, ended)")
    await db.execute(
        """CREATE TABLE file_collector_works (
            collection INTEGER NOT NULL,
            subject TEXT NOT NULL,
            state TEXT NOT NULL,
            version INTEGER NOT NULL,
            judged INTEGER NOT NULL,
            comment TEXT NOT NULL,
            PRIMARY KEY (collection, subject)
        )"""
    )
    # One thing that was sent may count for several: a parent's sign for each of their children.
    await db.execute(
        """CREATE TABLE file_collector_parts (
            collection INTEGER NOT NULL,
            subject TEXT NOT NULL,
            event TEXT NOT NULL,
            place INTEGER NOT NULL,
            sender TEXT NOT NULL,
            at BIGINT NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER,
            address TEXT,
            name TEXT,
            size BIGINT,
            format TEXT,
            sound BOOLEAN,
            PRIMARY KEY (collection, subject, event)
        )"""
    )
    await db.execute("CREATE INDEX file_collector_by_event ON file_collector_parts (event)")
    await db.execute("CREATE INDEX file_collector_by_sender ON file_collector_parts (sender)")
    await db.execute(
        """CREATE TABLE file_collector_waiting (
            event TEXT PRIMARY KEY,
            position BIGINT NOT NULL,
            sender TEXT NOT NULL,
            at BIGINT NOT NULL,
            options TEXT NOT NULL,
            address TEXT NOT NULL,
            name TEXT NOT NULL,
            size BIGINT NOT NULL,
            format TEXT NOT NULL,
            sound BOOLEAN NOT NULL
        )"""
    )
    await db.execute("CREATE INDEX file_collector_waiting_by_sender ON file_collector_waiting (sender)")
    await db.execute(
        """CREATE TABLE file_collector_tables (
            collection INTEGER NOT NULL,
            viewer TEXT NOT NULL,
            subjects TEXT NOT NULL,
            at BIGINT NOT NULL,
            waiting BOOLEAN NOT NULL,
            PRIMARY KEY (collection, viewer)
        )"""
    )
