"""The school's own rows over the journal's: who the journal can't know, and what is wrong
in it and slow to be mended. Described for people in docs/additions.md."""

from zvonok_appservice.roster.additions.merging import merge_additions
from zvonok_appservice.roster.additions.reading import Additions, read_additions

__all__ = ["Additions", "merge_additions", "read_additions"]
