"""Where each student is, what they have answered, and when they see a task again.

Of an answer its points are kept, and never its words. Moments are milliseconds since 1970 in
UTC.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from zvonok_core.clock import milliseconds
from zvonok_core.db import Connection
from zvonok_core.ids import UserId
from zvonok_exam_prep.collection.missing import Question
from zvonok_exam_prep.collection.wishes import Wish
from zvonok_exam_prep.items import Exam, ItemId
from zvonok_exam_prep.repetition import Schedule

DAY = 86_400_000
MOST_RECENT = 5
"""Tasks that don't come again at once."""


class Stage(StrEnum):
    """What the student was asked last."""

    CHOOSING = "choosing"
    """Which tasks they want."""
    ASKED = "asked"
    """A task."""
    MARKING = "marking"
    """What their open answer is worth."""
    TOLD = "told"
    """Whether they want another one, now that this one is explained."""
    OVER = "over"
    """Nothing: they have had enough."""


@dataclass(frozen=True, slots=True)
class Session:
    """One student's training. `shown_at` is when the task was, `heard_at` when anything was said
    last; `begun_at` is when they began this time. `paused`: they were asked whether to go on."""

    user: UserId
    stage: Stage
    wish: Wish
    question: Question | None = None
    item: ItemId | None = None
    tries: int = 0
    hints: int = 0
    paused: bool = False
    recent: tuple[ItemId, ...] = ()
    begun_at: int = 0
    shown_at: int = 0
    heard_at: int = 0

    def shows(self, item: ItemId, at: int) -> Session:
        """The same with a new task."""
        recent = (*(one for one in self.recent if one != item), item)[-MOST_RECENT:]
        fresh = replace(self, stage=Stage.ASKED, item=item, tries=0, hints=0, recent=recent, question=None)
        return replace(fresh, paused=False, shown_at=at, heard_at=at)


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer was worth. `took` is in milliseconds; None where nobody knows, because
    something else came between."""

    item: ItemId
    subject: str
    topic: str
    difficulty: int
    points: int
    of: int
    at: int
    took: int | None


class TrainingStore:
    """Sessions, answers and reviews, within one transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    # ------------------------------------------------------------ sessions

    async def session(self, user: UserId) -> Session | None:
        """Where somebody is; None before they have begun."""
        body = await self._db.fetchval("SELECT body FROM exam_prep_sessions WHERE user_id = $1", user)
        return _session(user, json.loads(body)) if body else None

    async def keep(self, session: Session) -> None:
        """Note where somebody is."""
        body = asdict(session)
        del body["user"]
        if session.question:
            del body["question"]["before"]
        await self._db.execute(
            """INSERT INTO exam_prep_sessions (user_id, body) VALUES ($1, $2)
            ON CONFLICT (user_id) DO UPDATE SET body = excluded.body""",
            session.user,
            json.dumps(body, ensure_ascii=False),
        )

    # ------------------------------------------------------------ answers

    async def answered(self, user: UserId, answer: Answered, keep_days: int) -> None:
        """Note an answer, and forget those of long ago."""
        await self._db.execute(
            """INSERT INTO exam_prep_answers
            (user_id, item, subject, topic, difficulty, points, of_points, at, took)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
            user,
            answer.item,
            answer.subject,
            answer.topic,
            answer.difficulty,
            answer.points,
            answer.of,
            answer.at,
            answer.took,
        )
        await self._db.execute(
            "DELETE FROM exam_prep_answers WHERE user_id = $1 AND at < $2", user, answer.at - keep_days * DAY
        )

    async def answers(self, user: UserId, since: int, subject: str = "") -> list[Answered]:
        """What somebody has answered, the oldest first."""
        rows = await self._db.fetch(
            """SELECT item, subject, topic, difficulty, points, of_points, at, took FROM exam_prep_answers
            WHERE user_id = $1 AND at >= $2 AND ($3 = '' OR subject = $3) ORDER BY at""",
            user,
            since,
            subject,
        )
        return [Answered(ItemId(row[0]), *tuple(row)[1:]) for row in rows]

    async def latest(self, user: UserId, subject: str, most: int) -> list[Answered]:
        """The last answers in a subject, the oldest first."""
        rows = await self._db.fetch(
            """SELECT item, subject, topic, difficulty, points, of_points, at, took FROM exam_prep_answers
            WHERE user_id = $1 AND subject = $2 ORDER BY at DESC LIMIT $3""",
            user,
            subject,
            most,
        )
        return [Answered(ItemId(row[0]), *tuple(row)[1:]) for row in reversed(rows)]

    # ------------------------------------------------------------ reviews

    async def review(self, user: UserId, item: ItemId) -> Schedule | None:
        """What is known of somebody and a task."""
        row = await self._db.fetchrow(
            "SELECT state, due FROM exam_prep_reviews WHERE user_id = $1 AND item = $2", user, item
        )
        return Schedule(datetime.fromtimestamp(row["due"] / 1000, UTC), row["state"]) if row else None

    async def reviewed(self, user: UserId, item: ItemId, schedule: Schedule) -> None:
        """Note it anew."""
        await self._db.execute(
            """INSERT INTO exam_prep_reviews (user_id, item, state, due) VALUES ($1, $2, $3, $4)
            ON CONFLICT (user_id, item) DO UPDATE SET state = excluded.state, due = excluded.due""",
            user,
            item,
            schedule.state,
            milliseconds(schedule.due),
        )

    async def dues(self, user: UserId) -> Mapping[ItemId, int]:
        """When each task that somebody has answered is due."""
        rows = await self._db.fetch("SELECT item, due FROM exam_prep_reviews WHERE user_id = $1", user)
        return {ItemId(row["item"]): row["due"] for row in rows}

    # ------------------------------------------------------------ reminders

    async def remind_at(self, user: UserId, time: str) -> None:
        """Note when somebody wants to be reminded, such as 18:00; "" for never."""
        await self._db.execute("DELETE FROM exam_prep_reminders WHERE user_id = $1", user)
        if time:
            await self._db.execute(
                "INSERT INTO exam_prep_reminders (user_id, time) VALUES ($1, $2)", user, time
            )

    async def reminded_at(self, user: UserId) -> str:
        """When somebody wants to be reminded; "" where never."""
        time = await self._db.fetchval("SELECT time FROM exam_prep_reminders WHERE user_id = $1", user)
        return str(time or "")


def _session(user: UserId, body: dict[str, Any]) -> Session:
    question = body["question"]
    return Session(
        user=user,
        **{
            **body,
            "stage": Stage(body["stage"]),
            "wish": _wish(body["wish"]),
            "question": Question(question["field"], tuple(question["choices"]), _wish(question["wish"]))
            if question
            else None,
            "recent": tuple(body["recent"]),
        },
    )


def _wish(body: dict[str, Any]) -> Wish:
    exam = Exam(body["exam"]) if body["exam"] else None
    return Wish(**{**body, "exam": exam, "topics": tuple(body["topics"])})


async def first_tables(db: Connection) -> None:
    """A migration; never edited after a release."""
    await db.execute("CREATE TABLE exam_prep_sessions (user_id TEXT PRIMARY KEY, body TEXT NOT NULL)")
    # With what it was about: the task itself may be taken back.
    await db.execute(
        """CREATE TABLE exam_prep_answers (
            user_id TEXT NOT NULL,
            item TEXT NOT NULL,
            subject TEXT NOT NULL,
            topic TEXT NOT NULL,
            difficulty INTEGER NOT NULL,
            points INTEGER NOT NULL,
            of_points INTEGER NOT NULL,
            at BIGINT NOT NULL,
            took BIGINT
        )"""
    )
    await db.execute("CREATE INDEX exam_prep_answers_user ON exam_prep_answers (user_id, at)")
    await db.execute(
        """CREATE TABLE exam_prep_reviews (
            user_id TEXT NOT NULL,
            item TEXT NOT NULL,
            state TEXT NOT NULL,
            due BIGINT NOT NULL,
            PRIMARY KEY (user_id, item)
        )"""
    )
    await db.execute("CREATE TABLE exam_prep_reminders (user_id TEXT PRIMARY KEY, time TEXT NOT NULL)")
