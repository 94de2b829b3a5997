"""Requests to make a room, and to set something for one, put together at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from support.anything.requests import THREEPID

_ANY_PERSON = st.sampled_from(["<other>", "<third>", "<who>"])
_MEGOLM = {"algorithm": "m.megolm.v1.aes-sha2"}
_LEVELS = {"users": {"<other>": 100}, "invite": 0, "state_default": 0, "events": {}, "kick": 0, "ban": 0}

SETTINGS: list[tuple[str, str, Any]] = [
    ("m.room.name", "", {"name": "<secret>"}),
    ("m.room.topic", "", {"topic": "<secret>"}),
    ("m.room.avatar", "", {"url": "mxc://school.test/x"}),
    ("m.room.pinned_events", "", {"pinned": ["<event>", "<foreign>"]}),
    ("m.room.power_levels", "", {"users": {"<who>": 100}}),
    ("m.room.power_levels", "", _LEVELS),
    ("m.room.power_levels", "", {"users_default": 100}),
    ("m.room.power_levels", "", {"users": {"<other>": 9007199254740991}, "events": {"dev.zvonok.chat": 0}}),
    ("m.room.join_rules", "", {"join_rule": "invite"}),
    ("m.room.join_rules", "", {"join_rule": "public"}),
    ("m.room.join_rules", "", {"join_rule": "knock"}),
    (
        "m.room.join_rules",
        "",
        {"join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": "<elsewhere>"}]},
    ),
    ("m.room.join_rules", "", {"join_rule": ["invite"]}),
    ("m.room.join_rules", "x", {"join_rule": "invite"}),
    ("m.room.history_visibility", "", {"history_visibility": "joined"}),
    ("m.room.history_visibility", "", {"history_visibility": "invited"}),
    ("m.room.history_visibility", "", {"history_visibility": "shared"}),
    ("m.room.history_visibility", "", {"history_visibility": "world_readable"}),
    ("m.room.history_visibility", "", {}),
    ("m.room.guest_access", "", {"guest_access": "can_join"}),
    ("m.room.guest_access", "", {"guest_access": "forbidden"}),
    ("m.room.encryption", "", _MEGOLM),
    ("m.room.encryption", "x", _MEGOLM),
    ("m.room.canonical_alias", "", {"alias": "<alias>"}),
    ("m.room.server_acl", "", {"allow": ["*"], "deny": ["school.test"]}),
    ("m.room.tombstone", "", {"body": "<secret>", "replacement_room": "<elsewhere>"}),
    ("m.room.create", "", {"room_version": "12", "additional_creators": ["<who>"]}),
    ("m.room.member", "<other>", {"membership": "invite"}),
    ("m.room.member", "<other>", {"membership": "join"}),
    ("m.room.member", "<other>", {"membership": "ban", "reason": "<secret>"}),
    ("m.room.member", "<who>", {"membership": "join", "displayname": "Директор"}),
    (
        "m.room.third_party_invite",
        "x",
        {"display_name": "x", "public_key": "x", "key_validity_url": "http://x.test"},
    ),
    ("m.space.child", "<elsewhere>", {"via": ["school.test"]}),
    ("m.space.parent", "<elsewhere>", {"via": ["school.test"], "canonical": True}),
    ("dev.zvonok.chat", "", {"kind": "group"}),
    ("dev.zvonok.chat", "", {"kind": "direct", "between": ["<who>", "<third>"]}),
    ("dev.zvonok.chat", "x", {"kind": "group"}),
    ("dev.zvonok.room", "", {"kind": "staff_room", "school": "c"}),
    ("im.vector.modular.widgets", "x", {"type": "m.custom", "url": "https://x.test/<secret>"}),
    ("org.matrix.msc3672.beacon_info", "<who>", {"description": "<secret>"}),
    ("org.matrix.msc3401.call", "x", {"m.intent": "m.ring"}),
    ("org.example.anything", "<who>", {"text": "<secret>"}),
    ("m.room.policy", "", {"via": "x.test", "public_key": "x"}),
    ("m.room.retention", "", {"max_lifetime": 1}),
]
"""State events: type, key, content."""


def _event(setting: tuple[str, str, Any]) -> dict[str, Any]:
    return dict(zip(("type", "state_key", "content"), setting, strict=True))


_STATE = st.sampled_from(SETTINGS).map(_event) | st.sampled_from(
    [
        "x",
        {"type": "m.room.name"},
        {"type": "m.room.name", "content": "x"},
        {"type": "m.room.topic", "content": {"topic": "<secret>"}},
        {"type": "m.room.encryption", "content": _MEGOLM},
        {"type": 5, "state_key": 5, "content": {}},
    ]
)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "preset": st.sampled_from(["private_chat", "trusted_private_chat", "public_chat", "x", None, 5]),
    "visibility": st.sampled_from(["private", "public", "x", None]),
    "is_direct": st.sampled_from([True, False, "true", 1]),
    "invite": st.lists(_ANY_PERSON, max_size=3)
    | st.sampled_from(
        [["<nobody>"], ["@a:x.test"], ["<other>", "<other>"], "<other>", [5], None, [" <other>"]]
    ),
    "name": st.just("<secret>"),
    "topic": st.sampled_from(["<secret>", 5]),
    "initial_state": st.lists(_STATE, max_size=3) | st.sampled_from([None, {}, "x"]),
    "creation_content": st.sampled_from(
        [
            {"m.federate": True},
            {"additional_creators": ["<other>"]},
            {"additional_creators": ["<third>", "<other>"]},
            {"additional_creators": "<other>"},
            {"dev.zvonok.chat": {"kind": "direct", "between": ["<who>", "<third>"]}},
            {"type": "m.space"},
            {"type": None},
            {"predecessor": {"room_id": "<room>", "event_id": "<event>"}},
            {"predecessor": None},
            {"room_version": "1", "creator": "<other>", "x": "<secret>"},
            [],
            None,
        ]
    ),
    "power_level_content_override": st.sampled_from(
        [
            {"users": {"<other>": 100}},
            {"users": {"<who>": 100}},
            {"invite": 0, "state_default": 0, "users_default": 50},
            {"events": {"m.room.member": 0}},
            "x",
            None,
        ]
    ),
    "room_version": st.sampled_from([str(number) for number in range(1, 13)] + ["x", 5, None]),
    "room_alias_name": st.sampled_from(["<fresh>", "c_room_<fresh>", "", None]),
    "invite_3pid": st.sampled_from([[], [THREEPID], "x", None]),
}
_DIRECT = {"preset": "trusted_private_chat", "is_direct": True, "invite": ["<other>"]}
_GROUP = {"preset": "private_chat", "invite": ["<other>", "<third>"], "name": "<secret>"}
_USUAL = st.sampled_from([_DIRECT, _DIRECT, _GROUP, {}])
_ONE = st.one_of([st.tuples(st.just(key), values) for key, values in _VALUES.items()])
REQUESTS = st.builds(
    lambda usual, odd: {**usual, **dict(odd)},
    _USUAL,
    st.lists(_ONE, max_size=3),
)
"""Bodies of `createRoom`: what a client sends, with something odd in it."""

FURNISHED = st.builds(
    lambda usual, settings: {**usual, "initial_state": settings},
    _USUAL,
    st.lists(_STATE, min_size=1, max_size=2),
)
"""The same, in order but for what they bring along."""
