"""What Synapse is told of the appservice: the registration file (Application Service API,
section "Registration").

People are ordinary accounts, not appservice ghosts: Synapse exempts ghosts from its lock,
and would send the appservice every private room of theirs. So the only user of the
namespace is the sender itself.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from zvonok_appservice.config import Config


def registration(config: Config) -> dict[str, Any]:
    """The content of the registration file."""
    appservice = config.appservice
    server = re.escape(config.homeserver.server_name)

    def only(sigil: str, pattern: str) -> list[dict[str, Any]]:
        return [{"exclusive": True, "regex": f"^{sigil}{pattern}:{server}$"}]

    return {
        "id": appservice.id,
        "url": appservice.address,
        "as_token": appservice.as_token,
        "hs_token": appservice.hs_token,
        "sender_localpart": appservice.sender_localpart,
        "rate_limited": False,
        "receive_ephemeral": False,
        "namespaces": {
            "users": only("@", re.escape(appservice.sender_localpart)),
            "aliases": only("#", f"{re.escape(appservice.alias_prefix)}.*"),
            "rooms": [],
        },
    }


def write_registration(config: Config, path: Path) -> None:
    """Write the file, readable to its owner alone: it holds both tokens."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        path.chmod(0o600)  # also where the file was there before
        YAML().dump(registration(config), file)
