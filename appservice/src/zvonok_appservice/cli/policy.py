"""The command `policy`: the school's rules in words, for those who answer for them."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Collection, Iterator, Mapping
from functools import reduce
from itertools import product
from typing import TypeVar

from zvonok_appservice.app import PACKAGES
from zvonok_appservice.cli.exits import Exit
from zvonok_appservice.config import Config
from zvonok_appservice.policy import policy_table
from zvonok_appservice.reconcile.names import POSITION_WORDS
from zvonok_core.access import INVERSE, ContentKind, Relation, Table, Who
from zvonok_core.access.table import MIB
from zvonok_core.directory import to_json
from zvonok_core.text import Catalogs, Text, ntext, text

K = TypeVar("K")
_WHO = {
    Who.STAFF: text("any member of staff"),
    Who.TEACHER: text("teacher"),
    Who.CLASS_HEAD: text("class head"),
    Who.ADMINISTRATION: text("administration"),
    Who.OPEN_TO_CHILDREN: text("specialist open to children"),
    Who.STUDENT: text("student"),
    Who.GUARDIAN: text("guardian"),
    Who.BOT: text("bot"),
}
_RELATIONS = {
    Relation.ANYBODY: text("always"),
    Relation.SAME_SCHOOL: text("in the same school"),
    Relation.OWN_STUDENT: text("whom they teach"),
    Relation.OWN_TEACHER: text("who teaches them"),
    Relation.OWN_STUDENTS_GUARDIAN: text("whose child they teach"),
    Relation.CHILDS_TEACHER: text("who teaches their child"),
    Relation.OWN_CLASS: text("in the class that they head"),
    Relation.OWN_CLASS_HEAD: text("who heads their class"),
    Relation.OWN_CLASS_GUARDIAN: text("whose child is in the class that they head"),
    Relation.CHILDS_CLASS_HEAD: text("who heads their child's class"),
    Relation.CLASSMATE: text("in the same class"),
    Relation.FELLOW_GUARDIAN: text("whose child is in the same class as theirs"),
    Relation.OWN_CHILD: text("their own child"),
    Relation.OWN_GUARDIAN: text("their own guardian"),
}
_ENCRYPTION = {
    "nobody": text("Encrypted chats: nobody."),
    "staff": text("Encrypted chats: staff among themselves."),
    "everybody": text("Encrypted chats: everybody. The school can't look into a complaint about them."),
}
_KINDS = {
    ContentKind.WINDOWS_PROGRAM: text("Windows programs"),
    ContentKind.WINDOWS_INSTALLER: text("Windows installers"),
    ContentKind.WINDOWS_SHORTCUT: text("Windows shortcuts"),
    ContentKind.LINUX_PROGRAM: text("Linux programs"),
    ContentKind.MAC_PROGRAM: text("Mac programs"),
    ContentKind.ANDROID_PROGRAM: text("Android apps"),
    ContentKind.JAVA_PROGRAM: text("Java programs"),
    ContentKind.SCRIPT: text("scripts"),
    ContentKind.OTHER: text("everything else"),
}


async def policy(config: Config, options: Namespace) -> Exit:
    """Print who may do what."""
    table = policy_table(config.policy)
    if options.json:
        print(json.dumps(to_json(table), ensure_ascii=False, indent=2))
        return Exit.DONE
    catalogs = Catalogs.load(PACKAGES)
    for line in policy_lines(table):
        print(catalogs.say(line, options.language or config.school.language))
    return Exit.DONE


def policy_lines(table: Table) -> Iterator[Text]:
    """All of the table, a line for each rule."""
    yield text("Who may contact whom: invite, write to directly, find in the directory")
    yield from _contact(table)
    yield text("  Nobody else may contact anybody.")
    yield text(
        "Specialists open to children: {listed}.", listed=_listed(POSITION_WORDS, table.open_to_children)
    )
    yield text("Group chats are made by: {listed}.", listed=_listed(_WHO, table.create_rooms))
    if table.student_groups.allowed:
        yield ntext(
            "Students make small chats of their own: {n} member at most, each of whom may contact the others.",
            "Students make small chats of their own: {n} members at most, each of whom may contact the others.",
            table.student_groups.size,
        )
    else:
        yield text("Students make no chats of their own, but direct ones.")
    yield _ENCRYPTION[table.encryption]
    yield text("Who may show a picture of their own: {listed}.", listed=_listed(_WHO, table.pictures))
    yield ntext(
        "An own message can be changed for {n} hour, and deleted at any age.",
        "An own message can be changed for {n} hours, and deleted at any age.",
        table.edit_hours,
    )
    yield text(
        "The largest file, in MB: staff {staff}, guardians {guardian}, students {student}, bots {bot}.",
        staff=table.media.staff // MIB,
        guardian=table.media.guardian // MIB,
        student=table.media.student // MIB,
        bot=table.media.bot // MIB,
    )
    yield text("Files that are refused: {listed}.", listed=_listed(_KINDS, table.media.refused))


def _contact(table: Table) -> Iterator[Text]:
    """A pair of which each may contact the other on the same grounds is one line."""
    told: set[tuple[Who, Who]] = set()
    for actor, target in product(Who, Who):
        grounds = table.contact.get(actor, {}).get(target, frozenset())
        back = table.contact.get(target, {}).get(actor, frozenset())
        mutual = back == {INVERSE[relation] for relation in grounds}
        if not grounds or (mutual and (target, actor) in told):
            continue
        told.add((actor, target))
        pattern = "  {actor} ↔ {target}: {grounds}" if mutual else "  {actor} → {target}: {grounds}"
        yield Text(
            pattern,
            {"actor": _WHO[actor], "target": _WHO[target], "grounds": _listed(_RELATIONS, grounds)},
        )


def _listed(words: Mapping[K, Text], chosen: Collection[K]) -> Text:
    """The chosen in words, in the order of `words`."""
    listed = [said for key, said in words.items() if key in chosen]
    if not listed:
        return Text("—")
    return reduce(lambda before, last: text("{before}, {last}", before=before, last=last), listed)
