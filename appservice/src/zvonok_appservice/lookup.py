"""Finding a person or a room by what somebody types."""

from __future__ import annotations

from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.model import RoomKey
from zvonok_appservice.reconcile.names import full_name, sort_key
from zvonok_appservice.roster.class_titles import class_title
from zvonok_core.errors import UserError
from zvonok_core.ids import ClassId, PersonId
from zvonok_core.text import text


def find_person(picture: Picture, query: str) -> PersonId:
    """The person with this Matrix id, user name, id of the journal, or name; a family name
    is enough where it is the only one. Raises UserError where there is none, or several."""
    people = picture.today.snapshot.people
    asked = query.strip().lstrip("@")
    for person, account in picture.given.accounts.items():
        if account.user[1:] == asked or account.user[1:].partition(":")[0] == asked:
            return person
    if asked in people:
        return PersonId(asked)
    words = _plain(asked).split()
    found = [
        record
        for record in people.values()
        if words and _plain(full_name(record)).split()[: len(words)] == words
    ]
    if not found:
        raise UserError(text("There is nobody called “{query}” in the journal.", query=query))
    if len(found) > 1:
        listed = "; ".join(
            f"{full_name(record)} — {picture.given.accounts[record.id].user}"
            for record in sorted(found, key=sort_key)[:10]
            if record.id in picture.given.accounts
        )
        raise UserError(
            text(
                "“{query}” may be several people; say which by the user name: {found}",
                query=query,
                found=listed,
            )
        )
    return found[0].id


def find_room(picture: Picture, query: str) -> RoomKey:
    """The room with this id or name. Raises UserError where there is none, or several."""
    for key, room in picture.actual.rooms.items():
        if room.room == query:
            return key
    found = [key for key, room in picture.desired.rooms.items() if _plain(room.name) == _plain(query)]
    if not found:
        raise UserError(text("There is no room called “{query}”.", query=query))
    if len(found) > 1:
        raise UserError(text("“{query}” is the name of several rooms; give the room's id.", query=query))
    return found[0]


def find_class(picture: Picture, query: str) -> ClassId:
    """The class with this title, however it is written: 7А, 7-а, 7 "А". Raises UserError."""
    wanted = _plain_title(query)
    for id_, class_ in picture.today.snapshot.classes.items():
        if _plain_title(class_.title) == wanted:
            return id_
    listed = ", ".join(class_.title for class_ in picture.today.snapshot.classes.values())
    raise UserError(text("There is no class “{query}”; there are: {listed}", query=query, listed=listed))


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").split())


def _plain_title(title: str) -> str:
    return str(class_title(title) or _plain(title))
