"""The registrars' half: keys, signatures that travel, and files that are whole or not there."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from support.registrars import Office, listed, new_key, school
from tuf.api.metadata import Metadata, Root

from zvonok_appservice.federation import files, keys, proposing, publishing
from zvonok_appservice.federation.folder import Folder
from zvonok_appservice.federation.inspecting import expiries, wrong
from zvonok_core.errors import UserError


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office.found(tmp_path_factory.mktemp("template") / "registrars")
    office.release(school(1))
    return office


@pytest.fixture
def office(template: Office, tmp_path: Path) -> Office:
    return template.copy(tmp_path / "registrars")


def said(office: Office) -> list[str]:
    return [str(sentence) for sentence in wrong(office.folder, office.folder.first_root, office.clock)]


def test_a_key_with_a_passphrase_opens_with_it_alone(tmp_path: Path) -> None:
    made = keys.make("Отдел", tmp_path / "me", "слова и ещё слова")
    assert made.private.stat().st_mode & 0o777 == 0o600
    assert (
        keys.signer(made.private, lambda: "слова и ещё слова").public_key.keyid
        == keys.public_key(made.public).keyid
    )
    for passphrase in ("", "другие"):
        with pytest.raises(UserError):
            keys.signer(made.private, lambda passphrase=passphrase: passphrase)
    with pytest.raises(UserError):
        keys.make("Отдел", tmp_path / "me", "слова и ещё слова")
    for short in ("", "коротко"):
        with pytest.raises(UserError, match="at least 12"):
            keys.make("Отдел", tmp_path / "other", short)
    with pytest.raises(UserError):
        keys.public_key(made.private)


def test_the_id_of_a_key_is_computed_and_never_read(tmp_path: Path) -> None:
    made = keys.make("Отдел", tmp_path / "me", None)
    public = json.loads(made.public.read_bytes())
    (tmp_path / "again.pub").write_text(json.dumps(public | {"name": "Другой", "keyid": "0" * 64}))
    again = keys.public_key(tmp_path / "again.pub")
    assert again.keyid == keys.public_key(made.public).keyid
    _, publisher = new_key("publisher")
    office = Office.found(tmp_path / "registrars")
    with pytest.raises(UserError, match="office already"):
        proposing.found([keys.public_key(made.public), again], 2, publisher, office.clock.now())


def test_a_change_drops_the_signatures_of_the_schools_and_not_those_of_the_keys(office: Office) -> None:
    office.change_root(lambda root: None)
    office.sign("registrar 0", "registrar 1")
    office.change(lambda registry: registry.with_school(school(2)))
    published, proposal = office.folder.read()
    assert proposal is not None
    assert [len(signing.signed) for signing in proposing.signings(published, proposal)] == [2, 2, 0]
    with pytest.raises(publishing.UnsignedError):
        office.publish()


def test_a_signature_that_is_none_is_not_taken_over(office: Office) -> None:
    office.change(lambda registry: registry.with_school(school(2)))
    published, mine = office.folder.read()
    assert mine is not None
    office.sign("registrar 0")
    _, theirs = office.folder.read()
    assert theirs is not None
    (signature,) = theirs.targets.signatures.values()
    signature.signature = "00" * 64
    merged = proposing.merge(published, mine, theirs, office.clock.now())
    assert merged.targets.signatures == {}
    assert proposing.merge(published, None, theirs, office.clock.now()).targets.signatures == {}
    theirs.targets.sign(new_key("stranger")[0])
    assert proposing.merge(published, mine, theirs, office.clock.now()).targets.signatures == {}


def test_another_proposal_of_the_same_version_is_not_mixed_with_mine(office: Office, tmp_path: Path) -> None:
    office.change(lambda registry: registry.with_school(school(2)))
    _, theirs = office.folder.read()
    office.change(lambda registry: registry.with_school(school(3)))
    published, mine = office.folder.read()
    assert theirs is not None
    with pytest.raises(UserError, match="another proposal"):
        proposing.merge(published, mine, theirs, office.clock.now())


def test_what_a_registrar_signed_last_time_is_not_in_the_way_of_the_next_proposal(office: Office) -> None:
    office.change(lambda registry: registry.with_school(school(2)))
    office.sign("registrar 0")
    _, mine = office.folder.read()
    office.sign("registrar 1")
    office.publish()
    office.change(lambda registry: registry.with_school(school(3)))
    office.sign("registrar 0")
    published, theirs = office.folder.read()
    assert mine is not None and theirs is not None
    assert proposing.merge(published, mine, theirs, office.clock.now()) == theirs


def test_a_proposal_that_was_overtaken_is_neither_signed_on_nor_published(
    office: Office, tmp_path: Path
) -> None:
    office.change(lambda registry: registry.with_school(school(2)))
    office.sign("registrar 0", "registrar 1")
    shutil.copytree(office.folder.proposal, tmp_path / "late")
    office.publish()
    office.release(school(3))
    shutil.copytree(tmp_path / "late", office.folder.proposal)
    with pytest.raises(UserError, match="version 3, but version 4 is published"):
        office.publish()
    with pytest.raises(UserError, match="version 3"):
        office.change(lambda registry: registry.with_school(school(4)))


def test_a_proposal_whose_registry_was_exchanged_is_not_read(office: Office) -> None:
    office.change(lambda registry: registry.with_school(school(2)))
    (office.folder.proposal / "registry.json").write_bytes(b'{"format": 1, "schools": []}')
    with pytest.raises(UserError, match="not the registry"):
        office.folder.read()


@pytest.mark.parametrize("part", ["root", "targets"])
def test_what_expired_while_signatures_were_collected_is_not_published(office: Office, part: str) -> None:
    office.change_root(lambda root: None)
    office.clock.advance(days=1)
    if part == "targets":
        office.clock.advance(days=-2)
    office.change(lambda registry: registry.with_school(school(2)))
    office.sign("registrar 0", "registrar 1")
    office.clock.advance(days=239 if part == "root" else 240)
    with pytest.raises(UserError, match="has expired"):
        office.publish()


def test_somebody_elses_key_signs_and_publishes_nothing(office: Office) -> None:
    office.change(lambda registry: registry.with_school(school(2)))
    office.signers["stranger"], _ = new_key("stranger")
    with pytest.raises(UserError, match="none of the registrars"):
        office.sign("stranger")
    office.sign("registrar 0", "registrar 1")
    office.publisher = office.signers["registrar 0"]
    with pytest.raises(UserError, match="not the publisher"):
        office.publish()
    with pytest.raises(UserError, match="not the publisher"):
        office.refresh()


@pytest.mark.parametrize("files", range(6))
def test_publishing_cut_short_after_any_file_is_completed_by_publishing_again(
    office: Office, tmp_path: Path, files: int
) -> None:
    follower = office.follower(tmp_path / "data")
    follower.check()
    before = office.mirror(tmp_path / "before")
    successor, new_publisher = new_key("another publisher")
    office.change_root(lambda root: proposing.replace_publisher(root, new_publisher))
    office.change(lambda registry: registry.with_school(school(2)))
    office.sign("registrar 0", "registrar 1")
    office.publisher = successor
    proposal = shutil.copytree(office.folder.proposal, tmp_path / "proposal")
    office.publish()
    written = sorted(
        (path for path in office.folder.published.rglob("*") if path.is_file()),
        key=lambda path: path.stat().st_mtime_ns,
    )
    new = [path for path in written if not (before / path.relative_to(office.folder.published)).exists()]
    order = [*new, office.folder.published / "metadata" / "timestamp.json"]
    assert len(order) == 5
    whole = office.mirror(tmp_path / "whole")
    shutil.rmtree(office.folder.published)
    shutil.copytree(before, office.folder.published)
    for path in order[:files]:
        shutil.copy(whole / path.relative_to(office.folder.published), path)
    shutil.copytree(proposal, office.folder.proposal)
    if files < 5:
        follower.check()
        assert listed(follower) == ["school-1.example"]
        office.publish()
    assert office.folder.read()[1] is None
    follower.check()
    assert (follower.problem, listed(follower)) == (None, ["school-1.example", "school-2.example"])
    assert said(office) == []


def test_a_proposal_whose_writing_was_cut_short_is_still_the_old_one(office: Office) -> None:
    office.change(lambda registry: registry.with_school(school(2)))
    office.folder.proposal.rename(office.folder.path / "proposal.old")
    _, proposal = Folder(office.folder.path).read()
    assert proposal is not None and len(proposal.registry.schools) == 2
    office.sign("registrar 0")
    assert sorted(path.name for path in office.folder.path.iterdir()) == ["proposal", "published"]


def test_what_is_no_file_or_endless_is_not_read(office: Office, tmp_path: Path) -> None:
    office.change(lambda registry: registry.with_school(school(2)))
    registry = office.folder.proposal / "registry.json"
    registry.unlink()
    os.mkfifo(registry)
    with pytest.raises(UserError, match="is no file"):
        office.folder.read()
    registry.unlink()
    registry.symlink_to("/dev/zero")
    with pytest.raises(UserError, match="is no file"):
        office.folder.read()
    registry.unlink()
    with registry.open("wb") as file:
        file.truncate(files.LARGEST + 1)
    with pytest.raises(UserError, match="too large"):
        office.folder.read()
    registry.unlink()
    with pytest.raises(UserError, match="no such file"):
        office.folder.read()


@pytest.mark.parametrize(
    "link", ["proposal.old", "proposal.new", ".lock", "published/metadata/timestamp.json"]
)
def test_a_link_on_somebodys_stick_leads_to_no_file_of_mine(
    office: Office, tmp_path: Path, link: str
) -> None:
    (tmp_path / "mine").mkdir()
    key = tmp_path / "mine" / "me.key"
    key.write_text("mine")
    office.change(lambda registry: registry.with_school(school(2)))
    place = office.folder.path / link
    content = place.read_bytes() if place.is_file() else b""
    key.write_bytes(content or b"mine")
    place.unlink(missing_ok=True)
    place.symlink_to(key.parent if link.startswith("proposal") else key)
    with suppress(OSError), files.alone(office.folder.path):
        office.sign("registrar 0", "registrar 1")
        office.publish()
    assert key.read_bytes() == (content or b"mine")


def test_verify_says_each_thing_that_is_wrong(office: Office, tmp_path: Path) -> None:
    assert said(office) == []
    office.clock.advance(days=14)
    assert [sentence.partition(" (")[0] for sentence in said(office)] == [
        "timestamp",
        "A school refuses it: what the source shows has expired: it is not renewed, or the clock here is wrong.",
    ]
    office.clock.advance(days=226)
    assert [sentence.partition(" ")[0] for sentence in said(office)] == [
        "root",
        "targets",
        "snapshot",
        "timestamp",
        "A",
    ]
    office.clock.advance(days=-240)
    path = office.folder.published / "metadata" / "2.targets.json"
    targets = Metadata.from_bytes(path.read_bytes())
    targets.signatures.pop(office.signers["registrar 0"].public_key.keyid)
    path.write_bytes(targets.to_bytes())
    assert said(office)[:2] == [
        "targets (the list of schools) has 1 of 2 signatures; not signed by: registrar 0, registrar 2.",
        "targets (the list of schools) is not the file that the publisher confirmed.",
    ]
    others = Office.found(tmp_path / "others")
    told = [*wrong(others.folder, office.folder.first_root, office.clock)]
    assert "does not begin with the root" in str(told[0])


def test_a_root_of_one_registrar_is_named(office: Office) -> None:
    published, _ = office.folder.read()
    assert published is not None
    root = Metadata[Root].from_bytes(published.root.to_bytes())
    root.signed.version = 2
    root.signatures.clear()
    root.sign(office.signers["registrar 0"])
    (office.folder.published / "metadata" / "2.root.json").write_bytes(root.to_bytes())
    assert [sentence.partition("metadata/")[2] for sentence in said(office)[:2]] == [
        "2.root.json has 1 of 2 signatures."
    ] * 2


def test_what_is_about_to_expire_is_told_in_time(office: Office) -> None:
    published, _ = office.folder.read()
    assert published is not None
    begin = office.clock.now()
    soon = {
        days: {expiry.part for expiry in expiries(published, begin + timedelta(days=days)) if expiry.soon}
        for days in (0, 9, 10, 195, 196)
    }
    assert soon[0] == soon[9] == set()
    assert soon[10] == soon[195] == {"timestamp"}
    assert soon[196] == {"root", "targets", "snapshot", "timestamp"}
