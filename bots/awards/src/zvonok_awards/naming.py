"""Which badge somebody means, and what it is for: «хочу-всё-знать за вопросы». Pure.

Names are compared without case, with ё as е, and with hyphens as spaces. The longest
beginning of the words that names something counts; after it comes the reason.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zvonok_core.people import Person, plain

SHORTEST_PART = 3
"""Letters of a name's part; fewer are a word such as «за»."""
NEAR = 0.72
"""How alike words and a name are, of 1, when one is taken for a slip of the other."""
_WORD = re.compile(r"[^\s«»„“”\"'()—–-]+")
_FOR = frozenset({"за", "for", "because", "потому"})
"""Words that begin a reason."""
_BETWEEN = re.compile(r"^[»”\"')]?[\s,:;.—–-]*")
"""What may stand between a badge and the reason."""
_USER = re.compile(r"@[^\s:@]+:[^\s,;]*[^\s,;:.!?)]")


@dataclass(frozen=True, slots=True)
class Naming:
    """What was understood. One key in `found` is certain; several were meant by the same
    words, `near` are those that were probably meant."""

    found: tuple[str, ...]
    near: tuple[str, ...]
    reason: str


def read_badge(words: str, names: Mapping[str, Sequence[str]]) -> Naming:
    """The badge that `words` begin with. `names` are all that each badge answers to, by key."""
    said = list(_WORD.finditer(words))
    spoken = [plain(word[0]).rstrip(".,:;!?") for word in said]
    split = {key: [_split(name) for name in all_of] for key, all_of in names.items()}
    longest = max((len(name) for all_of in split.values() for name in all_of), default=0)
    slip, near = _nearest(spoken, split)
    for count in range(min(len(said), longest), 0, -1):
        for fits in (_is, _is_part):
            found = tuple(
                key for key, all_of in split.items() if any(fits(spoken[:count], name) for name in all_of)
            )
            # «Верный дуг за помощь» is a slip, and no «Верный» for a «дуг».
            if found and (fits is _is or slip <= count):
                return Naming(found, (), _after(words, said, count))
    return Naming((), near, _after(words, said, slip))


def _split(name: str) -> list[str]:
    return [plain(word) for word in _WORD.findall(name)]


def _is(asked: Sequence[str], name: Sequence[str]) -> bool:
    return list(asked) == list(name)


def _is_part(asked: Sequence[str], name: Sequence[str]) -> bool:
    """Whether these are words of the name one after another, the last one perhaps begun."""
    *whole, last = asked
    if len(last) < SHORTEST_PART and last not in name:
        return False
    if sum(map(len, asked)) < SHORTEST_PART:
        return False
    return any(
        list(name[start : start + len(whole)]) == whole and name[start + len(whole)].startswith(last)
        for start in range(len(name) - len(whole))
    )


def _nearest(
    said: Sequence[str], split: Mapping[str, Sequence[Sequence[str]]]
) -> tuple[int, tuple[str, ...]]:
    """How many words a slip takes up, and the badges it may mean, the most alike first. All
    that comes before a «за» belongs to it; without one, as many words as the name has."""
    end = next((place for place, word in enumerate(said) if word in _FOR), len(said))
    scores: dict[str, tuple[float, int]] = {}
    for key, all_of in split.items():
        for name in all_of:
            count = min(len(name), end)
            alike = difflib.SequenceMatcher(None, " ".join(said[:count]), " ".join(name)).ratio()
            scores[key] = max(scores.get(key, (0.0, 0)), (alike, count))
    near = sorted((key for key in scores if scores[key][0] >= NEAR), key=lambda key: -scores[key][0])
    if end < len(said):
        return end, tuple(near)
    return (scores[near[0]][1] if near else 0), tuple(near)


def _after(words: str, said: Sequence[re.Match[str]], count: int) -> str:
    rest = words[said[count - 1].end() :] if count else words
    return " ".join(_BETWEEN.sub("", rest, count=1).split())


def readable(reason: str, people: Iterable[Person]) -> str:
    """A reason in which people who are mentioned stand by name, and nobody by Matrix id."""
    names = {str(person.user): person.short for person in people}
    return " ".join(_USER.sub(lambda user: names.get(user[0], "…"), reason).split())
