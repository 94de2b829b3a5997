"""A school morning: demo people talk for ten minutes, in half a minute, over the client API."""

from zvonok_demo.morning.play import Morning
from zvonok_demo.morning.transcript import Kind, Line

__all__ = ["Kind", "Line", "Morning"]
