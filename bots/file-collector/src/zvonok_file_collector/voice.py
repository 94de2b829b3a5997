"""How words, moments and sizes are put where they are read. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from zvonok_core import voice as voices
from zvonok_core.text import Text, text
from zvonok_file_collector.names import shown
from zvonok_file_collector.states import FileRef

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30
_DAYS = {
    ("ru", True): "d MMMM",
    ("ru", False): "d MMMM y",
    ("en", True): "MMMM d",
    ("en", False): "MMMM d, y",
}
_INNER_QUOTES = str.maketrans("«»“”", "„“‘’")


@dataclass(frozen=True, slots=True)
class Voice(voices.Voice):
    """Which also knows how a collection's moments, sizes and files are written."""

    def listed(self, items: Iterable[Text | str]) -> str:
        """«a, b, c»."""
        return ", ".join(self.say(item) for item in items)

    def deadline(self, moment: datetime) -> Text:
        """«Сегодня, 18:00», «завтра, 18:00», «1 декабря (вторник), 18:00»."""
        local, today = moment.astimezone(self.zone), self.now.astimezone(self.zone).date()
        time = format_time(local.time(), "HH:mm", locale=self.language)
        if local.date() == today:
            return text("today, {time}", time=time)
        if local.date() == today + timedelta(days=1):
            return text("tomorrow, {time}", time=time)
        weekday = format_date(local.date(), "EEEE", locale=self.language)
        return text("{day} ({weekday}), {time}", day=self._day(local), weekday=weekday, time=time)

    def at(self, milliseconds: int) -> str:
        """A moment: «24 ноября, 12:05»."""
        local = datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(self.zone)
        return f"{self._day(local)}, {format_time(local.time(), 'HH:mm', locale=self.language)}"

    def day(self, milliseconds: int) -> str:
        """«24 ноября»."""
        return self._day(datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(self.zone))

    def _day(self, local: datetime) -> str:
        this_year = local.year == self.now.astimezone(self.zone).year
        return format_date(local.date(), _DAYS[self.language, this_year], locale=self.language)

    def size(self, size: int) -> Text:
        """«14 КБ», «2,1 МБ»."""
        if size >= GB:
            return text("{size} GB", size=self._amount(size / GB))
        if size >= MB:
            return text("{size} MB", size=self._amount(size / MB))
        return text("{size} KB", size=self._amount(math.ceil(size / KB)))

    def _amount(self, number: float) -> str:
        rounded = round(number, 1 if number < 10 else 0)
        return format_decimal(rounded, format="#,##0.#", locale=self.language)

    def file(self, file: FileRef) -> str:
        """«эссе.docx, 14 КБ»."""
        return f"{self.name(file)}, {self.say(self.size(file.size))}"

    def name(self, file: FileRef) -> str:
        """What a file is called."""
        return shown(file.name) or self.say(text("a file without a name"))


def quoted(title: str) -> Text:
    """A title in quotes, with other quotes inside."""
    return text("“{title}”", title=title.translate(_INNER_QUOTES))
