"""The first start: the sender becomes an administrator, the bots get their accounts.

Synapse has no other way to a first administrator than its registration secret. A
throwaway account is made with it, promotes the sender, and is closed. All of it may be
cut short anywhere and is simply done again; once all is done nothing is written.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets

from zvonok_appservice.config import BotConfig, Config
from zvonok_appservice.mautrix_homeserver import MautrixHomeserver
from zvonok_appservice.mautrix_homeserver.wire import ADMIN, CLIENT
from zvonok_core.errors import ConfigError, ConfigFault, PermanentError
from zvonok_core.text import Text, text

log = logging.getLogger(__name__)

SENDER_NAME = "Звонок"
UNLIMITED = {"messages_per_second": 0, "burst_count": 0}
SECRET_PATH = "homeserver.registration_shared_secret"  # noqa: S105 - the key's name


async def bootstrap(homeserver: MautrixHomeserver, config: Config) -> None:
    """Make the sender and the bots what they must be.

    Raises ConfigError where the homeserver does not know the appservice's token, or where
    the sender is no administrator yet and the registration secret is missing or wrong.
    """
    await _register_sender(homeserver, config)
    if not await _is_administrator(homeserver):
        await _promote(homeserver, config)
    await _close_throwaways(homeserver, config)
    await _name_sender(homeserver)
    for bot in config.bots:
        await _ensure_bot(homeserver, bot)


async def _register_sender(homeserver: MautrixHomeserver, config: Config) -> None:
    try:
        await homeserver.wire.get(CLIENT.v3.profile[homeserver.sender])
        return  # an account that was never made has no profile
    except PermanentError as error:
        if error.code in ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"):
            raise _fault(
                "appservice.as_token",
                text(
                    "the homeserver does not know this token: give it the file that the command "
                    "“registration” writes, and restart it"
                ),
            ) from error
    content = {
        "type": "m.login.application_service",
        "username": config.appservice.sender_localpart,
        "inhibit_login": True,
    }
    try:
        await homeserver.wire.post(CLIENT.v3.register, content)
    except PermanentError as error:
        if error.code != "M_USER_IN_USE":
            raise


async def _is_administrator(homeserver: MautrixHomeserver) -> bool:
    try:
        await homeserver.wire.get(ADMIN.v2.users[homeserver.sender])
    except PermanentError as error:
        if error.code != "M_FORBIDDEN":
            raise
        return False
    return True


async def _promote(homeserver: MautrixHomeserver, config: Config) -> None:
    secret = config.homeserver.registration_shared_secret
    if not secret:
        raise _fault(
            SECRET_PATH,
            text(
                "is needed at the first start, to make the sender an administrator; "
                "it is Synapse's own key of the same name"
            ),
        )
    nonce = (await homeserver.wire.get(ADMIN.v1.register))["nonce"]
    name, password = _throwaway_prefix(config) + secrets.token_hex(8), secrets.token_urlsafe(32)
    signed = "\0".join((nonce, name, password, "admin")).encode()
    content = {
        "nonce": nonce,
        "username": name,
        "password": password,
        "admin": True,
        "mac": hmac.new(secret.encode(), signed, hashlib.sha1).hexdigest(),
    }
    try:
        answer = await homeserver.wire.post(ADMIN.v1.register, content)
    except PermanentError as error:
        raise _fault(SECRET_PATH, text("is not the secret that the homeserver has")) from error
    throwaway = homeserver.wire.as_other(answer["access_token"])
    await throwaway.put(ADMIN.v2.users[homeserver.sender], {"admin": True})
    log.warning("the sender is an administrator of the homeserver now")


async def _close_throwaways(homeserver: MautrixHomeserver, config: Config) -> None:
    """This start's, and any that an earlier start left behind when it was cut short."""
    listed = await homeserver.wire.get(
        ADMIN.v2.users, {"admins": "true", "name": _throwaway_prefix(config), "limit": "1000"}
    )
    for entry in listed["users"]:
        if entry["name"].startswith(f"@{_throwaway_prefix(config)}"):
            await homeserver.wire.put(ADMIN.v2.users[entry["name"]], {"admin": False, "deactivated": True})


def _throwaway_prefix(config: Config) -> str:
    return f"{config.appservice.sender_localpart}_setup_"


async def _name_sender(homeserver: MautrixHomeserver) -> None:
    entry = await homeserver.wire.get(ADMIN.v2.users[homeserver.sender])
    if entry["displayname"] != SENDER_NAME:
        await homeserver.wire.put(ADMIN.v2.users[homeserver.sender], {"displayname": SENDER_NAME})


async def _ensure_bot(homeserver: MautrixHomeserver, bot: BotConfig) -> None:
    user = homeserver.user_id(bot.localpart)
    account = await homeserver.account(user)
    if account is None or account.deactivated:
        password = bot.password or secrets.token_urlsafe(32)
        await homeserver.create_account(user, bot.display_name, password)
    else:
        if account.display_name != bot.display_name:
            await homeserver.set_display_name(user, bot.display_name)
        if bot.password and not await homeserver.verify_password(user, bot.password):
            await homeserver.set_password(user, bot.password)
    limit = ADMIN.v1.users[user].override_ratelimit
    if await homeserver.wire.get(limit) != UNLIMITED:
        await homeserver.wire.post(limit, UNLIMITED)


def _fault(path: str, message: Text) -> ConfigError:
    return ConfigError([ConfigFault(path, message)])
