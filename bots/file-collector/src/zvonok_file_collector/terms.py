"""What a teacher types after the command, in any order and over any lines → what is wanted. Pure.

Nothing inside quotes is ever taken for a term. On the first line all that is no term is the
title; of the other lines those that are nothing but terms are terms, and the rest is what is
to be done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from zvonok_botkit.deadlines import read_deadline
from zvonok_file_collector.formats import Kind, read_kinds

LONGEST_TITLE = 100
LONGEST_DEADLINE = 6
"""Words: «завтра в 6 часов вечера»."""
_CUT = "\x1f"
"""Stands where a term was."""
_QUOTED = re.compile(r"«[^«»\n]*»|\"[^\"\n]*\"|“[^“”\n]*”|„[^„“”\n]*[“”]")
_HELD = re.compile("[\ue000-\uf8ff]")
_UNITS = {"к": 1 << 10, "k": 1 << 10, "м": 1 << 20, "m": 1 << 20, "г": 1 << 30, "g": 1 << 30}
_SIZE = re.compile(
    r"(?:(?:не\s+(?:больше|более)|до|максимум|макс\.?|up\s+to|at\s+most|max\.?)\s+)?"
    r"\b(\d{1,5}(?:[.,]\d)?)\s*(кб|мб|гб|килобайт\w*|мегабайт\w*|гигабайт\w*|kb|mb|gb|[kmg]iB)\b"
    r"(?:\s+(?:каждый|each))?",
    re.IGNORECASE,
)
_ENDLESS = re.compile(r"\b(?:без\s+срока|бессрочно|no\s+deadline)\b", re.IGNORECASE)
_PRIVATE = re.compile(r"\b(?:закрыт(?:ый|ая|ое|о)|closed|private)\b(?!\s+[«\w])", re.IGNORECASE)
_STRICT = re.compile(
    r"\b(?:без\s+опозданий|(?:опозда\w+|поздн\w+)\s+не\s+приним\w+|no\s+late(?:\s+files)?|not\s+late)\b",
    re.IGNORECASE,
)
_LABEL = (
    r"(?:от\s+кого|кто\s+сда[её]т|от|кто|для|from|who|виды?|форматы?|типы?|kinds?|types?|formats?|"
    r"срок\s+сдачи|срок|deadline|due)\s*:"
)
_ENDS = rf"(?=\s*(?:$|[\n;{_CUT}\ue000-\uf8ff]|\b{_LABEL}|\b(?:до|к|ко|by|until|till)\s))"
_WHOM = re.compile(rf"\b(?:от\s+кого|кто\s+сда[её]т|от|кто|для|from|who)\s*:\s*(.+?){_ENDS}", re.IGNORECASE)
_GROUP = (
    r"(?:все(?:х|м)?\s+)?(?:учени|учащи|ребят|дет(?:и|ей)|родител|мам|пап|класс|students|pupils|parents|guardians|"
    r"everybody|everyone)\w*|всех\b|все\b|all\b|(?:под)?групп\w*|(?:sub)?group\w*"
)
_FROM_GROUP = re.compile(rf"\b(?:от|from)\s+((?:{_GROUP})[^\n;,]*?){_ENDS}", re.IGNORECASE)
_FROM_ANYBODY = re.compile(rf"\b(?:от|from)\s+(\S.*?){_ENDS}", re.IGNORECASE)
_KINDS = re.compile(rf"\b(?:виды?|форматы?|типы?|kinds?|types?|formats?)\s*:\s*(.+?){_ENDS}", re.IGNORECASE)
_ONLY = re.compile(rf"\b(?:только|only)\s+(.+?){_ENDS}", re.IGNORECASE)
_UNTIL = re.compile(
    r"\b(?:(?:срок(?:\s+сдачи)?|deadline|due)\s*:?\s*)?(?:до|к|ко|by|until|till)\s+|"
    r"\b(?:срок(?:\s+сдачи)?|deadline|due)\s*:\s*",
    re.IGNORECASE,
)
_DAY_BEFORE = re.compile(
    r"(?:^|(?<=[\s,(]))(?:во?\s+|on\s+)?(сегодня|завтра|послезавтра|понедельник|вторник|среду|четверг|пятницу|субботу|"
    r"воскресенье|today|tomorrow|\w+day|\d{1,2}\s+[а-я]{3,8}|\d{1,2}\.\d{2})\s+$",
    re.IGNORECASE,
)
"""«Завтра до 18:00»: the day may stand before."""
_CLOCK = re.compile(r"\d{1,2}(?:[:.]\d{2}|\s*час|\s*ч\b|\s*утра|\s*вечера|\s*дня|$)")
_TAIL = re.compile(
    r"(?:^|[\s,;:.(—–-]+)(?:сдать|сда[её]м|сдавать|прислать|присылать|срок|дедлайн|due|hand\s+in)?[\s,;:.()—–-]*$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Wanted:
    """What was understood. `whom` is as it was written, "" where it was left out; `strange`
    is a kind of file that is none; `most_bytes` is 0 where there is no limit."""

    title: str = ""
    task: str = ""
    whom: str = ""
    kinds: tuple[Kind, ...] = ()
    strange: str = ""
    most_bytes: int = 0
    private: bool = False
    late: bool = True
    deadline: datetime | None = None
    endless: bool = False
    _held: list[str] = field(default_factory=list)


def read_wanted(words: str, now: datetime, zone: ZoneInfo) -> Wanted:
    """A collection: «Эссе» до 01.12 18:00, от: ученики, виды: pdf, фото, до 20 МБ."""
    found = Wanted()
    lines = [line.strip() for line in _hold(words, found).split("\n")]
    first = next((number for number, line in enumerate(lines) if line), 0)
    title = _tidy(_cut_terms(lines[first], found, now, zone))
    task = [line for line in lines[first + 1 :] if not _all_terms(line, found, now, zone)]
    found.title, found.task = _restore(title, found), _restore("\n".join(task).strip(), found)
    if len(found.title) > LONGEST_TITLE:
        found.task = f"{found.title}\n{found.task}".strip()
        found.title = found.title[:LONGEST_TITLE].rpartition(" ")[0].rstrip(" ,;:.") + "…"
    return found


def read_notice(words: str, now: datetime, zone: ZoneInfo) -> Wanted:
    """Something to be confirmed: its words, with terms in brackets at its end or on lines of
    their own at its end."""
    found = Wanted()
    held = _hold(words, found).strip()
    while True:
        head, _, last = held.rpartition("\n")
        if head and _all_terms(last, found, now, zone):
            held = head.rstrip()
            continue
        brackets = re.search(r"\s*\(([^()\n]*)\)[\s.!]*$", held)
        if brackets and _all_terms(brackets[1], found, now, zone):
            held = held[: brackets.start()].rstrip()
            continue
        break
    found.task = _restore(held, found)
    lines = found.task.split("\n")
    found.title = lines[0] if len(lines[0]) <= 60 else lines[0][:60].rpartition(" ")[0].rstrip(" ,;:.") + "…"
    return found


def until(words: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """A deadline alone, with «до» or without."""
    found = Wanted()
    _cut_deadline(words, found, now, zone)
    return (
        found.deadline or read_deadline(words, now, zone) or read_deadline(f"до {words.strip()}", now, zone)
    )


def is_endless(words: str) -> bool:
    """«Без срока», as an answer."""
    return bool(_ENDLESS.search(words)) or words.casefold().strip(" .!") in ("нет", "не нужно", "no", "none")


def _all_terms(line: str, found: Wanted, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a line is nothing but terms; they are noted then."""
    trial = Wanted(_held=found._held)
    if not line.strip() or _tidy(_cut_terms(line, trial, now, zone)):
        return False
    for name in ("whom", "kinds", "strange", "most_bytes", "private", "deadline", "endless"):
        if value := getattr(trial, name):
            setattr(found, name, value)
    found.late = found.late and trial.late
    return True


