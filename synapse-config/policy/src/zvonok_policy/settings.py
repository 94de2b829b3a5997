"""The module's section of Synapse's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synapse.module_api.errors import ConfigError

from zvonok_core.errors import ConfigError as Faults
from zvonok_core.settings import build


@dataclass(frozen=True, slots=True)
class Settings:
    """Keys of `config` under `modules`."""

    appservice: str
    """Where the appservice's directory is, such as http://appservice:8009."""
    token: str
    """The appservice's `directory.tokens.policy`; `token_file` names a file with it."""
    facts_file: Path
    """Where the facts are kept, so that a restart knows what was known."""
    sender: str = "zvonok"
    """The appservice's `sender_localpart`. The sender may do everything, even before the
    first facts: the appservice makes its rooms in the very look that computes them."""


def parse(config: Mapping[str, Any]) -> Settings:
    """Raises Synapse's ConfigError, which stops the start with a sentence for each fault."""
    try:
        return build(Settings, config)
    except Faults as error:
        raise ConfigError(f"zvonok_policy: {error}") from error
