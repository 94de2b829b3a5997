"""A registry from an https address, on a real loopback server with TLS: good ones, and all
that a bad one may try."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from support.mirrors import Mirror, begin, mirror_of, respond
from support.registrars import Office, listed, school

from zvonok_appservice.config import FederationConfig
from zvonok_appservice.federation.fetching import HttpsFetcher
from zvonok_appservice.federation.files import LARGEST
from zvonok_appservice.federation.trust import Problem, Trust
from zvonok_core.errors import ConfigError

PATIENCE = 0.4
"""Seconds for a file, in these tests."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office.found(tmp_path_factory.mktemp("template") / "registrars")
    office.release(school(1))
    return office


@pytest.fixture
def office(template: Office, tmp_path: Path) -> Office:
    return template.copy(tmp_path / "registrars")


@pytest.fixture
def mirror(office: Office, tmp_path: Path) -> Iterator[Mirror]:
    with mirror_of(office.folder.published, tmp_path) as running:
        yield running


@pytest.fixture
def trust(office: Office, mirror: Mirror, tmp_path: Path) -> Trust:
    """A school that has taken version 2, while version 3 is on show."""
    trust = office.follower(tmp_path / "data", mirror.address, HttpsFetcher(5, mirror.tls))
    trust.check()
    assert (trust.problem, listed(trust)) == (None, ["school-1.example"])
    office.release(school(2))
    return office.follower(tmp_path / "data", mirror.address, HttpsFetcher(PATIENCE, mirror.tls))


def test_a_registry_is_taken_from_an_https_address(office: Office, mirror: Mirror, tmp_path: Path) -> None:
    trust = office.follower(tmp_path / "data", mirror.address + "/", HttpsFetcher(5, mirror.tls))
    trust.check()
    assert (trust.problem, listed(trust)) == (None, ["school-1.example"])
    office.change_root(lambda root: None)
    office.change(lambda registry: registry.with_school(school(2)))
    office.sign("registrar 0", "registrar 2")
    office.publish()
    trust.check()
    assert listed(trust) == ["school-1.example", "school-2.example"]


@pytest.mark.parametrize(
    "address",
    ["http://a.example", "https://", "https:///x", "https://me@a.example", "https://a.example?x", "ftp://a"],
)
def test_an_address_that_would_not_be_asked_as_it_stands_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        FederationConfig(address, tmp_path)


def test_a_certificate_of_nobody_is_refused(office: Office, mirror: Mirror, tmp_path: Path) -> None:
    trust = office.follower(tmp_path / "data", mirror.address, HttpsFetcher(5))
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.AWAY, [])


@pytest.mark.parametrize("status", [200, 403, 404, 500, 503])
def test_a_mirror_that_serves_nothing_changes_nothing(trust: Trust, mirror: Mirror, status: int) -> None:
    mirror.handler = lambda request: respond(request, status)
    trust.check()
    assert trust.problem is (Problem.UNREADABLE if status == 200 else Problem.AWAY)
    assert listed(trust) == ["school-1.example"]


def test_a_mirror_that_hangs_is_left_within_its_time(trust: Trust, mirror: Mirror) -> None:
    mirror.handler = lambda _: wait_for(mirror)
    assert_left_in_time(trust)
    assert (trust.problem, listed(trust)) == (Problem.AWAY, ["school-1.example"])


def test_a_mirror_that_dribbles_is_left_within_its_time(trust: Trust, mirror: Mirror) -> None:
    def dribble(request: BaseHTTPRequestHandler) -> None:
        begin(request, 200)
        while not mirror.over.wait(0.01):  # each byte well within any timeout of a single read
            request.wfile.write(b" ")

    mirror.handler = dribble
    assert_left_in_time(trust)
    assert (trust.problem, listed(trust)) == (Problem.AWAY, ["school-1.example"])


def test_a_mirror_that_dribbles_before_its_certificate_or_its_headers_is_left_within_its_time(
    trust: Trust, mirror: Mirror
) -> None:
    def dribble(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
        while not mirror.over.wait(0.01):
            request.wfile.write(b" ")

    mirror.handler = dribble
    assert_left_in_time(trust)
    assert (trust.problem, listed(trust)) == (Problem.AWAY, ["school-1.example"])
    mirror.greeting = bytes([22, 3, 3, 64, 0])  # the beginning of a long handshake record
    assert_left_in_time(trust)
    assert (trust.problem, listed(trust)) == (Problem.AWAY, ["school-1.example"])


@pytest.mark.parametrize("compressed", [False, True])
def test_a_mirror_that_serves_endless_data_is_left_at_the_limit(
    office: Office, mirror: Mirror, tmp_path: Path, compressed: bool
) -> None:
    sent = 0

    def pour(request: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        begin(request, 200, **({"Content-Encoding": "gzip"} if compressed else {}))
        while not mirror.over.is_set():
            request.wfile.write(bytes(65536))
            sent += 65536

    mirror.handler = pour
    trust = office.follower(tmp_path / "data", mirror.address, HttpsFetcher(20, mirror.tls))
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.TAMPERED, [])
    assert LARGEST <= sent < 4 * LARGEST


def test_a_redirect_is_not_followed(trust: Trust, mirror: Mirror, office: Office, tmp_path: Path) -> None:
    asked = []

    def remember(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        respond(request, 404)

    (tmp_path / "elsewhere").mkdir()
    with mirror_of(office.folder.published, tmp_path / "elsewhere") as elsewhere:
        elsewhere.handler = remember

        mirror.handler = lambda request: respond(request, 302, Location=elsewhere.address + request.path)
        trust.check()
    assert (trust.problem, listed(trust), asked) == (Problem.AWAY, ["school-1.example"], [])


def assert_left_in_time(trust: Trust) -> None:
    started = time.monotonic()
    trust.check()
    assert time.monotonic() - started < PATIENCE + 3


def wait_for(mirror: Mirror) -> None:
    mirror.over.wait(60)
