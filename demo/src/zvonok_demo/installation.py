"""A first run's files, and those that every run writes anew: journal, secrets, configuration.

The configuration is an ordinary one: `zvonok-appservice -c demo-data/config.yaml plan`
works beside the running demo.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from datetime import date
from typing import Any

from ruamel.yaml import YAML

from zvonok_appservice.config import Config, load
from zvonok_appservice.registration import write_registration
from zvonok_demo.cast import choose_cast
from zvonok_demo.folder import DataFolder, Facts
from zvonok_demo.school import small_school
from zvonok_demo.school.as_oneroster import write_oneroster

SEED = 7
SERVER_NAME = "school.test"
"""A name that nobody can own (RFC 2606). The last part of every user id."""
DIRECTORY_CONSUMER = "demo"
POLICY_CONSUMER = "policy"
_JOURNAL_SECONDS = 1
"""A real journal is looked at every few minutes; here somebody is watching."""


def make_school(folder: DataFolder, today: date) -> Facts:
    """The facts of this folder; at the first run the school is generated."""
    known = folder.facts()
    if known is not None:
        return known
    school = small_school(SEED, today)
    fresh = folder.path / "journal.new"
    shutil.rmtree(fresh, ignore_errors=True)  # of a first run that was cut short
    shutil.rmtree(folder.journal, ignore_errors=True)
    write_oneroster(school.snapshot, fresh, today)
    fresh.rename(folder.journal)
    facts = Facts(day=today, cast=choose_cast(school))
    folder.remember(facts)
    return facts


def write_config(folder: DataFolder, ports: Mapping[str, int], secret: str) -> Config:
    """Write the configuration and the registration, and load the former as the appservice
    would, but for the environment."""
    settings = _settings(folder, ports, secret)
    with os.fdopen(os.open(folder.config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        YAML().dump(settings, file)
    config = load(folder.config, {})
    write_registration(config, folder.registration)
    return config


def _settings(folder: DataFolder, ports: Mapping[str, int], secret: str) -> dict[str, Any]:
    here = folder.path.absolute()
    tokens = _secrets(folder)
    homeserver = f"http://127.0.0.1:{ports['homeserver']}"
    appservice = f"http://127.0.0.1:{ports['appservice']}"
    return {
        "homeserver": {
            "address": homeserver,
            "server_name": SERVER_NAME,
            "public_address": f"http://localhost:{ports['homeserver']}",
            "registration_shared_secret": secret,
        },
        "appservice": {
            "as_token": tokens["as_token"],
            "hs_token": tokens["hs_token"],
            "address": appservice,
            "listen_port": ports["appservice"],
            "public_url": f"http://localhost:{ports['appservice']}",
        },
        "school": {"id": "school-1", "short_name": "Школа № 1"},
        "journal": {
            "format": "oneroster",
            "path": str(here / "journal"),
            "check_every": _JOURNAL_SECONDS,
        },
        "database": f"sqlite:///{here / 'zvonok.db'}",
        "data": str(here / "appservice"),
        "rooms": {"subject": {"create": "at_once"}},
        "directory": {
            "tokens": {
                DIRECTORY_CONSUMER: tokens["directory_token"],
                POLICY_CONSUMER: tokens["policy_token"],
            }
        },
    }


def _secrets(folder: DataFolder) -> dict[str, str]:
    known = folder.read_private("secrets.json")
    missing = {"as_token", "hs_token", "directory_token", "policy_token"} - known.keys()
    if missing:
        known = {**known, **{name: secrets.token_urlsafe(32) for name in missing}}
        folder.write_private("secrets.json", known)
    return known
