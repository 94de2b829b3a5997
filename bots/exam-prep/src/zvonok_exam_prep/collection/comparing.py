"""What a file of tasks would change. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from zvonok_core.ids import UserId
from zvonok_exam_prep.items import Item, ItemId


@dataclass(frozen=True, slots=True)
class Changes:
    """Tasks that are new, that take the place of the teacher's own older ones, that are there
    already, and that have the id of somebody else's."""

    new: tuple[Item, ...] = ()
    changed: tuple[Item, ...] = ()
    same: tuple[Item, ...] = ()
    taken: tuple[Item, ...] = ()

    @property
    def wanted(self) -> tuple[Item, ...]:
        """Those that are to be kept."""
        return (*self.new, *self.changed)


def compare(
    tasks: Sequence[Item],
    there: Mapping[ItemId, Item],
    brought: Mapping[ItemId, UserId],
    teacher: UserId,
) -> Changes:
    """What a teacher's file would change. `there` are tasks of the same ids, `brought` says by
    whom; those of nobody are shipped."""
    new, changed, same, taken = list[Item](), list[Item](), list[Item](), list[Item]()
    for item in tasks:
        known = there.get(item.id)
        if known is None:
            new.append(item)
        elif _bare(known) == _bare(item):
            same.append(item)
        else:
            (changed if brought.get(item.id) == teacher else taken).append(item)
    return Changes(tuple(new), tuple(changed), tuple(same), tuple(taken))


def _bare(item: Item) -> Item:
    """Without where its pictures are: they are moved when they are kept."""
    return replace(item, pictures=tuple(replace(one, address="", data=b"") for one in item.pictures))
