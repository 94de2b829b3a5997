"""What classmates say: a question, praise, both, or neither."""

from __future__ import annotations

import pytest

from zvonok_creative_homework.remarks import of_emoji, of_words

ASKS, PRAISES = {"asks"}, {"praises"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("А почему так?", ASKS),
        ("почему она такая круглая", ASKS),
        ("Ого. А как они спят", ASKS),
        ("Where did you find it?", ASKS),
        ("Расскажи ещё про стрижей", ASKS),
        ("Молодец!", PRAISES),
        ("Очень понравилось", PRAISES),
        ("не скучно, а здорово", PRAISES),
        ("хорошо рассказала!", PRAISES),
        ("👏👏", PRAISES),
        ("вау ❤️", PRAISES),
        ("well done", PRAISES),
        ("Класс! А где это снято?", ASKS | PRAISES),
        ("?", set()),
        ("?!", set()),
        ("не понравилось", set()),
        ("Не очень интересно", set()),
        ("ничего интересного", set()),
        ("мало интересного", set()),
        ("неинтересно", set()),
        ("not interesting", set()),
        ("я тоже там был", set()),
        ("как-то так", set()),
        ("класс 7А", set()),
        ("хорошо", set()),
        ("👎", set()),
        ("😂", set()),
        ("", set()),
    ],
)
def test_words(words: str, expected: set[str]) -> None:
    said = of_words(words)
    assert {name for name in ("asks", "praises") if getattr(said, name)} == expected
    assert bool(said) == bool(expected)


@pytest.mark.parametrize(
    ("emoji", "praises"),
    [
        ("👍", True),
        ("👍🏽", True),
        ("❤️", True),
        ("❤", True),
        ("🔥", True),
        ("👎", False),
        ("🤮", False),
        ("1️⃣", False),
        ("", False),
    ],
)
def test_reactions(emoji: str, praises: bool) -> None:
    assert of_emoji(emoji).praises == praises
    assert not of_emoji(emoji).asks
