"""The Synapse that tests and the demo start: up, down, up again, and what it says when it
can't; and that Synapse knows every key of the configuration that is shipped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.matrix import client
from synapse.config.homeserver import HomeServerConfig

from zvonok_demo.synapse import SHIPPED, SynapseError, SynapseProcess


@pytest.mark.live
async def test_it_goes_on_from_its_data_however_it_ended(tmp_path: Path) -> None:
    synapse = SynapseProcess(tmp_path)
    keys = []
    for end in (synapse.stop, synapse.kill):
        await synapse.start()
        assert synapse.pid is not None
        async with client(synapse.address) as somebody:
            assert (await somebody.call("GET", "/versions")).ok
        keys.append((tmp_path / "signing.key").read_text(encoding="utf-8"))
        await end()
        assert synapse.pid is None
    assert keys[0] == keys[1]
    assert synapse.registration_shared_secret


@pytest.mark.live
@pytest.mark.parametrize(
    ("overlay", "reason"),
    [
        ({"max_upload_size": "huge"}, "max_upload_size"),
        ({"app_service_config_files": ["missing.yaml"]}, "missing.yaml"),
    ],
)
async def test_it_says_why_it_does_not_come_up(tmp_path: Path, overlay: dict[str, Any], reason: str) -> None:
    with pytest.raises(SynapseError, match=reason):
        await SynapseProcess(tmp_path, overlay=overlay).start()


def test_secrets_are_for_their_owner_alone(tmp_path: Path) -> None:
    synapse = SynapseProcess(tmp_path)
    synapse.prepare()
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


READ_LATER = ("password_config.policy.", "database.args")
"""Read when a password is chosen (see the live test) and by the database's driver."""


class Watched(dict[str, Any]):
    """A mapping that remembers which of its keys were asked for."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        super().__init__({key: watched(value) for key, value in content.items()})
        self.asked: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().setdefault(key, default)

    def never_asked(self, path: str = "") -> Iterator[str]:
        """The keys that nobody wanted, with their paths."""
        for key, value in self.items():
            if key not in self.asked:
                yield f"{path}{key}"
            elif isinstance(value, Watched):
                yield from value.never_asked(f"{path}{key}.")


def watched(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Watched(value)
    return [watched(item) for item in value] if isinstance(value, list) else value


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Synapse's own imports
@pytest.mark.parametrize("name", ["homeserver.yaml", "local.yaml.example"])
def test_synapse_knows_every_key_that_is_shipped(name: str, tmp_path: Path) -> None:
    (tmp_path / "registration.yaml").write_text(
        "{id: x, url: null, as_token: a, hs_token: b, sender_localpart: s, namespaces: {}}", encoding="utf-8"
    )
    synapse = SynapseProcess(tmp_path, registrations=[tmp_path / "registration.yaml"])
    synapse.prepare()
    shipped = YAML(typ="safe").load((SHIPPED / name).read_text(encoding="utf-8"))
    # The paths of an example lead nowhere: an installation's own stand in for them.
    installed = {key: value for key, value in synapse._local().items() if key != "database"}
    config = Watched({"report_stats": False, **shipped, **installed})

    HomeServerConfig().parse_config_dict(config, str(tmp_path), str(tmp_path))

    unknown = [path for path in config.never_asked() if path.partition(".")[0] in shipped]
    assert [path for path in unknown if not path.startswith(READ_LATER)] == []
