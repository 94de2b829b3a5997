"""What every bot stands on. Whatever is listed here is promised to bots."""

from zvonok_botkit.answers import Answer, Attachment, Edit, Picture, React, Say, Send, Withdraw
from zvonok_botkit.bot import Bot
from zvonok_botkit.chat import Event
from zvonok_botkit.context import Context
from zvonok_botkit.files import File
from zvonok_botkit.people import Member
from zvonok_botkit.work import Work
from zvonok_core.commands import Ask, Author, Option, Rest
from zvonok_core.people import Person
from zvonok_core.roles import Role
from zvonok_core.text import Text, ntext, text

__all__ = [
    "Answer",
    "Ask",
    "Attachment",
    "Author",
    "Bot",
    "Context",
    "Edit",
    "Event",
    "File",
    "Member",
    "Option",
    "Person",
    "Picture",
    "React",
    "Rest",
    "Role",
    "Say",
    "Send",
    "Text",
    "Withdraw",
    "Work",
    "ntext",
    "text",
]
