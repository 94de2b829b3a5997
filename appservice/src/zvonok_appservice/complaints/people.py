"""What the picture of the school says of a complaint: whose it is, and who the people are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zvonok_appservice.complaints.addressees import classes_concerned
from zvonok_appservice.complaints.model import Report
from zvonok_appservice.introductions import with_name
from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.model import ActualRoom, RoomKey
from zvonok_appservice.reconcile.today import Today
from zvonok_core.ids import ClassId, PersonId, RoomId, UserId
from zvonok_core.roles import Position
from zvonok_core.text import Text, text


def reachable(picture: Picture) -> frozenset[PersonId]:
    """Everybody who has an account that is open today."""
    accounts = picture.desired.accounts.values()
    return frozenset(a.person for a in accounts if not a.locked and not a.deactivated)


def managed_room(picture: Picture, room: RoomId | None) -> ActualRoom | None:
    """The school's own room with this id, None where it is another one, or none."""
    return next((found for found in picture.actual.rooms.values() if found.room == room), None)


def is_ours(picture: Picture, report: Report) -> bool:
    """Several schools may share a homeserver: whether somebody of this one is concerned."""
    people = picture.person_of
    return (
        report.reporter in people or report.author in people or managed_room(picture, report.room) is not None
    )


def concerned(
    picture: Picture, report: Report
) -> tuple[Today, RoomKey | None, PersonId | None, PersonId | None]:
    """By what it is decided who gets a report: the day, room, reporter and author."""
    room = managed_room(picture, report.room)
    author = picture.person_of.get(report.author) if report.author is not None else None
    key = room.key if room is not None else None
    return picture.today, key, picture.person_of.get(report.reporter), author


def classes_of(picture: Picture, reports: Iterable[Report]) -> list[ClassId]:
    """The classes that reports concern, in the journal's order."""
    found = {class_ for report in reports for class_ in classes_concerned(*concerned(picture, report))}
    return [class_ for class_ in picture.today.snapshot.classes if class_ in found]


def reporters_to_tell(picture: Picture, reports: Iterable[Report]) -> set[UserId]:
    """Who has complained, of those whom the school can tell something."""
    reporters = {report.reporter for report in reports}
    open_accounts = reachable(picture)
    return {user for user in reporters if picture.person_of.get(user) in open_accounts}


def introduced(picture: Picture, user: UserId) -> Text:
    """Name and office; the bare user id of an account that is nobody's of the school."""
    person = picture.person_of.get(user)
    if person is None or person not in picture.today.snapshot.people:
        return Text("{user}", {"user": user})
    return with_name(picture.today, person)


def offices(picture: Picture, people: Sequence[PersonId | None]) -> list[Text]:
    """By which office those who get a complaint look into it."""
    deputies, chief = (
        {row.person for row in picture.today.holders.get(position, ())}
        for position in (Position.DEPUTY_UPBRINGING, Position.HEAD)
    )
    heads = {row.teacher for rows in picture.today.homerooms_of_class.values() for row in rows}
    found = []
    if any(person in heads and person not in deputies | chief for person in people):
        found.append(text("the class head"))
    if any(person in deputies for person in people):
        found.append(text("the deputy head for upbringing"))
    if any(person in chief and person not in deputies for person in people):
        found.append(text("the head of the school"))
    return found or [text("the school's administration")]
