"""What registrars do not sign: whatever no sentence would have told them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from securesystemslib.signer import Key, SSlibKey
from support.registrars import Office, new_key, school
from tuf.api.metadata import DelegatedRole, Delegations, Root, TargetFile, Targets

from zvonok_appservice.federation import keys, proposing, publishing
from zvonok_appservice.federation.folder import Proposal, Published
from zvonok_core.errors import UserError


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office.found(tmp_path_factory.mktemp("template") / "registrars")
    office.release(school(1))
    return office


@pytest.fixture
def office(template: Office, tmp_path: Path) -> Office:
    return template.copy(tmp_path / "registrars")


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