def _cut_terms(line: str, found: Wanted, now: datetime, zone: ZoneInfo) -> str:
    """What is left of a line without its terms."""
    if size := _SIZE.search(line):
        found.most_bytes = int(float(size[1].replace(",", ".")) * _UNITS[size[2][0].casefold()])
        line = _without(line, size)
    for pattern, name, value in (
        (_ENDLESS, "endless", True),
        (_STRICT, "late", False),
        (_PRIVATE, "private", True),
    ):
        if flag := pattern.search(line):
            setattr(found, name, value)
            line = _without(line, flag)
    if kinds := _KINDS.search(line):
        found.kinds, found.strange = read_kinds(_restore(kinds[1], found))
        line = _without(line, kinds)
    elif (only := _ONLY.search(line)) and read_kinds(only[1])[0]:
        found.kinds = read_kinds(only[1])[0]
        line = _without(line, only)
    line = _cut_whom(line, found, _WHOM)
    line = _cut_deadline(line, found, now, zone)
    quoted_first = bool(_HELD.match(line.lstrip(f" {_CUT}")))
    return line if found.whom else _cut_whom(line, found, _FROM_ANYBODY if quoted_first else _FROM_GROUP)


def _cut_whom(line: str, found: Wanted, pattern: re.Pattern[str]) -> str:
    whom = pattern.search(line)
    if whom is None:
        return line
    found.whom = _tidy(_restore(whom[1], found))
    return _without(line, whom)


