"""What classmates say of an answer: a question, praise, both, or neither. Pure.

Only plain signs count. Whoever writes «я тоже там был» has neither asked nor praised, and
nobody is told so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from zvonok_core.people import plain

_ASKS = re.compile(
    r"(?:^|[.!,]\s*|\bа\s+)(?:почему|зачем|как(?:ой|ая|ое|ие|им)?(?![-–])|когда|где|куда|откуда|сколько|кто|что|чем|расскажи|объясни|"
    r"why|how|what|when|where|who|which)\b.{3,}"
)
_PRAISES = re.compile(
    r"\b(?:молод(?:ец|чина|цы|чинка)|умни(?:ца|чка|цы)|супер|класс(?:но|ный|ная|ное|ненько)?(?!\s*\d)|здоров(?:о|ский)|крут(?:о|ой|ая|ое|як)|"
    r"интересн\w*|отличн\w*|прекрасн\w*|замечательн\w*|потрясающ\w*|восхитительн\w*|великолепн\w*|красив\w*|понравил\w*|нравится|"
    r"спасибо|благодар\w*|браво|топ|огонь|лучш(?:ий|ая|ее|ие)|хорошо (?:рассказ\w+|получилось)|хороший рассказ|талант\w*|впечатл\w*|"
    r"great|super|cool|nice|awesome|amazing|wonderful|brilliant|interesting|bravo|well done|good job|thanks|thank you|love)\b"
)
_NOT = re.compile(
    r"\b(?:не(?:т| очень| особо| слишком)?|ни(?:чего| капли| разу)?|мало|not(?: very)?|isn't|wasn't|didn't|no|nothing)\s+$"
)
_KIND = frozenset("👍👏❤🧡💛💚💙💜🤍🖤🩷💖💗💓😍🥰🤩😊😃😄😁🔥⭐🌟✨🎉🥳💯🏆🥇💪🙌🤝👌🫶✅😮😲🤯🌹💐🌸🙏🌈")
_BARE = dict.fromkeys([0xFE0E, 0xFE0F, 0x200D, *range(0x1F3FB, 0x1F400)])
"""Marks of colour and skin, which make the same emoji another character."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What one message or reaction is."""

    asks: bool = False
    praises: bool = False

    def __bool__(self) -> bool:
        return self.asks or self.praises


def of_words(words: str) -> Remark:
    """What a message is."""
    said = plain(words)
    asks = ("?" in said and any(letter.isalpha() for letter in said)) or bool(_ASKS.search(said))
    praises = any(not _NOT.search(said[: found.start()]) for found in _PRAISES.finditer(said))
    return Remark(asks, praises or any(of_emoji(letter).praises for letter in said if not letter.isalnum()))


def of_emoji(emoji: str) -> Remark:
    """What a reaction is."""
    return Remark(praises=emoji.translate(_BARE) in _KIND)
