"""Words that nobody can guess, put into whatever is sent, and who may come to see them.

Where a word has gone is read from the events that were stored, not from what was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from support.anything.ledger import Event, Ledger, Room
from support.anything.people import People, Person

_WORD = re.compile(r"sesame\d+x")


@dataclass
class Secrets:
    """All words of a world. `past_rooms` are those that anybody may see."""

    prefix: str
    authors: dict[str, str] = field(default_factory=dict)
    places: dict[str, list[Event]] = field(default_factory=dict)
    past_rooms: set[str] = field(default_factory=set)

    def new(self, author: str) -> str:
        """A new word of some user's."""
        word = f"sesame{self.prefix}{len(self.authors):06}x"
        self.authors[word] = author
        return word

    def tell_all(self, text: str) -> None:
        """The words in `text` are seen by whoever asks."""
        self.past_rooms |= set(_WORD.findall(text))

    def note(self, event: Event) -> None:
        """Remember what an event says."""
        for word in set(_WORD.findall(event.raw)):
            self.places.setdefault(word, []).append(event)

    def seen_wrongly(self, reader: Person, text: str, ledger: Ledger, people: People) -> Iterator[str]:
        """The words in `text` that the reader must not see, each with where it was."""
        for word in sorted(set(_WORD.findall(text))):
            author = self.authors.get(word)
            if author in (None, reader.user) or word in self.past_rooms:
                if author is None:
                    yield f"{word} of an earlier world"
                continue
            places = self.places.get(word, [])
            if not any(
                self._may_see(reader, event, ledger.rooms.get(event.room), people) for event in places
            ):
                where = ", ".join(f"{event.type} in {event.room}" for event in places) or "no room"
                yield f"{word} of {author} in {where}"

    def _may_see(self, reader: Person, event: Event, room: Room | None, people: People) -> bool:
        if room is None:
            return False
        past = room.members.get(reader.user, [])
        at_that_time = room.membership(reader.user, event.position)
        before = None if at_that_time is None else at_that_time.content.get("membership")
        later = {e.content.get("membership") for e in past if e.position > event.position}
        if before == "join":
            return True
        if event.state_key is not None:
            # What is set shows to whoever comes in later, and its head with an invitation.
            if event.type == "m.room.member" and event.state_key == reader.user:
                return before is not None or people.may_meet(people.of(event.sender), reader)
            return "join" in later or "invite" in later or before == "invite"
        visibility = visibility_at(room, event.position)
        return (visibility == "shared" and "join" in later) or (
            visibility == "invited" and before == "invite"
        )


def visibility_at(room: Room, position: int) -> str:
    """Who might read a room's past, by its setting at that time."""
    past = [
        e for e in room.events.values() if e.type == "m.room.history_visibility" and e.position <= position
    ]
    return str(past[-1].content.get("history_visibility")) if past else "shared"
