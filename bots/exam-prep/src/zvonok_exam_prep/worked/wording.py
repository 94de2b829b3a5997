"""A task with its solution behind a spoiler. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from zvonok_core.people import plain
from zvonok_core.text import Text, text

HINT = text("The solution is hidden. Reply to this message with “solution”, and I'll send it to you alone.")
SOLUTION = text("Solution")
_MARKED = re.compile(
    r"(?:^|(?<=[\n.!?…)]))\s*(?:решение|solution)\s*[:—–]\s*|\n\s*(?:решение|solution)\s*\n", re.IGNORECASE
)
_TAGS = re.compile(r"(?:(?:^|\s)#\w+)+\s*$")
_WANTED = frozenset(
    {"решение", "покажи решение", "хочу решение", "ответ", "solution", "show the solution", "answer"}
)


def split(words: str) -> tuple[str, str]:
    """A task, and the solution that stands below it under «Решение:»; "" where there is none."""
    found = _MARKED.search(words)
    if found is None:
        return words.strip(), ""
    task, solution = words[: found.start()].strip(), words[found.end() :].strip()
    tags = _TAGS.search(solution)  # they stand at the end of all, and are said of the task
    if tags is None:
        return task, solution
    return f"{task} {tags[0].strip()}", solution[: tags.start()].strip()


def wants_solution(words: str) -> bool:
    """Whether somebody asks for the solution."""
    return plain(words).strip(' .!?«»"') in _WANTED


def without_spoiler(task: str, say: Callable[[Text | str], str]) -> str:
    """The plain body: it never says what the solution is, for clients and lists of chats show it
    as it stands."""
    return f"📘 {task}\n\n{say(HINT)}"


def with_spoiler(task: str, solution: str, say: Callable[[Text | str], str]) -> str:
    """The HTML, in which clients hide the solution until it is tapped."""
    hidden = f'<span data-mx-spoiler="{html.escape(say(SOLUTION))}">{_lines(solution)}</span>'
    return f"📘 {_lines(task)}<br><br>{hidden}<br><br><em>{_lines(say(HINT))}</em>"


def _lines(words: str) -> str:
    return html.escape(words).replace("\n", "<br>")
