"""The exit codes, which scripts rely on."""

from enum import IntEnum


class Exit(IntEnum):
    """See the package's docstring."""

    DONE = 0
    CONFIG = 2
    JOURNAL = 3
    HELD = 4
    AWAY = 5
    QUESTION = 6
