"""The tables, built up forward only. A released migration is never edited.

Moments are milliseconds since 1970 in UTC (BIGINT), days are ISO dates (TEXT).
"""

from __future__ import annotations

from zvonok_core.db import Connection, UpgradeTable

upgrades = UpgradeTable(version_table_name="zvonok_version", database_name="zvonok")


@upgrades.register(description="People, codes, consents, the last good roster, audit")  # type: ignore[call-arg, arg-type, untyped-decorator]  # typed for its bare use
async def first(db: Connection) -> None:
    # One row for everybody whom the roster ever showed: the user name is theirs for good.
    await db.execute(
        """CREATE TABLE people (
            person TEXT PRIMARY KEY,
            localpart TEXT NOT NULL UNIQUE,
            linked_at BIGINT
        )"""
    )
    # An operator's lock stands above journal and guard.
    await db.execute(
        """CREATE TABLE operator_locks (
            person TEXT PRIMARY KEY,
            reason TEXT NOT NULL,
            locked_at BIGINT NOT NULL
        )"""
    )
    await db.execute(
        """CREATE TABLE codes (
            hash TEXT PRIMARY KEY,
            person TEXT NOT NULL,
            issued_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            claimed_at BIGINT,
            claim TEXT,
            used_at BIGINT
        )"""
    )
    await db.execute("CREATE INDEX codes_person ON codes (person)")
    await db.execute(
        """CREATE TABLE sessions (
            hash TEXT PRIMARY KEY,
            person TEXT NOT NULL,
            expires_at BIGINT NOT NULL
        )"""
    )
    await db.execute("CREATE INDEX sessions_person ON sessions (person)")
    await db.execute(
        """CREATE TABLE consents (
            guardian TEXT NOT NULL,
            child TEXT NOT NULL,
            wording TEXT NOT NULL,
            given_at BIGINT NOT NULL,
            PRIMARY KEY (guardian, child)
        )"""
    )
    # What was confirmed past the guard: one removal a row, so that what is left of an
    # interrupted run needs no second confirmation.
    await db.execute(
        """CREATE TABLE approvals (
            removal TEXT PRIMARY KEY,
            expires_at BIGINT NOT NULL
        )"""
    )
    # Lessons held by video: each makes its subject room (once is enough).
    await db.execute(
        """CREATE TABLE lessons (
            subject TEXT NOT NULL,
            class TEXT NOT NULL,
            subgroup TEXT NOT NULL,
            held_at BIGINT NOT NULL,
            PRIMARY KEY (subject, class, subgroup)
        )"""
    )
    # The last good roster, compressed; the names are those of `store.rosters`.
    await db.execute(
        """CREATE TABLE rosters (
            name TEXT PRIMARY KEY,
            fingerprint TEXT NOT NULL,
            read_at BIGINT NOT NULL,
            body BYTEA NOT NULL
        )"""
    )
    # Who did what to whom, by ids. `at` is in nanoseconds, which keeps the order.
    await db.execute(
        """CREATE TABLE audit (
            at BIGINT NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT NOT NULL
        )"""
    )
    await db.execute("CREATE INDEX audit_at ON audit (at)")


@upgrades.register(description="Mutes, pauses, and who came back after leaving a room")  # type: ignore[call-arg, arg-type, untyped-decorator]  # typed for its bare use
async def second(db: Connection) -> None:
    await db.execute(
        """CREATE TABLE mutes (
            room TEXT NOT NULL,
            user_id TEXT NOT NULL,
            until BIGINT NOT NULL,
            by_user TEXT NOT NULL,
            reason TEXT NOT NULL,
            since BIGINT NOT NULL,
            told_at BIGINT,
            PRIMARY KEY (room, user_id)
        )"""
    )
    await db.execute(
        """CREATE TABLE pauses (
            room TEXT PRIMARY KEY,
            until BIGINT NOT NULL,
            by_user TEXT NOT NULL,
            since BIGINT NOT NULL,
            told_at BIGINT
        )"""
    )
    await db.execute(
        """CREATE TABLE returns (
            room TEXT NOT NULL,
            user_id TEXT NOT NULL,
            noted_at BIGINT NOT NULL,
            told_at BIGINT,
            PRIMARY KEY (room, user_id)
        )"""
    )
