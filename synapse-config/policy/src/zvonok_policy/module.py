"""Where everything is put together, and each callback is registered with what a bug in it
becomes. The table in README.md says the same for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synapse.module_api import ModuleApi
from twisted.internet import reactor
from twisted.web.static import Data

from zvonok_core.access import NOT_INVITED
from zvonok_core.ids import UserId
from zvonok_policy.answers import Answers
from zvonok_policy.border import Border
from zvonok_policy.chats import Chats
from zvonok_policy.keeper import Keeper
from zvonok_policy.messages import MessageRules
from zvonok_policy.people import PeopleRules
from zvonok_policy.rooms import RoomRules
from zvonok_policy.server import Server
from zvonok_policy.settings import Settings, parse

PRESENCE_PATH = "/_synapse/client/zvonok_policy"


class PolicyModule:
    """What Synapse loads."""

    def __init__(self, config: Settings, api: ModuleApi) -> None:
        server = Server(api)
        self.keeper = self.knowing(config, UserId(api.get_qualified_user_id(config.sender)))
        self.keeper.heed_peers(server.talk_with)
        server.believe(lambda: {name: peer.keys for name, peer in self.keeper.facts.peers.items()})
        # Not before: where Synapse goes into the background, no thread survives that.
        reactor.callWhenRunning(self.keeper.start)
        reactor.addSystemEventTrigger("before", "shutdown", self.keeper.stop)  # type: ignore[arg-type]
        chats = Chats(server)
        answers = Answers(self.keeper)
        rooms = RoomRules(self.keeper, server, chats, answers)
        server.ask_about_memberships(answers.guarded(rooms.membership_may_change, answers.raised))
        server.hide_how_many_were_found()
        Border(server, lambda: self.keeper.facts, lambda: answers.raised(NOT_INVITED.reason)).guard()
        # For `zvonok-appservice check`: that this module is there is nobody's secret.
        api.register_web_resource(PRESENCE_PATH, Data(b"{}", "application/json"))  # type: ignore[no-untyped-call]
        self._register(
            api,
            answers,
            rooms,
            MessageRules(api, self.keeper, server, chats, answers),
            PeopleRules(self.keeper, server, answers),
        )

    @staticmethod
    def parse_config(config: Mapping[str, Any]) -> Settings:
        """Synapse's name for it."""
        return parse(config)

    @staticmethod
    def knowing(config: Settings, sender: UserId) -> Keeper:
        """What the module knows, and from where."""
        return Keeper(config, sender)

    def _register(
        self, api: ModuleApi, answers: Answers, rooms: RoomRules, messages: MessageRules, people: PeopleRules
    ) -> None:
        closed, refused, raised = answers.guarded, answers.refused, answers.raised
        no, yes = (lambda _: False), (lambda _: True)
        api.register_spam_checker_callbacks(
            check_event_for_spam=closed(messages.check_event_for_spam, refused),
            user_may_join_room=closed(rooms.user_may_join_room, refused),
            user_may_invite=closed(rooms.user_may_invite, refused),
            federated_user_may_invite=closed(rooms.federated_user_may_invite, refused),
            user_may_send_3pid_invite=closed(rooms.user_may_send_3pid_invite, refused),
            user_may_create_room=closed(rooms.user_may_create_room, refused),
            user_may_create_room_alias=closed(rooms.user_may_create_room_alias, refused),
            user_may_publish_room=closed(rooms.user_may_publish_room, refused),
            user_may_send_state_event=closed(rooms.user_may_send_state_event, raised),
            check_username_for_spam=closed(people.check_username_for_spam, yes),
            check_media_file_for_spam=closed(messages.check_media_file_for_spam, refused),
            check_login_for_spam=closed(people.check_login_for_spam, refused),
        )
        api.register_third_party_rules_callbacks(
            on_create_room=closed(rooms.on_create_room, raised),
            check_threepid_can_be_invited=closed(rooms.check_threepid_can_be_invited, no),
            check_visibility_can_be_modified=closed(rooms.check_visibility_can_be_modified, no),
            check_can_deactivate_user=closed(people.check_can_deactivate_user, no),
            on_profile_update=closed(people.on_profile_update, lambda _: None),
        )
        api.register_account_validity_callbacks(is_user_expired=closed(people.is_user_expired, yes))
        api.register_media_repository_callbacks(
            get_media_config_for_user=closed(
                messages.get_media_config_for_user, lambda _: {"m.upload.size": 0}
            ),
            is_user_allowed_to_upload_media_of_size=closed(
                messages.is_user_allowed_to_upload_media_of_size, no
            ),
        )
