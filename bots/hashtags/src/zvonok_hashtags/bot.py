"""Posts that are found again by their hashtags, such as #ОГЭАЯ, in every chat of the school."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from urllib.parse import quote

from zvonok_botkit import Answer, Bot, Context, Event, Rest, Say, text
from zvonok_core.db import Connection
from zvonok_core.errors import PermanentError
from zvonok_core.ids import RoomId
from zvonok_core.text import Text
from zvonok_hashtags.store import Post, Posts
from zvonok_hashtags.words import has_tags, read_query, snippet

SHOWN = 10
"""Posts in one answer: more is not read on a phone."""
MOST_ROOMS = 100
"""Chats that are looked up for one search."""


@dataclass(frozen=True, slots=True)
class HashtagSettings:
    """The section `hashtags` of the config."""

    keep_days: int = 800
    """So long a post is found: two school years."""


Ctx: TypeAlias = Context[Posts, HashtagSettings]
bot = Bot("hashtags", package="zvonok_hashtags", store=Posts, settings=HashtagSettings)


@bot.migration("Posts and their hashtags")
async def first(db: Connection) -> None:
    # `edit` is the last event that has changed it. Stems stand between blanks.
    await db.execute(
        """CREATE TABLE hashtags_posts (
            room TEXT NOT NULL,
            event TEXT NOT NULL,
            sender TEXT NOT NULL,
            at BIGINT NOT NULL,
            words TEXT NOT NULL,
            stems TEXT NOT NULL,
            edit TEXT NOT NULL,
            PRIMARY KEY (room, event)
        )"""
    )
    await db.execute("CREATE INDEX hashtags_posts_at ON hashtags_posts (at)")
    await db.execute("CREATE INDEX hashtags_posts_edit ON hashtags_posts (edit)")
    await db.execute(
        """CREATE TABLE hashtags_tags (
            tag TEXT NOT NULL, room TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (tag, room, event)
        )"""
    )
    await db.execute("CREATE INDEX hashtags_tags_event ON hashtags_tags (room, event)")


def worth_hearing(event: Event) -> bool:
    """Whether a message has hashtags and is no command, whose answer will have them; or is an
    edit, which may have taken them out."""
    words = _words(event.content)
    return (has_tags(words) and not words.startswith("!")) or "m.new_content" in event.content


@bot.on("m.room.message", anywhere=True, own=True, when=worth_hearing)
async def note(ctx: Ctx) -> Answer:
    if ctx.direct:
        return None
    event = ctx.event
    await ctx.store.forget_before(ctx.now, ctx.settings.keep_days)
    if not ctx.edits:
        await ctx.store.add(event.room, event.id, event.sender, event.at, _words(event.content))
        return None
    words = _words(event.content.get("m.new_content"))
    assert ctx.target
    known = await ctx.store.change(event.room, ctx.target, event.id, event.sender, words)
    if not known and has_tags(words):
        post = await ctx.history.event(event.room, ctx.target)
        if post and post.sender == event.sender:
            await ctx.store.add(post.room, post.id, post.sender, post.at, words, event.id)
    return None


@bot.on("m.room.redaction", anywhere=True, own=True)
async def forget(ctx: Ctx) -> Answer:
    if ctx.target:
        await ctx.store.remove(ctx.room, ctx.target)
    return None


@bot.command("find", "найти", "поиск")
async def find(
    ctx: Ctx, query: Annotated[Rest, text("What shall I look for? Such as: #ОГЭ letter")]
) -> Answer:
    """Find posts by hashtags and words: `!find #ОГЭ letter`"""
    await ctx.store.forget_before(ctx.now, ctx.settings.keep_days)
    asked = read_query(query)
    if not asked.tags and not asked.stems:
        raise ctx.ask("query", text("I need a hashtag or a word for that. Such as: #ОГЭ letter"))
    lines: list[str] = []
    names: dict[RoomId, str | None] = {}
    more = False
    async for post in ctx.store.find(asked, None if ctx.direct else ctx.room):
        if post.room not in names:
            if len(names) == MOST_ROOMS:
                more = True
                break
            names[post.room] = await _name(ctx, post.room)
        name = names[post.room]
        if name is None:
            continue
        if len(lines) == SHOWN:
            more = True
            break
        lines.append(_line(ctx, post, name))
    return _found(ctx, lines, more)


async def _name(ctx: Ctx, room: RoomId) -> str | None:
    """What a chat is called; None where it is none of the asker's business. Only a managed
    chat shows its members what was written before they came."""
    try:
        company = await ctx.rooms.view(room)
    except PermanentError:  # the bot is not in it any more
        return None
    if company.member(ctx.asker.user) is None or (ctx.directory and company.managed is None):
        return None
    return company.managed.name if company.managed else ""


def _line(ctx: Ctx, post: Post, name: str) -> str:
    day = post.at.astimezone(ctx.zone).strftime("%d.%m.%Y")
    server = ctx.me.partition(":")[2]
    link = f"https://matrix.to/#/{quote(post.room)}/{quote(post.event)}?via={quote(server, safe='')}"
    place = f", {name}" if name and ctx.direct else ""
    return f"• {day}{place}: {snippet(post.words)}\n  {link}"


def _found(ctx: Ctx, lines: list[str], more: bool) -> Text | Say:
    listed = "\n".join(lines)
    if not lines and ctx.direct:
        return text(
            "Nothing is found in your chats. I know only posts with hashtags, and only those that were written while I was in the chat."
        )
    if not lines:
        return text(
            "Nothing is found in this chat. I know only posts with hashtags; write to me alone, and I'll look in all your chats."
        )
    if more:
        return text("{listed}\nThere are more: add a word or a hashtag.", listed=listed)
    return Say(listed)


def _words(content: Mapping[str, Any] | None) -> str:
    """What a post says, with its caption where it is a file."""
    if not isinstance(content, Mapping):
        return ""
    body, name = content.get("body"), content.get("filename")
    if not isinstance(body, str) or content.get("msgtype") == "m.notice":
        return ""
    return "" if body == name else body
