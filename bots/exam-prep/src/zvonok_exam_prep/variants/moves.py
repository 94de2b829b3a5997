"""What a message means to whoever does a variant, if it is no answer: «пропустить», «задание 3». Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from zvonok_core.people import plain


class Move(StrEnum):
    """What is wanted instead of answering."""

    SKIP = "skip"
    BACK = "back"
    LIST = "list"
    HAND_IN = "hand in"
    LATER = "later"
    HELP = "help"
    """A hint, or the right answer: there are none here."""


_WORDS = {
    Move.SKIP: """пропустить, пропусти, пропуск, пропускаю, дальше, далее, следующее, следующий, следующее задание, другое,
    не знаю, незнаю, хз, пас, сдаюсь, skip, next, i don't know, don't know, no idea, pass""",
    Move.BACK: "назад, обратно, вернуться, предыдущее, предыдущее задание, предыдущий, back, previous",
    Move.LIST: """список, мои ответы, ответы, покажи ответы, все ответы, что осталось, осталось, проверить, list, my answers,
    answers, what is left""",
    Move.HAND_IN: """сдать, сдаю, сдать работу, сдать вариант, отправить, отправляю, отправить работу, готово, закончить,
    закончил, закончила, завершить, конец, hand in, submit, done, finish, i am done""",
    Move.LATER: """потом, позже, хватит, стоп, пауза, на сегодня всё, выход, пока, later, stop, enough, pause, not now""",
    Move.HELP: """подсказка, подсказку, подскажи, подскажите, дай подсказку, ответ, покажи ответ, правильный ответ,
    какой ответ, решение, hint, answer, show the answer""",
}
_MEANINGS = {
    plain(" ".join(said.split())): move for move, words in _WORDS.items() for said in words.split(",")
}
_NUMBERED = re.compile(
    r"(?:(?:к\s+|вернуться к\s+|открой\s+|go to\s+)?(?:задани[ею]|задачу?|вопросу?|номеру?|task|question|number)\s*№?|№|#)\s*(\d{1,2})"
    r"|(\d{1,2})(?:-?(?:е|ое|му))?\s+(?:задание|задача|вопрос|номер)"
)
_LONGEST = 60
_BEGIN = frozenset({"начать", "начинаю", "начнем", "begin", "+"})
_ANY = frozenset({"", "вариант", "работу", "variant"})


def read_move(words: str) -> Move | int | None:
    """What is wanted instead of answering: a number is the task to go to, from 1 on. None where
    it is nothing of the kind."""
    if len(words) > _LONGEST:
        return None
    said = re.sub(r"\s+", " ", plain(words)).strip(" .,!?…)(:;\"'«»")
    if found := _NUMBERED.fullmatch(said):
        return int(found[1] or found[2])
    return _MEANINGS.get(said)


def read_begin(words: str) -> bool:
    """Whether somebody wants to begin, who answers a variant in the room."""
    return plain(words).strip(" .!") in _BEGIN


def is_any(words: str) -> bool:
    """Whether what follows «начать» names no variant in particular."""
    return plain(words).strip(" .!") in _ANY


def read_names(words: str) -> bool | None:
    """Whether a teacher wants to see whose answer it is: «с именами», «без имён»; None where
    neither is said."""
    said = plain(words)
    if re.search(r"\bбез\b|аноним|without|anonym", said):
        return False
    return True if re.search(r"\bимен|\bname", said) else None
