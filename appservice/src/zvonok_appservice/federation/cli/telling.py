"""The commands that change nothing: `status` and `verify`."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator

from tuf.api.metadata import Root, Timestamp

from zvonok_appservice.federation import proposing
from zvonok_appservice.federation.changes import changes, name, talks
from zvonok_appservice.federation.cli.desk import Desk, Exit
from zvonok_appservice.federation.folder import Proposal, Published
from zvonok_appservice.federation.inspecting import expiries, wrong
from zvonok_appservice.federation.keys import owner
from zvonok_appservice.federation.registry import NOBODY
from zvonok_core.directory import to_json
from zvonok_core.text import Text, ntext, text


def status(desk: Desk, options: Namespace) -> Exit:
    """Who is listed, who has signed, what runs out."""
    published, proposal = desk.folder.read()
    if options.json:
        print(json.dumps(_status_json(desk, published, proposal), ensure_ascii=False, indent=2))
        return Exit.DONE
    if published is None:
        desk.say(text("Nothing is published in this folder."))
    else:
        _tell_published(desk, published)
    if proposal is None:
        desk.say(text("Nothing is proposed."))
    else:
        tell_proposal(desk, published, proposal)
    return Exit.DONE


def verify(desk: Desk, options: Namespace) -> Exit:
    """Everything that is wrong with what is published."""
    found = [*wrong(desk.folder, options.root or desk.folder.first_root, desk.clock)]
    if options.json:
        print(
            json.dumps({"wrong": [desk.words(sentence) for sentence in found]}, ensure_ascii=False, indent=2)
        )
    else:
        for sentence in found or [text("Nothing is wrong.")]:
            desk.say(sentence)
    return Exit.WRONG if found else Exit.DONE


def tell_proposal(desk: Desk, published: Published | None, proposal: Proposal | None) -> None:
    """What would change, and who has signed it."""
    assert proposal is not None
    desk.say(text("Proposed: version {version}", version=proposal.targets.signed.version))
    for sentence in _proposed(published, proposal):
        desk.say(sentence, "  ")
    desk.say(text("Signatures:"))
    for signing in proposing.signings(published, proposal):
        desk.say(
            text(
                "{part}: {n} of {threshold}; signed: {signed}; not yet: {unsigned}",
                part=signing.part,
                n=len(signing.signed),
                threshold=signing.threshold,
                signed=", ".join(signing.signed) or "—",
                unsigned=", ".join(signing.unsigned) or "—",
            ),
            "  ",
        )


def _proposed(published: Published | None, proposal: Proposal) -> Iterator[Text]:
    before = published.registry if published else NOBODY
    if proposal.root is not None:
        yield from _root_changes(published.root.signed if published else None, proposal.root.signed)
    yield from changes(before, proposal.registry)
    yield ntext("{n} school is listed then.", "{n} schools are listed then.", len(proposal.registry.schools))


def _root_changes(before: Root | None, after: Root) -> Iterator[Text]:
    for role, gained, lost in (
        (Root.type, _NEW_REGISTRAR, _OLD_REGISTRAR),
        (Timestamp.type, _NEW_PUBLISHER, _OLD_PUBLISHER),
    ):
        old = _holders(before, role) if before else {}
        new = _holders(after, role)
        for kind, these, others in ((gained, new, old), (lost, old, new)):
            for id_ in these:
                if id_ not in others:
                    yield Text(kind.source, {"name": these[id_], "id": id_[:16]})
    role_after = after.roles[Root.type]
    yield text(
        "From then on {threshold} of {n} registrars sign.",
        threshold=role_after.threshold,
        n=len(role_after.keyids),
    )


def _holders(root: Root, role: str) -> dict[str, str]:
    """Whose keys these are, by their ids."""
    return {id_: owner(root.keys[id_]) for id_ in root.roles[role].keyids}


_NEW_REGISTRAR = text("New registrar: {name} (key {id}…)")
_OLD_REGISTRAR = text("No longer a registrar: {name} (key {id}…)")
_NEW_PUBLISHER = text("The publisher's key: {name} (key {id}…)")
_OLD_PUBLISHER = text("No longer the publisher's key: {name} (key {id}…)")


def _tell_published(desk: Desk, published: Published) -> None:
    root = published.root.signed
    registry = published.registry
    desk.say(text("Published: version {version}", version=published.targets.signed.version))
    for school in registry.schools:
        desk.say(Text("{school}: {talks}", {"school": name(school), "talks": talks(school.talks)}), "  ")
    desk.say(ntext("{n} school is listed.", "{n} schools are listed.", len(registry.schools)), "  ")
    role = root.roles[Root.type]
    desk.say(
        text(
            "Registrars, {threshold} of whom sign: {names}",
            threshold=role.threshold,
            names=", ".join(owner(root.keys[id_]) for id_ in role.keyids),
        )
    )
    desk.say(text("Good for:"))
    for expiry in expiries(published, desk.clock.now()):
        desk.say(expiry.words, "  ")


def _status_json(desk: Desk, published: Published | None, proposal: Proposal | None) -> dict[str, object]:
    told: dict[str, object] = {"published": None, "proposal": None}
    if published is not None:
        role = published.root.signed.roles[Root.type]
        told["published"] = {
            "version": published.targets.signed.version,
            "schools": to_json(published.registry)["schools"],
            "registrars": [owner(published.root.signed.keys[id_]) for id_ in role.keyids],
            "threshold": role.threshold,
            "expires": {
                expiry.part: {
                    "at": expiry.at.isoformat(),
                    "days": expiry.days,
                    "soon": expiry.soon,
                    "over": expiry.over,
                }
                for expiry in expiries(published, desk.clock.now())
            },
        }
    if proposal is not None:
        told["proposal"] = {
            "version": proposal.targets.signed.version,
            "changes": [desk.words(sentence) for sentence in _proposed(published, proposal)],
            "signatures": [
                {**to_json(signing), "part": desk.words(signing.part)}
                for signing in proposing.signings(published, proposal)
            ],
        }
    return told
