"""Callbacks about people: signing in, finding each other, profiles, closing an account."""

from __future__ import annotations

from collections.abc import Collection

from synapse.module_api import ProfileInfo, UserProfile

from zvonok_core.access import may_deactivate, may_find, may_show_picture, may_sign_in
from zvonok_core.ids import UserId
from zvonok_policy.answers import Answer, Answers
from zvonok_policy.keeper import Keeper
from zvonok_policy.server import Server


class PeopleRules:
    """Each method is a callback of Synapse's, under Synapse's name for it."""

    def __init__(self, keeper: Keeper, server: Server, answers: Answers) -> None:
        self._keeper = keeper
        self._server = server
        self._answers = answers

    async def check_login_for_spam(
        self,
        user_id: str,
        device_id: str | None,
        initial_display_name: str | None,
        request_info: Collection[tuple[str | None, str]],
        auth_provider_id: str | None = None,
    ) -> Answer:
        """Whether somebody may sign in."""
        return self._answers.answer(may_sign_in(self._keeper.facts.people.get(UserId(user_id))))

    async def is_user_expired(self, user: str) -> bool | None:
        """Whether somebody's devices are shut out, reading included. Of whoever is nobody of
        the school only an administrator is not: the appservice needs one for a moment, at its
        first start."""
        actor = self._keeper.facts.people.get(UserId(user))
        if actor is None and await self._server.is_admin(UserId(user)):
            return None
        return may_sign_in(actor).denied

    async def check_username_for_spam(self, user_profile: UserProfile, requester_id: str) -> bool:
        """Whether somebody is left out of what another one finds."""
        facts = self._keeper.facts
        searcher = facts.people.get(UserId(requester_id))
        found = facts.people.get(UserId(user_profile["user_id"]))
        return may_find(searcher, found, facts.table).denied

    async def check_can_deactivate_user(self, user_id: str, by_admin: bool) -> bool:
        """Whether an account may be closed: the school may, some people may themselves."""
        return by_admin or not may_deactivate(self._keeper.facts.people.get(UserId(user_id))).denied

    async def on_profile_update(
        self, user_id: str, new_profile: ProfileInfo, by_admin: bool, deactivation: bool
    ) -> None:
        """Take back what doesn't belong into a profile; Synapse asks nobody before."""
        if by_admin or deactivation:
            return
        facts = self._keeper.facts
        actor = facts.people.get(UserId(user_id))
        if actor is not None and actor.sender:
            return
        picture = bool(new_profile.avatar_url) and may_show_picture(actor, facts.table).denied
        await self._server.take_back(UserId(user_id), picture=picture)
