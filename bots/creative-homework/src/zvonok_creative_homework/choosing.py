"""Which topic a student means: «2», «беру вторую», «2️⃣», or the topic itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zvonok_core.people import plain

SHORTEST_PART = 3
"""Letters of a topic that may stand for it."""
_KEYCAP = re.compile(r"([0-9])\ufe0f?\u20e3")
_TEN = "\N{KEYCAP TEN}"
_AROUND = re.compile(
    r"(?:я|мы|мне|мой|моя|моё|хочу|буду|можно|давайте|беру|возьму|выбираю|выберу|тема|тему|темы|номер|под|пожалуйста|плиз|"
    r"i|me|my|want|take|choose|topic|number|please)(?!\w)|[№#\s,.:;!()«»\"“”–—-]"
)
_ORDINALS = ("перв", "втор", "трет", "четверт", "пят", "шест", "седьм", "восьм", "девят", "десят")
_ORDINAL = re.compile(rf"({'|'.join(_ORDINALS)})(?:ую|ая|ой|ый|ий|ью|ья|ье|ое)")


def number_of_emoji(emoji: str) -> int:
    """What 2️⃣ stands for; 0 for any other emoji."""
    if emoji == _TEN:
        return 10
    keycap = _KEYCAP.fullmatch(emoji)
    return int(keycap[1]) if keycap else 0


def number_of_words(words: str, topics: Sequence[str]) -> int | None:
    """The number that a message names, where it says nothing else; None for anything that
    chooses no topic. Whether there is a topic of this number is not looked at."""
    said = plain(_KEYCAP.sub(r" \1 ", words).replace(_TEN, " 10 "))
    bare = _bare(said)
    for number, topic in enumerate(topics, 1):
        if bare and bare == _bare(plain(topic)):
            return number
    pieces = _pieces(said)
    if len(pieces) != 1:
        return None
    if ordinal := _ORDINAL.fullmatch(pieces[0]):
        return _ORDINALS.index(ordinal[1]) + 1
    return int(pieces[0]) if re.fullmatch(r"[0-9]{1,2}", pieces[0]) else None


def number_by_part(words: str, topics: Sequence[str]) -> int | None:
    """The only topic in which these words stand."""
    part = _bare(plain(words))
    found = [number for number, topic in enumerate(topics, 1) if part in _bare(plain(topic))]
    return found[0] if len(found) == 1 and len(part) >= SHORTEST_PART else None


def _pieces(said: str) -> list[str]:
    """The words that are left without «я беру тему»."""
    return _AROUND.sub(" ", re.sub(r"(?<=\d)-?(?:ую|ю|я|й)(?!\w)", "", said)).split()


def _bare(words: str) -> str:
    return " ".join(_pieces(words)).rstrip(" ?")
