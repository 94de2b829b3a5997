"""What came in answer to words, and who took part. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from zvonok_botkit.files import File
from zvonok_core.ids import UserId
from zvonok_core.people import plain

MOST_ACTIVE = 3
"""So many are praised by name; more would be a list of those who are not on it."""
_SMALL_TALK = frozenset(
    [
        "спасибо",
        "пожалуйста",
        "привет",
        "здравствуйте",
        "хорошо",
        "ладно",
        "понял",
        "поняла",
        "понятно",
        "ясно",
        "круто",
        "класс",
        "супер",
        "thanks",
        "thank",
        "hello",
        "okay",
        "cool",
        "good",
    ]
)
"""Words that alone are no answer."""
_SHORTEST = 3
"""Letters of a word that alone may be an answer, as a translation is."""
_AGAINST = ("👎", "❌")
"""Signs of a teacher that are no praise."""


class Kind(StrEnum):
    """How somebody has answered."""

    TEXT = "text"
    VOICE = "voice"
    VIDEO = "video"
    PICTURE = "picture"
    FILE = "file"


MARKS: Mapping[Kind, str] = {
    Kind.TEXT: "📝",
    Kind.VOICE: "🎤",
    Kind.VIDEO: "🎬",
    Kind.PICTURE: "🖼️",
    Kind.FILE: "📎",
}
"""The sign by which the bot thanks, and says what it has got."""
_OF_FILES: Mapping[str, Kind] = {
    "image": Kind.PICTURE,
    "audio": Kind.VOICE,
    "video": Kind.VIDEO,
    "file": Kind.FILE,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a student to the word of a day."""

    student: UserId
    day: date
    kind: Kind
    praised: frozenset[UserId] = frozenset()
    """Who has put a sign of praise beside it."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a student has done in a week."""

    student: UserId
    kinds: Mapping[date, tuple[Kind, ...]]
    praises: int = 0

    @property
    def words(self) -> int:
        """How many words they have answered."""
        return len(self.kinds)


def kind_of(words: str, file: File | None, word: str) -> Kind | None:
    """How a message answers a word; None where it is no answer, such as «ок»."""
    if file is not None:
        # Some clients send whatever it is as a file.
        return (
            _OF_FILES[file.kind]
            if file.kind != "file"
            else _OF_FILES.get(file.mimetype.partition("/")[0], Kind.FILE)
        )
    said = re.findall(r"[^\W\d_]+", plain(words))
    told = [part for part in said if part not in re.findall(r"\w+", plain(word))]
    if not told or (len(told) == 1 and (len(told[0]) < _SHORTEST or told[0] in _SMALL_TALK)):
        return None
    return Kind.TEXT


def is_praise(sign: str) -> bool:
    """Whether a teacher's reaction is one."""
    return bool(sign) and not sign.startswith(_AGAINST)


def parts(students: Sequence[UserId], replies: Iterable[Reply], teachers: frozenset[UserId]) -> list[Part]:
    """What each has done, in the order of `students`; of others nothing counts."""
    kinds: dict[UserId, dict[date, set[Kind]]] = {student: {} for student in students}
    praises = dict.fromkeys(students, 0)
    for reply in replies:
        if reply.student in kinds:
            kinds[reply.student].setdefault(reply.day, set()).add(reply.kind)
            praises[reply.student] += bool(reply.praised & teachers)
    return [
        Part(
            student,
            {day: tuple(sorted(kinds[student][day], key=list(Kind).index)) for day in sorted(kinds[student])},
            praises[student],
        )
        for student in students
    ]


def most_active(week: Sequence[Part], words: int, last: Mapping[UserId, str]) -> list[Part]:
    """Whom to praise by name: those who have answered the most of so many words, two and half
    of them at least. Of equals those come first whose praise is the longest ago; `last` are
    the weeks, by name, in which somebody was praised."""
    enough = max(2, (words + 1) // 2)
    able = [part for part in week if part.words >= min(enough, words)] if words else []
    able.sort(key=lambda part: (-part.words, -part.praises, last.get(part.student, "")))
    return [part for part in able if part.words == able[0].words][:MOST_ACTIVE]
