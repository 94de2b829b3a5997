"""Letters: printed cards that link a person to an account, and what goes with them."""

from zvonok_appservice.letters.print import FirstPassword, letters, password_list, preview
from zvonok_appservice.letters.selection import Group, group, select

__all__ = ["FirstPassword", "Group", "group", "letters", "password_list", "preview", "select"]
