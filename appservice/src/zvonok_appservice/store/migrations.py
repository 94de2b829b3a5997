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


@upgrades.register(description="Complaints: what people report, whom it was told, who answered")  # type: ignore[call-arg, arg-type, untyped-decorator]  # typed for its bare use
async def third(db: Connection) -> None:
    # Ids only: the words stay on the homeserver. `classes` is a JSON list of class ids.
    # `told_with` is the complaint in whose letter this one stands.
    await db.execute(
        """CREATE TABLE complaints (
            number BIGINT PRIMARY KEY,
            matter TEXT NOT NULL,
            room TEXT,
            event TEXT UNIQUE,
            author TEXT,
            classes TEXT,
            addressed_at BIGINT,
            told_with BIGINT
        )"""
    )
    # The homeserver's reports, those that concern others than this school (no complaint)
    # among them. It may use a number twice once a report was deleted, hence the time.
    # `told_in` is the `part` of the letters that tell of it.
    await db.execute(
        """CREATE TABLE complaint_reports (
            matter TEXT NOT NULL,
            report BIGINT NOT NULL,
            received_at BIGINT NOT NULL,
            reporter TEXT NOT NULL,
            complaint BIGINT,
            repeated INTEGER NOT NULL,
            told_in BIGINT,
            PRIMARY KEY (matter, report, received_at)
        )"""
    )
    await db.execute("CREATE INDEX complaint_reports_complaint ON complaint_reports (complaint)")
    # Direct messages that are due, and with `told_at` those that were sent.
    await db.execute(
        """CREATE TABLE complaint_letters (
            complaint BIGINT NOT NULL,
            recipient TEXT NOT NULL,
            purpose TEXT NOT NULL,
            part BIGINT NOT NULL,
            due_at BIGINT NOT NULL,
            told_at BIGINT,
            event TEXT,
            PRIMARY KEY (complaint, recipient, purpose, part)
        )"""
    )
    await db.execute("CREATE INDEX complaint_letters_event ON complaint_letters (event)")
    await db.execute(
        """CREATE TABLE complaint_answers (
            event TEXT PRIMARY KEY,
            complaint BIGINT NOT NULL,
            recipient TEXT NOT NULL,
            answered_at BIGINT NOT NULL
        )"""
    )
    # Direct chats in which answers are looked for, and the last message that was seen there.
    await db.execute(
        """CREATE TABLE complaint_chats (
            room TEXT PRIMARY KEY,
            recipient TEXT NOT NULL,
            seen TEXT NOT NULL
        )"""
    )
