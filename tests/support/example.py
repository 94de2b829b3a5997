"""The example configuration, and what everybody has to change in it."""

from __future__ import annotations

from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "appservice" / "config.example.yaml"
OWN_WORDS = {
    "ZVONOK_APPSERVICE__AS_TOKEN": "f3w9-a-long-random-word",
    "ZVONOK_APPSERVICE__HS_TOKEN": "k2v8-another-random-word",
}
