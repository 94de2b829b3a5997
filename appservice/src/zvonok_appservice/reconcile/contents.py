"""What the state events of a managed room hold: levels, and which servers may come in. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from zvonok_appservice.reconcile.model import CONTROL, DELEGATES_STATE_TYPE
from zvonok_core.ids import UserId
from zvonok_core.roles import Level


def listed_users(power_levels: Mapping[str, Any]) -> Mapping[UserId, Any]:
    """The `users` of a room's power levels, however odd its content is."""
    users = power_levels.get("users")
    return users if isinstance(users, Mapping) else {}


def user_level(power_levels: Mapping[str, Any], user: UserId) -> int:
    """A user's level by the content of a room's power levels, however odd it is."""
    level = listed_users(power_levels).get(user)
    if not isinstance(level, int):
        level = power_levels.get("users_default")
    return level if isinstance(level, int) else int(Level.MEMBER)


def hosts(servers: Iterable[str]) -> frozenset[str]:
    """Servers as access lists name them: without a port. With it, too, where there is one:
    Synapse compares its own whole name before it lets a list be written."""
    return frozenset(name for server in servers for name in (server, re.sub(r":\d+$", "", server)))


def server_acl(servers: Iterable[str]) -> dict[str, Any]:
    """The content of `m.room.server_acl` that lets these servers in, and no other. One that is
    named by its address is listed, too."""
    return {"allow": sorted(hosts(servers)), "deny": [], "allow_ip_literals": True}


def power_levels(write_level: int, levels: Mapping[UserId, int], kind: str = "") -> dict[str, Any]:
    """The whole power level map of a managed room. In the control room peers say whom they name,
    and nothing else. The creator is never listed: in room
    version 12 that is an error, and it stands above every number anyway."""
    control = {DELEGATES_STATE_TYPE: int(Level.MEMBER), "m.room.tombstone": int(Level.TOMBSTONE)}
    return {
        "users": dict(levels),
        "users_default": int(Level.MEMBER),
        "events_default": write_level,
        "state_default": int(Level.SEALED),
        "invite": int(Level.SEALED),
        "kick": int(Level.SEALED),
        "ban": int(Level.SEALED),
        "redact": int(Level.MODERATOR),
        "notifications": {"room": int(Level.MODERATOR)},
        "events": control
        if kind == CONTROL
        else {
            "m.room.pinned_events": int(Level.MODERATOR),
            "im.vector.modular.widgets": int(Level.MODERATOR),
            "m.widget": int(Level.MODERATOR),
            "m.room.topic": int(Level.ADMIN),
            "m.room.tombstone": int(Level.TOMBSTONE),
            "m.reaction": int(Level.MEMBER),
            "org.matrix.msc3381.poll.response": int(Level.MEMBER),
            "m.room.redaction": int(Level.MEMBER),
        },
    }
