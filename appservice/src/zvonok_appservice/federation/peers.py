"""Which schools are peers at this moment: by the registry that is trusted, and by what this
school is permitted itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from zvonok_appservice.federation.registry import Registry
from zvonok_appservice.federation.trust import Trust
from zvonok_appservice.reconcile.abroad import Abroad
from zvonok_core.access import Peer
from zvonok_core.clock import milliseconds


class Peers:
    """What the configuration says of other schools, with those who are listed now."""

    def __init__(self, trust: Trust, configured: Abroad) -> None:
        self._trust = trust
        self._configured = configured

    def now(self) -> Abroad:
        """Nobody is a peer where this school isn't in the registry."""
        trusted = self._trust.trusted
        if trusted is None:
            return self._configured
        found = peers(trusted.registry, self._configured.server)
        return replace(
            self._configured,
            peers=found,
            until=milliseconds(trusted.expires) if found else 0,
            in_force=self._trust.in_force() is trusted.registry,
        )


def peers(registry: Registry, server: str) -> Mapping[str, Peer]:
    """By server name: the other listed schools that have a kind of talk in common with the one
    on `server`."""
    own = registry.school(server)
    return {
        school.server_name: Peer(common, school.keys)
        for school in registry.partners(server)
        if own is not None and (common := own.talks & school.talks)
    }
