"""What tests in a browser speak of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Page

from support.linking import LinkedSchool

NewPage = Callable[..., Awaitable[Page]]


@dataclass
class Site:
    """A school whose pages are served at `address`."""

    school: LinkedSchool
    address: str
