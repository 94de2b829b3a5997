"""The start page: where somebody who has just started the demo looks first."""

from zvonok_demo.page.server import start_page

__all__ = ["start_page"]
