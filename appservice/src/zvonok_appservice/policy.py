"""The school's policy table: the shipped one with the config's changes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import resources

from ruamel.yaml import YAML

from zvonok_core.access import Table
from zvonok_core.settings import build


def policy_table(chosen: Table) -> Table:
    """What holds, of the config's section `policy`: its `contact` changes single entries of
    the shipped one."""
    shipped = shipped_policy().contact
    contact = {
        who: {**shipped.get(who, {}), **chosen.contact.get(who, {})}
        for who in dict.fromkeys((*shipped, *chosen.contact))
    }
    return replace(chosen, contact=contact)


@cache
def shipped_policy() -> Table:
    """The table as it is shipped."""
    source = resources.files(__package__).joinpath("default_policy.yaml").read_text(encoding="utf-8")
    return build(Table, YAML(typ="safe").load(source))
