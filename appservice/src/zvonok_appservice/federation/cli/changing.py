"""The commands that change the proposal: founding, schools, registrars, the publisher."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace

from tuf.api.metadata import Root

from zvonok_appservice.federation import files, keys, proposing
from zvonok_appservice.federation.cli.desk import Desk, Exit
from zvonok_appservice.federation.cli.telling import tell_proposal
from zvonok_appservice.federation.registry import Registry, School, keys_as_published
from zvonok_core.errors import UserError
from zvonok_core.text import text


def init(desk: Desk, options: Namespace) -> Exit:
    """Propose the first version."""
    if desk.folder.read() != (None, None):
        raise UserError(text("There is a federation in this folder already: name another one with -f."))
    registrars = [keys.public_key(path) for path in options.registrars]
    publisher = keys.public_key(options.publisher)
    desk.folder.propose(proposing.found(registrars, options.threshold, publisher, desk.clock.now()))
    return _proposed(desk)


def add(desk: Desk, options: Namespace) -> Exit:
    """Propose a new school."""

    def change(registry: Registry) -> Registry:
        if registry.school(options.school) is not None:
            raise UserError(
                text("{school} is listed already: `rotate-key` and `talks` change it.", school=options.school)
            )
        return registry.with_school(
            School(options.school, options.title, options.contact, _keys(options), frozenset(options.talks))
        )

    return _registry(desk, change)


def remove(desk: Desk, options: Namespace) -> Exit:
    """Propose that a school leaves."""

    def change(registry: Registry) -> Registry:
        _listed(registry, options.school)
        return registry.without(options.school)

    return _registry(desk, change)


def rotate_key(desk: Desk, options: Namespace) -> Exit:
    """Propose new keys of a school."""

    def change(registry: Registry) -> Registry:
        school = _listed(registry, options.school)
        old = school.keys if options.keep_old else {}
        return registry.with_school(replace(school, keys={**old, **_keys(options)}))

    return _registry(desk, change)


def talks(desk: Desk, options: Namespace) -> Exit:
    """Propose what a school may talk about."""
    return _registry(
        desk,
        lambda registry: registry.with_school(
            replace(_listed(registry, options.school), talks=frozenset(options.talks))
        ),
    )


def add_registrar(desk: Desk, options: Namespace) -> Exit:
    """Propose one more registrar."""
    key = keys.public_key(options.public)
    return _root(desk, lambda root: proposing.add_registrar(root, key, options.threshold))


def remove_registrar(desk: Desk, options: Namespace) -> Exit:
    """Propose that a registrar leaves."""
    return _root(desk, lambda root: proposing.remove_registrar(root, options.name, options.threshold))


def replace_publisher(desk: Desk, options: Namespace) -> Exit:
    """Propose another publisher."""
    key = keys.public_key(options.public)
    return _root(desk, lambda root: proposing.replace_publisher(root, key))


def renew(desk: Desk, _: Namespace) -> Exit:
    """Propose everything for a new term."""
    published, proposal = desk.folder.read()
    now = desk.clock.now()
    proposal = proposing.with_registry(published, proposal, lambda registry: registry, now)
    desk.folder.propose(proposing.with_root(published, proposal, lambda root: None, now))
    return _proposed(desk)


def _registry(desk: Desk, change: Callable[[Registry], Registry]) -> Exit:
    desk.folder.propose(proposing.with_registry(*desk.folder.read(), change, desk.clock.now()))
    return _proposed(desk)


def _root(desk: Desk, change: Callable[[Root], None]) -> Exit:
    desk.folder.propose(proposing.with_root(*desk.folder.read(), change, desk.clock.now()))
    return _proposed(desk)


def _proposed(desk: Desk) -> Exit:
    tell_proposal(desk, *desk.folder.read())
    desk.say(
        text(
            "Now each registrar signs: take the folder {folder} to them, and the folder published if there is"
            " one; they run `sign`, and what they bring back is put together with `merge`.",
            folder=str(desk.folder.proposal),
        )
    )
    return Exit.DONE


def _listed(registry: Registry, server_name: str) -> School:
    school = registry.school(server_name)
    if school is None:
        listed = ", ".join(school.server_name for school in registry.schools) or "—"
        raise UserError(
            text("{school} is not in the registry; there are: {listed}", school=server_name, listed=listed)
        )
    return school


def _keys(options: Namespace) -> dict[str, str]:
    return keys_as_published(files.read(options.keys), options.school)
