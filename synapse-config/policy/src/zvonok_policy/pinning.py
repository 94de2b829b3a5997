"""Other homeservers' signing keys, as the signed registry has them and from nowhere else.

Synapse asks a server that it does not know for its keys, and believes whoever holds the
certificate of that name; what it once learnt it keeps in its database. A closed federation
need not believe either: whoever is listed is listed with keys. Past Synapse's module API,
which has no door to keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from signedjson.key import decode_verify_key_bytes
from synapse.crypto.keyring import KeyFetcher, _FetchKeyRequest
from synapse.storage.keys import FetchKeyResult
from unpaddedbase64 import decode_base64

if TYPE_CHECKING:
    from synapse.server import HomeServer

Keys = Mapping[str, Mapping[str, str]]
"""Server name → `ed25519:id` → unpadded base64."""
_ALWAYS = 2**63
"""What Synapse takes for its own keys: the registry says how long these hold, by listing them."""


class PinnedKeys(KeyFetcher):
    """Answers from what `keys` says at that moment, and asks nobody."""

    def __init__(self, hs: HomeServer, keys: Callable[[], Keys]) -> None:
        super().__init__(hs)
        self._keys = keys

    async def _fetch_keys(
        self, keys_to_fetch: list[_FetchKeyRequest]
    ) -> dict[str, dict[str, FetchKeyResult]]:
        pinned, found = self._keys(), dict[str, dict[str, FetchKeyResult]]()
        for request in keys_to_fetch:
            listed = pinned.get(request.server_name, {})
            of_server = found.setdefault(request.server_name, {})
            for key_id in {*request.key_ids} & listed.keys():
                key = decode_verify_key_bytes(key_id, decode_base64(listed[key_id]))
                of_server[key_id] = FetchKeyResult(key, _ALWAYS)
        return found


def pin(hs: HomeServer, keys: Callable[[], Keys]) -> None:
    """From now on only these keys vouch for other servers. Synapse goes on knowing its own,
    for which it asks no fetcher."""
    fetchers = hs.get_keyring()._key_fetchers
    for fetcher in fetchers:
        fetcher.shutdown()
    fetchers[:] = [PinnedKeys(hs, keys)]
