"""How a round is held, in words: «до пятницы 18:00», «по двое», «до 90 секунд». Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from zvonok_botkit.deadlines import read_deadline

LONGEST_WORDS = 120
"""Letters; longer words are no terms."""
_NUMBERS = {
    **dict.fromkeys(("одному", "одного", "один", "one", "once"), 1),
    **dict.fromkeys(("двое", "два", "двух", "двоих", "две", "two", "twice"), 2),
    **dict.fromkeys(("трое", "три", "трёх", "трех", "троих", "three"), 3),
    **dict.fromkeys(("четверо", "четыре", "четырёх", "четырех", "четверых", "four"), 4),
    **dict.fromkeys(("пятеро", "пять", "пяти", "пятерых", "five"), 5),
}
_NUMBER = rf"(?P<number>\d{{1,3}}|{'|'.join(_NUMBERS)})"
_WHOM = r"(?:\s+(?:раза?|человека?|учеников|ученика|people|students?|times?))?"
_TO_A_TOPIC = r"(?:\s+(?:на\s+(?:одну\s+|каждую\s+)?тему|(?:to|for|on|per)\s+(?:a|each|every|one)?\s*topic))?"
_AT_MOST = r"(?:не\s+(?:более|больше|чаще|дольше|длиннее)(?:\s+чем)?|максимум|до|at most|up to|no more than|no longer than)"
_TIMES = (
    re.compile(rf"по\s+{_NUMBER}{_WHOM}{_TO_A_TOPIC}"),
    re.compile(
        rf"(?:{_AT_MOST}\s+)?{_NUMBER}\s+(?:раза?|человека?|учеников|ученика|people|students?|times?){_TO_A_TOPIC}"
    ),
    re.compile(
        rf"(?:(?:одну|каждую)\s+)?тему\s+(?:могут\s+(?:взять|выбрать)|можно\s+взять|берут|выбирают)\s+(?:{_AT_MOST}\s+)?{_NUMBER}{_WHOM}"
    ),
    re.compile(rf"{_NUMBER}\s+(?:to|for|on|per)\s+(?:a|each|every|one)?\s*topic"),
)
_BEFORE = rf"(?:(?:{_AT_MOST}|по|на|ответ\w*|рассказ\w*)\s+)*"
_SECONDS = re.compile(rf"{_BEFORE}{_NUMBER}\s*(?:секунд\w*|сек|с|seconds?|sec|s)\.?")
_MINUTES = re.compile(
    rf"{_BEFORE}(?:{_NUMBER}|(?P<half>\d)[.,]5|(?P<words>одной|полутора|полторы|пол|half a))?\s*(?:минут\w*|мин|minutes?|min)\.?"
)
_NO_END = re.compile(r"без\s+срока(?:\s+сдачи)?|бессрочно|no deadline|without (?:a )?deadline")
_BETWEEN = re.compile(
    r"\s*[,;.]\s*(?:и\s+)?|\s+и\s+|\s+and\s+|\s+(?=(?:по|до|не|на|без|через|к|up|at|no|by|until|till)\s)"
)
_BEGINS = re.compile(
    r"(?:^|[\s,;.:–—-]+)(?=(?:по|до|не|на|без|через|максимум|up to|at most|no|by|until|till|for|in)\s|\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is said of how; None where nothing is. `open` says that there is no deadline."""

    times: int | None = None
    seconds: int | None = None
    closes: datetime | None = None
    open: bool = False

    def __or__(self, later: Terms) -> Terms:
        """Both; of two deadlines the later one that was said."""
        return Terms(
            later.times or self.times,
            later.seconds or self.seconds,
            later.closes or self.closes,
            later.open or self.open,
        )


def read_terms(words: str, now: datetime, zone: ZoneInfo) -> Terms | None:
    """The terms that words name; None where any of the words are none."""
    words = words.strip(" \t\n.,;:!()[]–—-")
    if not words or len(words) > LONGEST_WORDS:
        return None
    if (one := _one(words, now, zone)) is not None:
        return one
    for between in _BETWEEN.finditer(words):
        first = _one(words[: between.start()], now, zone)
        rest = read_terms(words[between.end() :], now, zone) if first is not None else None
        if first is not None and rest is not None:
            return first | rest
    return None


def cut_brackets(words: str, now: datetime, zone: ZoneInfo) -> tuple[str, Terms]:
    """Words without «(до пятницы, по двое)»; other brackets stay."""
    terms = Terms()
    for found in re.finditer(r"[(\[]([^()\[\]]*)[)\]]", words):
        read = read_terms(found[1], now, zone)
        if read is not None:
            terms |= read
            words = words.replace(found[0], " ", 1)
    return words, terms


def cut_end(words: str, now: datetime, zone: ZoneInfo) -> tuple[str, Terms]:
    """Words without the terms that they end with: «Чудеса природы | до пятницы, по двое»."""
    for begins in _BEGINS.finditer(words):
        found = read_terms(words[begins.end() :], now, zone)
        if found is not None:
            return words[: begins.start()].strip(" ,;.–—-"), found
    return words.strip(), Terms()


def _one(words: str, now: datetime, zone: ZoneInfo) -> Terms | None:
    said = words.strip().casefold()
    for pattern in _TIMES:
        if found := pattern.fullmatch(said):
            return Terms(times=_value(found["number"]))
    if found := _SECONDS.fullmatch(said):
        return Terms(seconds=_value(found["number"]))
    if found := _MINUTES.fullmatch(said):
        return Terms(seconds=_minutes(found))
    if _NO_END.fullmatch(said):
        return Terms(open=True)
    if closes := read_deadline(words, now, zone):
        return Terms(closes=closes)
    return None


def _minutes(found: re.Match[str]) -> int:
    if found["half"]:
        return int(found["half"]) * 60 + 30
    if found["words"]:
        return {"одной": 60, "пол": 30, "half a": 30}.get(found["words"], 90)
    return _value(found["number"]) * 60 if found["number"] else 60


def _value(number: str) -> int:
    return _NUMBERS.get(number) or int(number)
