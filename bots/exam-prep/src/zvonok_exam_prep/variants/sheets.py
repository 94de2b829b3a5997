"""The bot's tables of what students have answered, and how far a teacher is with marking it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from zvonok_core.clock import milliseconds
from zvonok_core.db import Connection
from zvonok_core.ids import UserId
from zvonok_exam_prep.variants.store import moment
from zvonok_exam_prep.variants.variant import Attempt, Given, Marking, Placed, Stage


class SheetStore:
    """Within one transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def attempt(self, id: str, user: UserId) -> Attempt | None:
        """How far somebody is; None before they have begun."""
        row = await self._db.fetchrow(
            "SELECT * FROM exam_prep_attempts WHERE variant = $1 AND user_id = $2", id, user
        )
        return _attempt(row) if row else None

    async def attempts(self, id: str) -> dict[UserId, Attempt]:
        """How far everybody is who has begun."""
        rows = await self._db.fetch(
            "SELECT * FROM exam_prep_attempts WHERE variant = $1 ORDER BY begun, user_id", id
        )
        return {UserId(row["user_id"]): _attempt(row) for row in rows}

    async def latest(self, user: UserId) -> Attempt | None:
        """What somebody has spoken of last."""
        row = await self._db.fetchrow(
            "SELECT * FROM exam_prep_attempts WHERE user_id = $1 ORDER BY heard DESC, begun DESC LIMIT 1",
            user,
        )
        return _attempt(row) if row else None

    async def keep(self, attempt: Attempt) -> None:
        """Note how far somebody is."""
        await self._db.execute(
            """INSERT INTO exam_prep_attempts (variant, user_id, sheet, begun, heard, place, stage, handed_in, told)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (variant, user_id) DO UPDATE SET
            heard = excluded.heard, place = excluded.place, stage = excluded.stage,
            handed_in = excluded.handed_in, told = excluded.told""",
            attempt.variant,
            attempt.user,
            json.dumps([[one.slot, one.position, one.order] for one in attempt.sheet]),
            milliseconds(attempt.begun),
            milliseconds(attempt.heard),
            attempt.place,
            attempt.stage.value,
            milliseconds(attempt.handed_in) if attempt.handed_in else None,
            attempt.told,
        )

    # ------------------------------------------------------------ answers

    async def answers(self, id: str, user: UserId) -> dict[int, Given]:
        """What somebody has answered, by place."""
        return (await self.all_answers(id, user)).get(user, {})

    async def all_answers(self, id: str, user: UserId | str = "") -> dict[UserId, dict[int, Given]]:
        """What everybody has answered, or somebody, by place."""
        rows = await self._db.fetch(
            """SELECT * FROM exam_prep_variant_answers WHERE variant = $1 AND ($2 = '' OR user_id = $2)
            ORDER BY user_id, place""",
            id,
            user,
        )
        found: dict[UserId, dict[int, Given]] = {}
        for row in rows:
            found.setdefault(UserId(row["user_id"]), {})[row["place"]] = _given(row)
        return found

    async def answer(self, id: str, user: UserId, given: Given) -> None:
        """Note an answer, or another one in its place."""
        await self._db.execute(
            """INSERT INTO exam_prep_variant_answers (variant, user_id, place, words, given, points, marks, comment)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (variant, user_id, place) DO UPDATE SET
            words = excluded.words, given = excluded.given, points = excluded.points,
            marks = excluded.marks, comment = excluded.comment""",
            id,
            user,
            given.place,
            given.words,
            given.given,
            given.points,
            " ".join(map(str, given.marks)),
            given.comment,
        )

    # ------------------------------------------------------------ marking

    async def marking(self, teacher: UserId) -> Marking | None:
        """Which answer a teacher is at; None where they mark nothing."""
        row = await self._db.fetchrow(
            "SELECT variant, body FROM exam_prep_marking WHERE teacher = $1", teacher
        )
        return _marking(row["variant"], json.loads(row["body"])) if row else None

    async def mark_on(self, teacher: UserId, marking: Marking) -> None:
        """Note it."""
        body = asdict(marking)
        del body["variant"]
        await self._db.execute(
            """INSERT INTO exam_prep_marking (teacher, variant, body) VALUES ($1, $2, $3)
            ON CONFLICT (teacher) DO UPDATE SET variant = excluded.variant, body = excluded.body""",
            teacher,
            marking.variant,
            json.dumps(body),
        )


def _marking(variant: str, body: dict[str, Any]) -> Marking:
    return Marking(
        variant=variant,
        names=body["names"],
        user=UserId(body["user"]),
        place=body["place"],
        marks=tuple(body["marks"]),
        skipped=tuple((UserId(user), place) for user, place in body["skipped"]),
        before=tuple((UserId(user), place) for user, place in body["before"]),
    )


def _attempt(row: Any) -> Attempt:
    return Attempt(
        variant=row["variant"],
        user=UserId(row["user_id"]),
        sheet=tuple(
            Placed(slot, position, tuple(order)) for slot, position, order in json.loads(row["sheet"])
        ),
        begun=moment(row["begun"]),
        heard=moment(row["heard"]),
        place=row["place"],
        stage=Stage(row["stage"]),
        handed_in=moment(row["handed_in"]) if row["handed_in"] else None,
        told=bool(row["told"]),
    )


def _given(row: Any) -> Given:
    marks = tuple(int(one) for one in row["marks"].split())
    return Given(row["place"], row["words"], row["given"], row["points"], marks, row["comment"])


async def first_tables(db: Connection) -> None:
    """A migration; never edited after a release."""
    await db.execute(
        """CREATE TABLE exam_prep_attempts (
            variant TEXT NOT NULL,
            user_id TEXT NOT NULL,
            sheet TEXT NOT NULL,
            begun BIGINT NOT NULL,
            heard BIGINT NOT NULL,
            place INTEGER NOT NULL,
            stage TEXT NOT NULL,
            handed_in BIGINT,
            told BOOLEAN NOT NULL,
            PRIMARY KEY (variant, user_id)
        )"""
    )
    await db.execute("CREATE INDEX exam_prep_attempts_user ON exam_prep_attempts (user_id, heard)")
    await db.execute(
        """CREATE TABLE exam_prep_variant_answers (
            variant TEXT NOT NULL,
            user_id TEXT NOT NULL,
            place INTEGER NOT NULL,
            words TEXT NOT NULL,
            given TEXT NOT NULL,
            points INTEGER,
            marks TEXT NOT NULL,
            comment TEXT NOT NULL,
            PRIMARY KEY (variant, user_id, place)
        )"""
    )
    await db.execute(
        "CREATE TABLE exam_prep_marking (teacher TEXT PRIMARY KEY, variant TEXT NOT NULL, body TEXT NOT NULL)"
    )
