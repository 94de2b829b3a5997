"""The kit's own tables. A released migration is never edited.

Moments are milliseconds since 1970 in UTC. `position` keeps the order in which things came;
one program writes a database.
"""

from __future__ import annotations

from zvonok_core.db import Connection, UpgradeTable

upgrades = UpgradeTable(version_table_name="kit_version", database_name="kit")


@upgrades.register(description="Inbox, outbox, drafts, jobs, rooms")  # type: ignore[call-arg, arg-type, untyped-decorator]  # typed for its bare use
async def first(db: Connection) -> None:
    # Single values, such as how far the homeserver's news were read.
    await db.execute("CREATE TABLE kit_values (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    await db.execute(
        """CREATE TABLE kit_rooms (
            room TEXT PRIMARY KEY,
            members INTEGER,
            told_encrypted BOOLEAN NOT NULL DEFAULT false
        )"""
    )
    # Written before anything is done with an event; `body` goes once it is handled.
    await db.execute(
        """CREATE TABLE kit_inbox (
            bot TEXT NOT NULL,
            event TEXT NOT NULL,
            position BIGINT NOT NULL,
            at BIGINT NOT NULL,
            how TEXT NOT NULL,
            about TEXT NOT NULL,
            body TEXT,
            due BIGINT NOT NULL,
            tries INTEGER NOT NULL DEFAULT 0,
            handled_at BIGINT,
            PRIMARY KEY (bot, event)
        )"""
    )
    await db.execute("CREATE INDEX kit_inbox_open ON kit_inbox (bot, position) WHERE handled_at IS NULL")
    # `transaction_id` comes from what is answered, so that nothing is sent twice.
    await db.execute(
        """CREATE TABLE kit_outbox (
            transaction_id TEXT PRIMARY KEY,
            bot TEXT NOT NULL,
            position BIGINT NOT NULL,
            key TEXT NOT NULL,
            place TEXT NOT NULL,
            body TEXT,
            media BYTEA,
            room TEXT,
            event TEXT,
            sent_at BIGINT
        )"""
    )
    await db.execute("CREATE INDEX kit_outbox_open ON kit_outbox (position) WHERE sent_at IS NULL")
    await db.execute("CREATE INDEX kit_outbox_key ON kit_outbox (bot, key)")
    await db.execute("CREATE INDEX kit_outbox_event ON kit_outbox (event)")
    # A question that somebody was asked; the newest one counts.
    await db.execute(
        """CREATE TABLE kit_drafts (
            room TEXT NOT NULL,
            user_id TEXT NOT NULL,
            bot TEXT NOT NULL,
            command TEXT NOT NULL,
            draft TEXT NOT NULL,
            at BIGINT NOT NULL,
            PRIMARY KEY (room, user_id)
        )"""
    )
    await db.execute(
        """CREATE TABLE kit_jobs (
            bot TEXT NOT NULL,
            name TEXT NOT NULL,
            key TEXT NOT NULL,
            due BIGINT NOT NULL,
            room TEXT NOT NULL,
            data TEXT NOT NULL,
            PRIMARY KEY (bot, name, key)
        )"""
    )
    await db.execute("CREATE INDEX kit_jobs_due ON kit_jobs (due)")
    # Rooms that the bot was asked into and has not come into yet.
    await db.execute(
        "CREATE TABLE kit_invitations (room TEXT PRIMARY KEY, due BIGINT NOT NULL, tries INTEGER NOT NULL)"
    )
    await db.execute("CREATE TABLE kit_direct_rooms (user_id TEXT PRIMARY KEY, room TEXT NOT NULL)")


@upgrades.register(description="Who has spoken last in a room")  # type: ignore[call-arg, arg-type, untyped-decorator]
async def second(db: Connection) -> None:
    await db.execute("CREATE INDEX kit_outbox_room ON kit_outbox (room, position)")
