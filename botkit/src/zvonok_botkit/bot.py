"""A bot is a declaration: commands, events it listens to, jobs, tables, services.

Everything that happens is the kit's; a bot's module holds no state but this declaration.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from zvonok_botkit.answers import Answer
from zvonok_botkit.chat import Event
from zvonok_botkit.context import Context, S, Settings
from zvonok_core.commands import Command, command
from zvonok_core.db import Connection, UpgradeTable
from zvonok_core.roles import Role

Handler = Callable[..., Awaitable[Answer]]
Claim = Callable[..., Awaitable[bool]]
H = TypeVar("H", bound=Handler)
C = TypeVar("C", bound=Claim)
M = TypeVar("M", bound=Callable[[Connection], Awaitable[None]])
F = TypeVar("F", bound=Callable[..., Any])
Served = TypeVar("Served", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class CommandRule:
    """A command, who may use it, and what carries it out."""

    command: Command
    role: Role | None
    handler: Handler
    direct: bool = True

    @property
    def id(self) -> str:
        """Names it for good, as long as the function keeps its name."""
        return self.handler.__name__


@dataclass(frozen=True, slots=True)
class Listener:
    """Events of a type; without `anywhere` only those about something that this bot sent.
    With `own`, what other bots of the same account send, too."""

    type: str
    anywhere: bool
    handler: Handler
    own: bool = False
    when: Callable[[Event], bool] | None = None

    def hears(self, event: Event, about: str, own: bool) -> bool:
        """Whether an event concerns it."""
        placed = event.type == self.type and (self.anywhere or bool(about)) and (self.own or not own)
        return placed and (self.when is None or self.when(event))


@dataclass(frozen=True, slots=True)
class JobRule:
    """What is done at a due time."""

    late: Literal["once", "skip"]
    quiet: Literal["wait", "ignore"]
    handler: Handler
    long: bool = False
    """Whether it is long work, which has no transaction around it."""


class Bot(Generic[S, Settings]):
    """One bot. `package` holds its catalogue; `store` is made of the connection of each
    transaction; `settings` is the dataclass of the bot's section in the config."""

    def __init__(
        self,
        name: str,
        *,
        package: str | None = None,
        store: Callable[[Connection], S] | None = None,
        settings: type[Settings] | None = None,
    ) -> None:
        self.name = name
        self.package = package
        self.make_store = store
        self.settings = settings
        self.commands: list[CommandRule] = []
        self.listeners: list[Listener] = []
        self.otherwise: Handler | None = None
        self.claim: Claim | None = None
        self.receives: Handler | None = None
        self.jobs: dict[str, JobRule] = {}
        self.services: dict[type[Any], Callable[[Context[S, Settings]], Any]] = {}
        self.upgrades = UpgradeTable(
            version_table_name=f"{name.replace('-', '_')}_version", database_name=name
        )

    def command(self, *names: str, role: Role | None = None, direct: bool = True) -> Callable[[H], H]:
        """Answer a command. Names are in English and in Russian; the docstring is the help;
        arguments come from the signature. Only who has `role` in the room may use it; without
        `direct` it makes no sense between the two in a direct chat."""

        def declare(handler: H) -> H:
            self.commands.append(CommandRule(command(names, _coroutine(handler)), role, handler, direct))
            return handler

        return declare

    def on(
        self,
        *types: str,
        anywhere: bool = False,
        own: bool = False,
        when: Callable[[Event], bool] | None = None,
    ) -> Callable[[H], H]:
        """Hear of events of these types: reactions, votes, redactions, messages. Only of
        those about something that the bot has sent (`Context.about`), but for `anywhere`;
        also of what other bots of this account send, where it wants its `own`. With `when`,
        only of those for which it is true; the others cost nothing."""

        def declare(handler: H) -> H:
            for name in types:
                self.listeners.append(Listener(name, anywhere, _coroutine(handler), own, when))
            return handler

        return declare

    def on_other_words(self) -> Callable[[H], H]:
        """Hear what is said in a direct chat and is no command, such as the answer to a test.
        The handler returns None for what is none of its business; the next bot is asked then.
        The bot that has spoken last in the chat is asked first."""

        def declare(handler: H) -> H:
            self.otherwise = _coroutine(handler)
            return handler

        return declare

    def claims(self) -> Callable[[C], C]:
        """Say whether words in a direct chat that are a command, but written without its sign,
        are meant for `on_other_words` here all the same: «опрос» may be the answer to a task."""

        def declare(claim: C) -> C:
            self.claim = _coroutine(claim)
            return claim

        return declare

    def on_file(self) -> Callable[[H], H]:
        """Hear of a file, a photo, a voice or a video message in a direct chat (`Context.file`).
        The handler returns None for what is none of its business; the next bot is asked then.
        One that answers something the bot has sent comes to that bot first."""

        def declare(handler: H) -> H:
            self.receives = _coroutine(handler)
            return handler

        return declare

    def job(
        self, *, late: Literal["once", "skip"] = "once", quiet: Literal["wait", "ignore"] = "wait"
    ) -> Callable[[H], H]:
        """Do something at a time, see `Context.schedule`. What was due while the bot was
        down runs `once` or is left out; quiet hours are waited for or not."""

        def declare(handler: H) -> H:
            self.jobs[handler.__name__] = JobRule(late, quiet, _coroutine(handler))
            return handler

        return declare

    def work(self) -> Callable[[H], H]:
        """Long work, begun by `Context.start`: the handler gets a `Work`, has no transaction
        around it and no limit of time, and what it returns is said where it was begun. One at
        a time for each bot. Ended in the middle, it runs again from the beginning."""

        def declare(handler: H) -> H:
            self.jobs[handler.__name__] = JobRule("once", "ignore", _coroutine(handler), long=True)
            return handler

        return declare

    def migration(self, description: str) -> Callable[[M], M]:
        """One step of the bot's tables, forward only; never edited after a release. The
        tables' names begin with the bot's."""

        def declare(step: M) -> M:
            self.upgrades.register(step, description=description)
            return step

        return declare

    def serves(self, service: type[Any]) -> Callable[[Served], Served]:
        """Serve other bots: what is decorated is made of this bot's Context, and is what
        they get by `Context.service`."""

        def declare(implementation: Served) -> Served:
            self.services[service] = implementation
            return implementation

        return declare

    def rule(self, id: str) -> CommandRule | None:
        """A command by its function's name."""
        return next((rule for rule in self.commands if rule.id == id), None)


def _coroutine(handler: F) -> F:
    if not inspect.iscoroutinefunction(handler):
        raise TypeError(f"{handler!r}: a handler is an async function")
    return handler