def _cut_deadline(line: str, found: Wanted, now: datetime, zone: ZoneInfo) -> str:
    for begins in _UNTIL.finditer(line):
        following = re.split(rf"[{_CUT}\ue000-\uf8ff;\n]", line[begins.end() :])[0]
        words = list(re.finditer(r"\S+", following))[:LONGEST_DEADLINE]
        day = _DAY_BEFORE.search(line[: begins.start()])
        for count in range(len(words), 0, -1):
            span = following[: words[count - 1].end()]
            said = span.rstrip(" ,.!()")
            moment = day and _CLOCK.match(said) and read_deadline(f"до {day[1]} {said}", now, zone)
            before = day.start() if day and moment else begins.start()
            moment = moment or read_deadline(f"до {said}", now, zone)
            if moment is not None:
                found.deadline = moment
                return f"{line[:before]}{_CUT}{line[begins.end() + len(span) :]}"
    return line


def _without(line: str, term: re.Match[str]) -> str:
    return f"{line[: term.start()]}{_CUT}{line[term.end() :]}"


def _hold(words: str, found: Wanted) -> str:
    """The words with a sign in place of everything that stands in quotes."""

    def held(quoted: re.Match[str]) -> str:
        found._held.append(quoted[0])
        return chr(0xE000 + len(found._held) - 1)

    return _QUOTED.sub(held, re.sub(rf"[{_CUT}\ue000-\uf8ff]", "", words), count=100)


def _restore(line: str, found: Wanted) -> str:
    if len(line) == 1 and _HELD.match(line):
        return found._held[ord(line) - 0xE000][1:-1].strip()
    return _HELD.sub(lambda sign: found._held[ord(sign[0]) - 0xE000], line)


def _tidy(line: str) -> str:
    """The words of a line without what held its terms together."""
    line = re.sub(rf"\(\s*(?:[{_CUT}\s,;.]|и|and)*\)", _CUT, line)
    line = re.sub(rf"[\s,;]*{_CUT}[\s,;]*", f" {_CUT} ", line)
    while (shorter := _TAIL.sub("", line.strip(f" {_CUT}"))) != line:
        line = shorter
    return " ".join(re.sub(rf"{_CUT}", " ", line).split()).strip(" ,;:—–-")
