"""What a guardian agrees to, word for word, so that a record can name its wording."""

from __future__ import annotations

from zvonok_core.text import Text, text

WORDING = "2026-1"
"""Changes whenever a sentence below, or its translation, does; a test holds it to that."""

SENTENCES: tuple[Text, ...] = (
    text(
        "I agree that the school processes the data of my child that its messenger needs: family name,"
        " given name, patronymic, class and subgroups, the messages and files that the child writes and"
        " gets, and when the child signs in."
    ),
    text(
        "The data serve teaching and the talk between the school and families only. They stay on the"
        " school's server and are given to nobody else, unless the law demands it."
    ),
    text(
        "The consent holds while the child learns at this school. I can withdraw it at any time in writing;"
        " the child's account is then closed."
    ),
)
