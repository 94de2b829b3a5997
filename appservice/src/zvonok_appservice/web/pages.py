"""All pages, ready to be mounted on the appservice's own web application."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from aiohttp import web

from zvonok_appservice.linking import Linking
from zvonok_appservice.web.activation import SETTLING, activation_routes
from zvonok_appservice.web.class_page import class_routes
from zvonok_appservice.web.sign_in import sign_in_routes
from zvonok_appservice.web.site import SITE, make_site, session_person

__all__ = ["routes", "session_person"]


def routes(app: web.Application, linking: Linking) -> None:
    """Put the pages, and their style under /static, into `app`."""
    app[SITE] = make_site(linking)
    app[SETTLING] = set()
    app.add_routes([*activation_routes(), *class_routes(), *sign_in_routes()])
    app.router.add_static("/static", Path(str(resources.files(__package__) / "static")))
