"""What can be said of the deployment without a Docker engine: it parses, and what it names is there."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from zvonok_appservice.web.activation import activation_routes
from zvonok_appservice.web.class_page import class_routes
from zvonok_appservice.web.sign_in import sign_in_routes

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
BOTS_DOCKERFILE = (ROOT / SERVICES["bots"]["build"]["dockerfile"]).read_text(encoding="utf-8")
SYNAPSE_DOCKERFILE = (ROOT / SERVICES["synapse"]["build"]["dockerfile"]).read_text(encoding="utf-8")
CADDYFILE = (ROOT / "web-config" / "Caddyfile").read_text(encoding="utf-8")


def test_the_compose_file_has_what_a_school_needs() -> None:
    assert SERVICES.keys() >= {"postgres", "synapse", "appservice", "bots", "element", "caddy"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_file_that_a_service_mounts_is_in_the_repository(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source = volume.split(":")[0]
        if source.startswith("./") and source.split("/")[1] not in ("data", "journal"):
            assert (ROOT / source).exists(), source


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned(name: str) -> None:
    image = SERVICES[name].get("image")
    assert image is None or re.search(r":v?\d+\.\d+(\.\d+)?(-\w+)?$", image), image


def test_nothing_is_published_but_the_proxy() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["caddy"]


def test_services_wait_for_services_that_exist_and_have_a_health_check() -> None:
    for service in SERVICES.values():
        waits = service.get("depends_on", [])
        for other in waits:
            assert other in SERVICES
            if isinstance(waits, dict):
                assert "healthcheck" in SERVICES[other]


def test_the_synapse_image_is_the_version_that_is_tested() -> None:
    pinned = re.search(r"^matrix-synapse==(.+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    assert pinned is not None
    assert f"FROM matrixdotorg/synapse:v{pinned[1]}\n" in SYNAPSE_DOCKERFILE


def test_synapse_gets_the_policy_module_and_what_it_needs_and_nothing_else() -> None:
    """Installed without dependencies: whatever the module asks for must be there already."""
    installed = re.search(r"pip install --no-cache-dir --no-deps (.+)", SYNAPSE_DOCKERFILE)
    assert installed is not None
    assert installed[1].split() == ["/src/core", "/src/synapse-config/policy"]
    for part in installed[1].split():
        project = tomllib.loads((ROOT / part.removeprefix("/src/") / "pyproject.toml").read_text())["project"]
        assert set(project["dependencies"]) <= {"zvonok-core"}
    imported = {
        name
        for file in (ROOT / "synapse-config" / "policy" / "src").rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if (found := re.match(r"(?:from|import) (\w+)", line))
        for name in [found[1]]
    }
    assert imported - sys.stdlib_module_names == {
        *("zvonok_core", "zvonok_policy", "synapse", "twisted"),
        *("signedjson", "unpaddedbase64"),  # Synapse's own
    }


def test_three_files_of_the_policy_module_go_past_synapses_module_api() -> None:
    for file in (ROOT / "synapse-config" / "policy" / "src").rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        past = re.findall(r"from synapse\.(?!module_api)|_hs\b|_store\b", source)
        assert bool(past) == (file.name in ("border.py", "pinning.py", "server.py")), file


def test_the_module_stands_in_the_shipped_configuration() -> None:
    shipped = yaml.safe_load((ROOT / "synapse-config" / "homeserver.yaml").read_text(encoding="utf-8"))
    (module,) = shipped["modules"]
    assert module["module"] == "zvonok_policy.PolicyModule"
    for key in ("token_file", "facts_file"):
        assert module["config"][key].startswith("/data/"), "a folder that is mounted"
    assert module["config"]["appservice"] == "http://appservice:8009"


def test_the_proxy_keeps_the_admin_api_and_the_directory_inside() -> None:
    proxied = re.findall(r"handle (\S+) \{(?:[^{}]|\{[^{}]*\})*?reverse_proxy synapse", CADDYFILE)
    assert proxied == ["@servers", "/_matrix/client/*", "/_matrix/media/*"]
    assert "@servers path /_matrix/federation/* /_matrix/key/*\n" in CADDYFILE
    pages = re.search(r"@pages path (.+)", CADDYFILE)
    assert pages is not None
    assert not any(
        path.startswith(("/v1", "/_matrix", "/metrics", "/transactions")) for path in pages[1].split()
    )


def test_other_schools_servers_are_led_to_the_same_door() -> None:
    told = re.search(r"handle /.well-known/matrix/server \{.*?respond `(.+?)`", CADDYFILE, re.DOTALL)
    assert told is not None
    assert json.loads(told[1].replace("{$DOMAIN}", "school.example")) == {"m.server": "school.example:443"}
    shipped = yaml.safe_load((ROOT / "synapse-config" / "homeserver.yaml").read_text(encoding="utf-8"))
    assert shipped["listeners"][0]["resources"][0]["names"] == ["client", "federation"]


def test_the_proxy_leads_to_every_page_and_lets_small_forms_only_in() -> None:
    pages = re.search(r"@pages path (.+)", CADDYFILE)
    assert pages is not None
    routes = [*activation_routes(), *class_routes(), *sign_in_routes()]
    paths = {route.path for route in routes if isinstance(route, web.RouteDef)}
    assert len(paths) > 8
    for path in paths:
        assert any(fnmatch(path, pattern) for pattern in pages[1].split()), path
    assert re.search(r"handle @pages \{\s+request_body \{\s+max_size 64KB", CADDYFILE)


def test_the_appservice_can_be_reached_by_the_other_containers() -> None:
    assert SERVICES["appservice"]["environment"]["ZVONOK_APPSERVICE__LISTEN_HOST"] == "0.0.0.0"


def test_no_program_runs_as_root_or_sees_the_others_secrets() -> None:
    assert SERVICES["synapse"]["user"] == "991:991"
    kept = {name: SERVICES[name]["volumes"] for name in ("synapse", "appservice", "bots")}
    assert "./data/synapse:/data" in kept["synapse"]
    assert "./data/appservice:/data" in kept["appservice"]
    assert "./data/bots:/data" in kept["bots"]
    assert not any(volume.startswith("./data:") for volumes in kept.values() for volume in volumes)


def test_the_web_clients_configuration_parses_and_asks_no_third_party() -> None:
    config = json.loads((ROOT / "web-config" / "element.json").read_text(encoding="utf-8"))
    assert config["integrations_ui_url"] == "" and config["disable_guests"] is True
    hosts = set(re.findall(r"https?://([^/\"]+)", json.dumps(config)))
    assert hosts == {"school.example"}


def test_element_is_told_that_chats_are_not_encrypted_and_push_says_nothing() -> None:
    told = re.search(r"handle /.well-known/matrix/client \{.*?respond `(.+?)`", CADDYFILE, re.DOTALL)
    assert told is not None
    well_known = json.loads(told[1].replace("{$DOMAIN}", "school.example"))
    assert well_known["io.element.e2ee"] == {"default": False, "force_disable": True}
    shipped = yaml.safe_load((ROOT / "synapse-config" / "homeserver.yaml").read_text(encoding="utf-8"))
    assert shipped["push"] == {"include_content": False}
    assert shipped["trusted_key_servers"] == shipped["federation_domain_whitelist"] == []
    assert shipped["enable_registration"] is shipped["allow_guest_access"] is False
    assert shipped["room_list_publication_rules"] == [{"action": "deny"}]
    assert shipped["url_preview_enabled"] is False


def test_the_dockerfiles_copy_what_is_there() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for line in re.findall(
        r"^COPY (?!--from)(.+)$", dockerfile + BOTS_DOCKERFILE + SYNAPSE_DOCKERFILE, re.MULTILINE
    ):
        for source in line.split()[:-1]:
            part = source.replace("${PART}", SERVICES["appservice"]["build"]["args"]["PART"])
            assert (ROOT / part).exists(), part
    for file in (dockerfile, BOTS_DOCKERFILE):
        assert re.search(r"^USER (?!root)", file, re.MULTILINE)


def test_every_fixed_folder_says_what_it_is_for() -> None:
    folders = [
        *("appservice", "core", "botkit", "demo", "tests", "synapse-config", "synapse-config/policy"),
        *("jitsi-config", "web-config", "bots/polls", "bots/file-collector", "bots/word-of-the-day"),
    ]
    for folder in folders:
        assert len((ROOT / folder / "README.md").read_text(encoding="utf-8").split()) > 10, folder


def test_the_bots_run_by_the_program_that_the_kit_installs() -> None:
    project = tomllib.loads((ROOT / "botkit" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (program,) = re.findall(r'^ENTRYPOINT \["/opt/zvonok/bin/(.+?)"\]', BOTS_DOCKERFILE, re.MULTILINE)
    assert program in project["scripts"]
    assert SERVICES["bots"]["command"][:2] == ["-c", "/data/config.yaml"]
    assert SERVICES["bots"]["depends_on"].keys() == {"synapse", "appservice"}
    for name in SERVICES["bots"]["command"][2:]:
        assert (ROOT / "bots" / name / "pyproject.toml").exists(), name
