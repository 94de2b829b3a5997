"""What one registry has that another has not, in words: read before signing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce

from zvonok_appservice.federation.registry import TALK_WORDS, Registry, School
from zvonok_core.access import Talk
from zvonok_core.text import Text, text


def changes(before: Registry, after: Registry) -> Iterator[Text]:
    """A sentence for each difference."""
    for school in after.schools:
        old = before.school(school.server_name)
        if old is None:
            yield text("New school: {school}", school=school_line(school))
        else:
            yield from _changed(old, school)
    for school in before.schools:
        if after.school(school.server_name) is None:
            yield text("Leaves: {school}", school=name(school))


def school_line(school: School) -> Text:
    """A school with its talks, its contact and its keys."""
    return text(
        "{name}; talks: {talks}; contact: {contact}; keys: {keys}",
        name=name(school),
        talks=talks(school.talks),
        contact=school.contact,
        keys=", ".join(f"{id_} {key}" for id_, key in sorted(school.keys.items())),
    )


def name(school: School) -> str:
    """How a school is called in sentences."""
    return f"{school.title} ({school.server_name})"


def talks(permitted: Iterable[Talk]) -> Text:
    """The kinds of talk in words, in their own order."""
    words = [TALK_WORDS[talk] for talk in Talk if talk in {*permitted}]
    if not words:
        return text("none")
    return reduce(lambda before, last: text("{before}, {last}", before=before, last=last), words)


def _changed(old: School, new: School) -> Iterator[Text]:
    school = name(new)
    if old.title != new.title:
        yield text("{school}: was called “{old}”", school=school, old=old.title)
    if old.contact != new.contact:
        yield text("{school}: the contact is now {contact}", school=school, contact=new.contact)
    if old.talks != new.talks:
        yield text("{school}: its talks are now: {talks}", school=school, talks=talks(new.talks))
    for id_, key in sorted(new.keys.items() - old.keys.items()):
        yield text("{school}: new key {key}", school=school, key=f"{id_} {key}")
    for id_, key in sorted(old.keys.items() - new.keys.items()):
        yield text("{school}: no longer the key {key}", school=school, key=f"{id_} {key}")
