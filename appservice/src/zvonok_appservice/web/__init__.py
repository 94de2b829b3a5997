"""The pages that people see: activation, and a class head's list."""

from zvonok_appservice.web.pages import routes, session_person

__all__ = ["routes", "session_person"]
