"""The school's words and rules. Pure; `settings` and `db` alone touch the outside."""
