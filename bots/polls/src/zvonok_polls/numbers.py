"""Votes as numbers: «2», «1 и 3», 2️⃣. Pure."""

from __future__ import annotations

import re

from zvonok_core.errors import UserError
from zvonok_core.people import plain
from zvonok_core.text import ntext, text
from zvonok_polls.poll import Choice, Item

_WORDS = re.compile(
    r"(?:я|за|вариант\w*|ответ\w*|номер\w*|голос\w*|выбираю|№|#|и|and|for|answers?|number|[\s,;.)+&])+",
    re.IGNORECASE,
)
_KEYCAP = re.compile(r"([0-9])\ufe0f?\u20e3")
_TEN = "\N{KEYCAP TEN}"
MOST_NUMBERS = 20


def read_numbers(words: str) -> tuple[int, ...]:
    """The numbers, where a message says nothing else; () for anything that is no vote."""
    words = _KEYCAP.sub(r" \1 ", words).replace(_TEN, " 10 ").strip(" !.")
    rest = re.sub(r"(?<![\d-])\d{1,2}(?!\d)", " ", words)
    if _WORDS.sub("", rest):
        return ()
    found = [int(number) for number in re.findall(r"(?<![\d-])\d{1,2}(?!\d)", words)]
    return tuple(dict.fromkeys(found)) if len(found) <= MOST_NUMBERS else ()


def number_of_emoji(emoji: str) -> int:
    """What 2️⃣ stands for; 0 for any other emoji."""
    if emoji == _TEN:
        return 10
    keycap = _KEYCAP.fullmatch(emoji)
    return int(keycap[1]) if keycap else 0


def check_numbers(item: Item, numbers: tuple[int, ...]) -> None:
    """Raises UserError for numbers that are no vote, and says which would be one."""
    if any(item.choice(number) is None for number in numbers):
        raise UserError(
            text("The answers have the numbers 1 to {last}. Which one do you choose?", last=len(item.choices))
        )
    if len(set(numbers)) > item.most:
        raise UserError(ntext("Choose {n} answer, please.", "Choose up to {n} answers, please.", item.most))


def read_choices(item: Item, words: str) -> tuple[Choice, ...]:
    """What somebody chooses by numbers, or by the words of an answer; () where it is neither.
    Raises UserError for numbers that are no vote."""
    said = plain(words).strip(" .!")
    by_words = [choice for choice in item.choices if plain(choice.words).strip(" .!") == said]
    numbers = read_numbers(words)
    if by_words and not (numbers and item.choice(numbers[0])):
        return tuple(by_words[:1])
    if not numbers:
        return ()
    check_numbers(item, numbers)
    return tuple(choice for number in numbers if (choice := item.choice(number)))
