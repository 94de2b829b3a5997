"""The one place that knows mautrix's client and appservice classes."""

from zvonok_appservice.mautrix_homeserver.adapter import MautrixHomeserver, connect
from zvonok_appservice.mautrix_homeserver.listener import Listener

__all__ = ["Listener", "MautrixHomeserver", "connect"]
