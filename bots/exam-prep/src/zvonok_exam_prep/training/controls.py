"""What a message to the trainer means: a wish such as «дальше», an answer, or neither. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from zvonok_core.people import plain
from zvonok_exam_prep import typed
from zvonok_exam_prep.checking import Mark, check
from zvonok_exam_prep.items import Item, Open, Word


class Control(StrEnum):
    """What is wanted instead of answering."""

    HINT = "hint"
    ANSWER = "answer"
    NEXT = "next"
    STOP = "stop"


_WORDS = {
    Control.HINT: """подсказка, подсказку, подскажи, подскажите, дай подсказку, ещё подсказка, ещё подсказку, hint,
    a hint, another hint, намекни""",
    Control.ANSWER: """ответ, покажи ответ, правильный ответ, какой ответ, сдаюсь, не знаю, незнаю, хз, пас, решение,
    объясни, объяснение, answer, show the answer, i give up, give up, i don't know, don't know, no idea""",
    Control.NEXT: """дальше, далее, следующее, следующий, следующее задание, ещё, ещё одно, давай, давай дальше, давай ещё,
    другое, пропустить, пропусти, пропуск, продолжить, продолжаем, продолжай, поехали, начать, next, skip, continue,
    go on, another one, more""",
    Control.STOP: """хватит, стоп, стой, конец, закончить, закончим, заканчиваем, всё, на сегодня всё, хватит на сегодня,
    на сегодня хватит, потом, позже, отмена, выход, пока, до завтра, stop, enough, quit, exit, finish, later, that's all""",
}
_CHAT_WORDS = """привет, здравствуйте, добрый день, доброе утро, добрый вечер, спасибо, спс, пожалуйста, ок, окей, ага,
    угу, да, нет, хорошо, ладно, понятно, ясно, понял, поняла, классно, круто, ура, блин, что, чего, ты кто, как дела,
    подожди, сейчас, щас, минутку, секунду, hi, hello, thanks, thank you, ok, okay, yes, no, wait"""
_YES_WORDS = "да, ага, угу, ну давай, ок, окей, хорошо, +, yes, yep, ok, okay, y, д"
_NO_WORDS = "нет, не, неа, не надо, не хочу, no, nope, n, -, н"


def _listed(words: str) -> frozenset[str]:
    return frozenset(plain(" ".join(one.split())) for one in words.split(","))


_MEANINGS = {said: control for control, words in _WORDS.items() for said in _listed(words)}
_YES, _NO, _CHAT = _listed(_YES_WORDS), _listed(_NO_WORDS), _listed(_CHAT_WORDS)
_LONGER = 3
"""Words more than any accepted answer has: then it is no answer."""


def read_control(words: str) -> Control | None:
    """What is wanted instead of answering; None where it is nothing of the kind."""
    return _MEANINGS.get(_bare(words))


def goes_on(words: str) -> bool:
    """Whether somebody agrees, where it was asked whether to go on."""
    return _bare(words) in _YES or read_control(words) is Control.NEXT


def declines(words: str) -> bool:
    """Whether somebody does not."""
    return _bare(words) in _NO or read_control(words) is Control.STOP


def is_chat(words: str) -> bool:
    """Whether they are said for their own sake: thanks, greetings."""
    return _bare(words) in _CHAT


def is_right(item: Item, words: str) -> bool:
    """Whether words are the right answer: they may be any, «дальше» too."""
    outcome = check(item, words)
    return isinstance(outcome, Mark) and outcome.right


def is_talk(item: Item, words: str) -> bool:
    """Whether words are said for their own sake, and can't be meant as the answer to a task."""
    if is_right(item, words):
        return False
    match item.asks:
        case Open():
            return is_chat(words)
        case Word(right):
            longest = max(len(one.split()) for one in right)
            return is_chat(words) or words.rstrip().endswith("?") or len(words.split()) > longest + _LONGER
    return False


def _bare(words: str) -> str:
    if len(words) > typed.LONGEST:
        return ""
    return re.sub(r"\s+", " ", plain(words)).strip(" .,!?…)(:;\"'«»")
