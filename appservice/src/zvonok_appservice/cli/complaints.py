"""The command `complaints`: what was reported, whom it was told, who has answered. Ids only."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zvonok_appservice.app import App, open_app
from zvonok_appservice.cli.exits import Exit
from zvonok_appservice.cli.rooms import say
from zvonok_appservice.config import Config
from zvonok_appservice.reconcile.loop import NoRosterError
from zvonok_appservice.store.complaints import Complaint, Complaints
from zvonok_appservice.store.letters import Answer, Letters, Purpose, SentLetter
from zvonok_core.ids import UserId
from zvonok_core.text import Text, text


@dataclass(frozen=True, slots=True)
class Row:
    """A complaint with what came of it, and the titles of its classes."""

    complaint: Complaint
    classes: tuple[str, ...]
    told: tuple[SentLetter, ...]
    answers: tuple[Answer, ...]


async def complaints(config: Config, options: Namespace) -> Exit:
    """Print all complaints, oldest first."""
    async with open_app(config) as app:
        rows = await _rows(app)
        if options.json:
            print(json.dumps([_as_json(app, row) for row in rows], ensure_ascii=False, indent=2))
            return Exit.DONE
        for row in rows:
            say(app, _line(app, row))
        if not rows:
            say(app, text("There are no complaints."))
    return Exit.DONE


async def _rows(app: App) -> list[Row]:
    letters = Letters(app.database, app.clock)
    sent = [one for one in await letters.sent() if one.letter.purpose is Purpose.COMPLAINT]
    answers = await letters.answers()
    titles = await _titles(app)
    return [
        Row(
            complaint=complaint,
            classes=tuple(titles.get(class_, class_) for class_ in complaint.classes),
            told=tuple(one for one in sent if one.letter.complaint in (complaint.number, complaint.letter)),
            answers=tuple(one for one in answers if one.complaint in (complaint.number, complaint.letter)),
        )
        for complaint in await Complaints(app.database, app.clock).all()
    ]


async def _titles(app: App) -> dict[str, str]:
    try:
        picture = await app.reconciler.roster_picture(read=False)
    except NoRosterError:
        return {}
    return {class_.id: class_.title for class_ in picture.today.snapshot.classes.values()}


def _line(app: App, row: Row) -> Text:
    return text(
        "No. {number}, {moment}, {classes}. Told: {told}. {answer}",
        number=row.complaint.number,
        moment=_local(app, row.complaint.about.received_at),
        classes=", ".join(row.classes) or "—",
        told=_users([sent.letter.recipient for sent in row.told]) or text("nobody yet"),
        answer=_answer(app, row),
    )


def _answer(app: App, row: Row) -> Text:
    if not row.answers:
        return text("No answer yet.")
    moment = _local(app, row.answers[0].answered_at)
    return text("Answered: {user}, {moment}.", user=_users([row.answers[0].recipient]), moment=moment)


def _users(users: Sequence[UserId]) -> str:
    """User names, as people type them."""
    return ", ".join(user[1:].partition(":")[0] for user in users)


def _local(app: App, at: int) -> str:
    return f"{_when(app, at):%d.%m.%Y %H:%M}"


def _when(app: App, at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, app.config.school.time_zone)


def _as_json(app: App, row: Row) -> dict[str, Any]:
    about = row.complaint.about

    def iso(at: int) -> str:
        return _when(app, at).isoformat(timespec="seconds")

    return {
        "number": row.complaint.number,
        "received_at": iso(about.received_at),
        "about": about.matter,
        "author": about.author,
        "room": about.room,
        "event": about.event,
        "reporters": [filed.report.reporter for filed in row.complaint.reports],
        "classes": row.classes,
        "told": [{"user": one.letter.recipient, "at": iso(one.told_at)} for one in row.told],
        "answers": [
            {"user": one.recipient, "at": iso(one.answered_at), "event": one.event} for one in row.answers
        ],
    }
