"""What somebody with stolen keys can do, and what not."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from securesystemslib.signer import Signature
from support.registrars import BEGIN, Office, forge, listed, new_key, school
from tuf.api.metadata import Metadata, MetaFile, Root, TargetFile, Targets

from zvonok_appservice.federation import proposing
from zvonok_appservice.federation.folder import TARGET
from zvonok_appservice.federation.registry import NOBODY, encode
from zvonok_appservice.federation.trust import Problem

ONE, TWO, THREE = ("school-1.example", "school-2.example", "school-3.example")


def test_a_stolen_key_of_one_registrar_and_the_publishers_key_are_not_enough(
    office: Office, tmp_path: Path
) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    content = encode(NOBODY.with_school(school(666)))
    target = TargetFile.from_data(TARGET, content, ["sha256"])
    forged = Metadata(Targets(version=3, expires=BEGIN + timedelta(days=9), targets={TARGET: target}))
    forged.sign(office.signers["registrar 0"])
    (office.folder.published / "targets" / target.get_prefixed_paths()[0]).write_bytes(content)
    forge(office, forged, 9, 9)
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.UNSIGNED, [ONE, TWO])
    forged.sign(office.signers["registrar 1"], append=True)
    forge(office, forged, 10, 10)
    trust.check()
    assert (trust.problem, listed(trust)) == (None, ["school-666.example"])


def test_a_thief_of_the_publishers_key_keeps_news_back_until_the_registrars_term_is_over(
    office: Office, tmp_path: Path
) -> None:
    published, _ = office.folder.read()
    assert published is not None
    mirror = office.mirror(tmp_path / "mirror")
    trust = office.follower(tmp_path / "data")
    trust.check()
    office.change(lambda registry: registry.without(ONE))  # the thief's mirror keeps it back
    office.sign("registrar 0", "registrar 1")
    office.publish()
    shutil.rmtree(office.folder.published)
    mirror.rename(office.folder.published)
    forge(office, published.targets, 100, 100, BEGIN.replace(year=2090))
    newcomer = office.follower(tmp_path / "newcomer")
    for days, schools in ((239, [ONE, TWO]), (1, [])):
        office.clock.advance(days=days)
        for follower in (trust, newcomer):
            follower.check()
            assert listed(follower) == schools


@pytest.mark.parametrize("kind", ["snapshot", "timestamp"])
@pytest.mark.parametrize("signers", [[], ["registrar 0"], ["registrar 0", "registrar 1", "registrar 2"]])
def test_what_is_the_publishers_to_sign_nobody_else_signs(
    office: Office, tmp_path: Path, kind: str, signers: list[str]
) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    office.change(lambda registry: registry.without(ONE))
    office.sign("registrar 0", "registrar 1")
    office.publish()
    published, _ = office.folder.read()
    assert published is not None
    part = getattr(published, kind)
    part.signatures.clear()
    for name in signers:
        part.sign(office.signers[name], append=True)
    metadata = office.folder.published / "metadata"
    name = "timestamp.json" if kind == "timestamp" else f"{part.signed.version}.snapshot.json"
    (metadata / name).write_bytes(part.to_bytes())
    if kind == "snapshot":  # the publisher confirms it, unsigned as it is
        published.timestamp.signed.snapshot_meta = MetaFile(part.signed.version)
        published.timestamp.sign(office.publisher)
        (metadata / "timestamp.json").write_bytes(published.timestamp.to_bytes())
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.UNSIGNED, [ONE, TWO])


def test_a_registrar_who_signs_twice_under_two_names_counts_once(office: Office, tmp_path: Path) -> None:
    published, _ = office.folder.read()
    assert published is not None
    one = office.signers["registrar 0"]
    root = Metadata[Root].from_bytes(published.root.to_bytes())
    root.signed.version += 1
    root.signatures.clear()
    signature = root.sign(one)
    other = office.signers["registrar 1"].public_key.keyid
    root.signatures[other] = Signature(other, signature.signature)
    (office.folder.published / "metadata" / "2.root.json").write_bytes(root.to_bytes())
    trust = office.follower(tmp_path / "data")
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.UNSIGNED, [])


def test_a_root_signed_by_one_registrar_alone_is_refused_and_the_last_good_one_stays(
    office: Office, tmp_path: Path
) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    published, _ = office.folder.read()
    assert published is not None
    root = Metadata[Root].from_bytes(published.root.to_bytes())
    root.signed.version, root.signed.roles["targets"].threshold = 2, 1
    root.signed.roles["root"].threshold = 1
    root.signatures.clear()
    root.sign(office.signers["registrar 0"])
    (office.folder.published / "metadata" / "2.root.json").write_bytes(root.to_bytes())
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.UNSIGNED, [ONE, TWO])


def test_a_registry_of_others_is_refused_by_whoever_trusts_this_root(office: Office, tmp_path: Path) -> None:
    others = Office.found(tmp_path / "others")
    others.release(school(666))
    trust = office.follower(tmp_path / "data", others.folder.published)
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.UNSIGNED, [])


def test_a_publishers_key_that_was_stolen_is_replaced_even_after_it_ran_far_ahead(
    office: Office, tmp_path: Path
) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    published, _ = office.folder.read()
    assert published is not None
    mirror = office.mirror(tmp_path / "mirror")
    forge(office, published.targets, 10**6, 10**6)
    trust.check()
    assert listed(trust) == [ONE, TWO]
    shutil.rmtree(office.folder.published)
    mirror.rename(office.folder.published)
    trust.check()
    assert trust.problem is Problem.OLDER
    office.publisher, publisher = new_key("another publisher")
    office.change_root(lambda root: proposing.replace_publisher(root, publisher))
    office.change(lambda registry: registry.without(ONE))
    office.sign("registrar 0", "registrar 2")
    office.publish()
    trust.check()
    assert (trust.problem, listed(trust)) == (None, [TWO])
