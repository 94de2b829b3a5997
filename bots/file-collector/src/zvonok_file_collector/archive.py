"""Where each file goes in the archive, what its table of contents says, and how it is split. Pure."""

from __future__ import annotations

from collections.abc import Collection as Container
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from zvonok_botkit import text
from zvonok_botkit.sheets import Cell
from zvonok_file_collector.collection import Collection
from zvonok_file_collector.names import apart, brief, safe
from zvonok_file_collector.overview import state_of
from zvonok_file_collector.register import Row, rules_of
from zvonok_file_collector.states import FileRef, Part, State
from zvonok_file_collector.voice import Voice

LONGEST_FOLDER = 60
"""Bytes, so that a whole path stays within the 260 letters that Windows takes."""
_HEADERS = 200
"""Bytes of an entry's headers beside its path, which stands in the archive twice."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in the archive: whose, in which version, and under which path."""

    path: str
    row: Row
    part: Part
    file: FileRef
    version: int

    @property
    def size(self) -> int:
        """Bytes that it takes in an archive, at most."""
        return self.file.size + _HEADERS + 2 * len(self.path.encode())


def class_folder(room: str, otherwise: str) -> str:
    """«7А. Литература» → «7А»: what a room's name begins with is its class."""
    return safe(room.partition(". ")[0], otherwise, LONGEST_FOLDER)


def layout(register: Sequence[Row], folder: str, voice: Voice) -> list[Entry]:
    """«7А/Петров Иван/эссе.docx»; what was replaced lies in a folder of its own below."""
    earlier = safe(voice.say(text("Earlier versions")), "earlier", LONGEST_FOLDER)
    found: list[Entry] = []
    for row, person in zip(register, _folders(register, voice), strict=True):
        places = dict.fromkeys(part.last for part in row.work.parts if part.file)
        for last in places:
            parts = [(part, part.file) for part in row.work.parts if part.file and part.last == last]
            below = f"{folder}/{person}" if last is None else f"{folder}/{person}/{earlier}/{last}"
            names = apart(safe(file.name, _unnamed(file, voice)) for _, file in parts)
            found += [
                Entry(f"{below}/{name}", row, part, file, row.work.version if last is None else last)
                for name, (part, file) in zip(names, parts, strict=True)
            ]
    return found


def _folders(register: Sequence[Row], voice: Voice) -> list[str]:
    """One for each person."""
    names = brief([row.name for row in register])
    return apart(safe(name, voice.say(text("without a name")), LONGEST_FOLDER) for name in names)


def _unnamed(file: FileRef, voice: Voice) -> str:
    word = voice.say(text("file"))
    return f"{word}.{file.format.value}" if file.format.value else word


def volumes(entries: Iterable[Entry], limit: int) -> tuple[list[list[Entry]], list[Entry]]:
    """The entries in as few archives as their order allows, each within so many bytes, and
    those that are too large for any."""
    found: list[list[Entry]] = []
    too_large: list[Entry] = []
    left = 0
    for entry in entries:
        if entry.size > limit:
            too_large.append(entry)
            continue
        if entry.size > left:
            found.append([])
            left = limit
        found[-1].append(entry)
        left -= entry.size
    return found, too_large


def contents(
    held: Collection,
    register: Sequence[Row],
    packed: Sequence[Sequence[Entry]],
    gone: Container[str],
    too_large: Sequence[Entry],
    voice: Voice,
) -> Mapping[str, list[list[Cell]]]:
    """The sheets of the table of contents: people, and files. `gone` are the paths of files
    that are in the media store no more."""
    people: list[list[Cell]] = [
        [
            voice.say(cell)
            for cell in (
                "№",
                text("Name"),
                text("State"),
                text("When"),
                text("Files"),
                text("Late"),
                text("Comment"),
            )
        ]
    ]
    people += [[number, *_person(held, row, voice)] for number, row in enumerate(register, 1)]
    files: list[list[Cell]] = [
        [
            voice.say(cell)
            for cell in (
                text("Name"),
                text("File"),
                text("Sent"),
                text("Bytes"),
                text("Version"),
                text("Archive"),
                text("Note"),
            )
        ]
    ]
    for number, entry, note in _listed(packed, gone, too_large, voice):
        sent = voice.at(entry.part.at)
        files.append([entry.row.name, entry.path, sent, entry.file.size, entry.version, number, note])
    return {voice.say(text("People")): people, voice.say(text("Files")): files}


def _person(held: Collection, row: Row, voice: Voice) -> list[Cell]:
    late = row.work.current and rules_of(held).over(row.work.began) and row.state is State.LATE
    return [
        row.name,
        voice.say(state_of(held, row)),
        voice.at(row.work.began) if row.work.current else "",
        sum(part.file is not None for part in row.work.current),
        voice.say(text("yes")) if late else "",
        row.work.comment,
    ]


def _listed(
    packed: Sequence[Sequence[Entry]], gone: Container[str], too_large: Sequence[Entry], voice: Voice
) -> Iterator[tuple[int | None, Entry, str]]:
    for number, volume in enumerate(packed, 1):
        for entry in volume:
            lost = entry.path in gone
            yield (
                (None if lost else number),
                entry,
                voice.say(text("no longer on the server")) if lost else "",
            )
    for entry in too_large:
        yield None, entry, voice.say(text("too large for an archive"))
