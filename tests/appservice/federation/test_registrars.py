"""The registrars' half: keys, signatures that travel, and files that are whole or not there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from securesystemslib.signer import Key, SSlibKey
from support.registrars import Office, listed, new_key, school
from tuf.api.metadata import DelegatedRole, Delegations, Metadata, Root, TargetFile, Targets

from zvonok_appservice.federation import files, keys, proposing, publishing
from zvonok_appservice.federation.folder import Folder, Proposal, Published
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


def an_old_id(root: Root, stranger: Key) -> None:
    id_ = root.roles["root"].keyids[1]
    stolen = SSlibKey.from_dict(id_, stranger.to_dict())
    stolen.unrecognized_fields[keys.NAME] = keys.owner(root.keys[id_])
    root.keys[id_] = stolen


def one_key_twice(root: Root, stranger: Key) -> None:
    twin = SSlibKey.from_dict("0" * 64, root.keys[root.roles["root"].keyids[0]].to_dict())
    twin.unrecognized_fields[keys.NAME] = "registrar 9"
    for role in ("root", "targets"):
        root.add_key(twin, role)


def other_hands_for_the_schools(root: Root, stranger: Key) -> None:
    root.add_key(stranger, "targets")


def an_easier_threshold_for_the_schools(root: Root, stranger: Key) -> None:
    root.roles["targets"].threshold = 1


def another_snapshots_key(root: Root, stranger: Key) -> None:
    root.roles["snapshot"].keyids.clear()
    root.add_key(stranger, "snapshot")


def a_second_publisher(root: Root, stranger: Key) -> None:
    for role in ("snapshot", "timestamp"):
        root.add_key(stranger, role)


def a_registrar_who_publishes(root: Root, stranger: Key) -> None:
    registrar = root.keys[root.roles["root"].keyids[0]]
    proposing.replace_publisher(root, stranger)
    for role in ("snapshot", "timestamp"):
        root.revoke_key(stranger.keyid, role)
        root.add_key(registrar, role)


def exchanged_names(root: Root, stranger: Key) -> None:
    one, two = (root.keys[id_].unrecognized_fields for id_ in root.roles["root"].keyids[:2])
    one[keys.NAME], two[keys.NAME] = two[keys.NAME], one[keys.NAME]


def files_that_can_be_mixed(root: Root, stranger: Key) -> None:
    root.consistent_snapshot = False


def a_field_of_the_future(root: Root, stranger: Key) -> None:
    root.unrecognized_fields["also"] = stranger.keyid


@pytest.mark.parametrize(
    "meddle",
    [
        an_old_id,
        one_key_twice,
        other_hands_for_the_schools,
        an_easier_threshold_for_the_schools,
        another_snapshots_key,
        a_second_publisher,
        a_registrar_who_publishes,
        exchanged_names,
        files_that_can_be_mixed,
        a_field_of_the_future,
    ],
)
def test_keys_that_no_sentence_would_tell_are_not_signed(
    office: Office, meddle: Callable[[Root, Key], None]
) -> None:
    office.change_root(lambda root: None)
    published, proposal = office.folder.read()
    assert proposal is not None and proposal.root is not None
    proposing.sign(published, proposal, office.signers["registrar 0"], office.clock.now())
    _, stranger = new_key("stranger")
    meddle(proposal.root.signed, stranger)
    assert_refused_as_unsound(office, published, proposal)


def another_file(targets: Targets) -> None:
    targets.targets["more.json"] = TargetFile.from_data("more.json", b"{}", ["sha256"])


def a_second_hash(targets: Targets) -> None:
    targets.targets["registry.json"].hashes["../../x"] = "00"


def hands_that_add_schools_alone(targets: Targets) -> None:
    role = DelegatedRole("more", [], 1, terminating=False, paths=["registry.json"])
    targets.delegations = Delegations({}, {"more": role})


@pytest.mark.parametrize("meddle", [another_file, a_second_hash, hands_that_add_schools_alone])
def test_a_list_that_says_more_than_its_schools_is_not_signed(
    office: Office, meddle: Callable[[Targets], None]
) -> None:
    office.change(lambda registry: registry.with_school(school(2)))
    published, proposal = office.folder.read()
    assert proposal is not None
    meddle(proposal.targets.signed)
    assert_refused_as_unsound(office, published, proposal)


def test_a_school_of_a_newer_version_of_the_program_is_not_signed_unread(office: Office) -> None:
    office.change(lambda registry: registry.with_school(school(2)))
    published, proposal = office.folder.read()
    assert proposal is not None
    raw = json.loads(proposal.content)
    raw["schools"][1]["may_read_everything"] = True
    content = (json.dumps(raw, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    target = TargetFile.from_data("registry.json", content, ["sha256"])
    proposal.targets.signed.targets["registry.json"] = target
    assert_refused_as_unsound(office, published, Proposal(None, proposal.targets, content))


def assert_refused_as_unsound(office: Office, published: Published | None, proposal: Proposal) -> None:
    now = office.clock.now()
    with pytest.raises(UserError, match="says more than"):
        proposing.sign(published, proposal, office.signers["registrar 0"], now)
    with pytest.raises(UserError, match="says more than"):
        proposing.merge(published, None, proposal, now)
    with pytest.raises(UserError, match="says more than"):
        publishing.publish(published, proposal, office.publisher, now)


@pytest.mark.parametrize("part", ["root", "targets"])
def test_what_would_hold_for_longer_than_a_term_is_not_signed(office: Office, part: str) -> None:
    office.change_root(lambda root: None)
    published, proposal = office.folder.read()
    assert proposal is not None
    getattr(proposal, part).signed.expires += timedelta(days=2)
    with pytest.raises(UserError, match="longer than 240 days"):
        proposing.sign(published, proposal, office.signers["registrar 0"], office.clock.now())
    getattr(proposal, part).signed.expires -= timedelta(days=1)  # two clocks may differ a little
    proposing.sign(published, proposal, office.signers["registrar 0"], office.clock.now())


def test_what_another_version_of_the_library_wrote_is_signed(office: Office) -> None:
    office.change_root(lambda root: None)
    published, proposal = office.folder.read()
    assert proposal is not None and proposal.root is not None
    proposal.root.signed.spec_version = proposal.targets.signed.spec_version = "1.0.99"
    proposing.sign(published, proposal, office.signers["registrar 0"], office.clock.now())


def test_nobody_has_two_offices(office: Office) -> None:
    _, key = new_key("another")
    with pytest.raises(UserError, match="office already"):
        proposing.found([key], 1, key, office.clock.now())
    registrar = office.signers["registrar 0"].public_key
    for change in (
        lambda root: proposing.replace_publisher(root, registrar),
        lambda root: proposing.add_registrar(root, office.publisher.public_key, None),
        lambda root: proposing.add_registrar(root, registrar, None),
    ):
        with pytest.raises(UserError, match="office already"):
            office.change_root(change)
    office.change_root(lambda root: proposing.replace_publisher(root, key))


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
