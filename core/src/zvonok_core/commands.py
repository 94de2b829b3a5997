"""From a function's signature to a command: its parser, what it asks back, and its help.

Nobody has to know a syntax. Whatever is missing or unclear becomes a question, and the
answer to it completes the command: a `Draft` is a command halfway, plain enough to be
stored between the two messages.
"""

from __future__ import annotations

import difflib
import inspect
import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from zvonok_core.ids import UserId
from zvonok_core.people import Person, plain, read_person
from zvonok_core.text import Text, text

MOST_OPTIONS = 9
"""A question lists so many answers; more would be asked for by name."""
NEAR = 0.6
"""How alike two words are, of 1, when one is taken for a slip of the other."""
_QUOTES = {"«": "»", '"': '"', "“": "”", "„": "“"}
_OTHER_LAYOUT = str.maketrans("qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюё")


class Rest(str):
    """All that is left of the message, over several lines."""


class Author:
    """`Annotated[Person, Author()]`: in a reply, where nobody is named, whoever wrote what is
    answered."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose: what is shown, and what it stands for in the command."""

    label: Text | str
    value: str


class Ask(Exception):  # noqa: N818 - a question, not an error
    """What is said of a parameter is missing or unclear: the person is asked, and may choose
    among `options` by number. What was said is `strange` where it is near to nothing: it may
    have been meant for somebody else. `known` holds other parameters as they were understood,
    and then nothing of what was said is read again."""

    def __init__(
        self,
        question: Text,
        options: Sequence[Option] = (),
        parameter: str = "",
        *,
        strange: bool = False,
        known: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(str(question))
        self.question = question
        self.options = tuple(options)
        self.parameter = parameter
        self.strange = strange
        self.known = known


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument. `kind` is str, int, bool, Rest, Person or an Enum of strings."""

    name: str
    kind: type
    required: bool
    default: Any = None
    question: Text | None = None
    author: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A command as people call it. `names` are all it answers to; they may hold spaces."""

    names: tuple[str, ...]
    help: str
    parameters: tuple[Parameter, ...]

    @property
    def needs_people(self) -> bool:
        """Whether somebody has to be recognised by name."""
        return any(parameter.kind is Person for parameter in self.parameters)


@dataclass(frozen=True, slots=True)
class Draft:
    """A command halfway: the words given for each parameter, what was not read yet, and the
    parameter that was asked about with the values on offer."""

    rest: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    asked: str = ""
    options: tuple[str, ...] = ()

    def answered(self, words: str) -> Draft:
        """The draft with an answer to its question: a number of the list, or words."""
        number = re.fullmatch(r"(\d{1,2})[.)]?", words.strip())
        if number and 1 <= int(number[1]) <= len(self.options):
            words = self.options[int(number[1]) - 1]
        return Draft(self.rest, {**self.given, self.asked: words.strip()})


def command(names: Sequence[str], function: Callable[..., Any]) -> Command:
    """The command that `function` carries out. Its first parameter is the context; every
    other needs a kind. `Annotated[Person, text("Whom?")]` gives the question for it.

    Raises TypeError, when the bot is declared, for what no message could ever fill.
    """
    hints = get_type_hints(function, include_extras=True)
    parameters = [
        _parameter(parameter, hints.get(parameter.name))
        for parameter in list(inspect.signature(function).parameters.values())[1:]
    ]
    for parameter, following in itertools.pairwise(parameters):
        if parameter.kind is Rest and following.required:
            raise TypeError(f"{parameter.name}: nothing can follow a Rest but what the handler asks for")
    paragraph = inspect.cleandoc(function.__doc__ or "").partition("\n\n")[0]
    if not names or not paragraph:
        raise TypeError(f"{function.__name__}: a command needs a name, and a docstring for its help")
    return Command(tuple(names), " ".join(paragraph.split()), tuple(parameters))


def _parameter(declared: inspect.Parameter, hint: Any) -> Parameter:
    question, author = None, False
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        question = next((extra for extra in extras if isinstance(extra, Text)), None)
        author = any(isinstance(extra, Author) for extra in extras)
    if get_origin(hint) in (Union, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not NoneType]
        hint = kinds[0] if len(kinds) == 1 else None
    if not isinstance(hint, type) or not (hint in (str, int, bool, Rest, Person) or issubclass(hint, Enum)):
        raise TypeError(f"{declared.name}: no message can fill this kind of parameter")
    required = declared.default is inspect.Parameter.empty
    default = None if required else declared.default
    return Parameter(declared.name, hint, required, default, question, author)


def recognise(commands: Iterable[Command], words: str) -> tuple[Command, str] | None:
    """The command that `words` begin with, and what follows; of several the longest name."""
    said = plain(words)
    found: tuple[int, Command] | None = None
    for one in commands:
        for name in one.names:
            begins = re.match(re.escape(plain(name)) + r"(?=$|[\s:,?!.])", said)
            if begins and (found is None or begins.end() > found[0]):
                found = begins.end(), one
    if found is None:
        return None
    return found[1], words[found[0] :].lstrip(" :,?!.\t").removeprefix("\n")


def nearest(commands: Iterable[Command], words: str) -> tuple[Command, str] | None:
    """The command that was meant by a slip of the finger or in the other keyboard layout,
    and what follows; None where nothing is near."""
    first, _, rest = words.partition(" ")
    names = {plain(name): one for one in commands for name in one.names}
    for word in (plain(first), plain(first).translate(_OTHER_LAYOUT)):
        if near := difflib.get_close_matches(word, names, n=1, cutoff=NEAR):
            return names[near[0]], rest.lstrip()
    return None


def fill(command: Command, draft: Draft, people: Sequence[Person] = ()) -> dict[str, Any]:
    """The arguments. `people` are those who may be named.

    Raises Ask, with its parameter, where one is missing or unclear; `asked` then makes the
    draft that an answer completes.
    """
    rest, values = draft.rest.strip(), dict[str, Any]()
    passed_over: Ask | None = None
    for parameter in command.parameters:
        try:
            if parameter.name in draft.given:
                values[parameter.name] = _all_of(parameter, draft.given[parameter.name], people)
                continue
            if not rest:
                raise Ask(parameter.question or _question(parameter), _choices(parameter))
            values[parameter.name], rest = _take(parameter, rest, people)
        except Ask as ask:
            ask.parameter = parameter.name
            if parameter.required or parameter.name in draft.given:
                raise
            values[parameter.name] = parameter.default
            passed_over = passed_over or (ask if rest else None)
    if rest and passed_over:
        raise passed_over
    return values


def of_reply(command: Command, draft: Draft, people: Sequence[Person], author: UserId) -> Draft:
    """The draft of a command that answers a message of `author`."""
    for parameter in command.parameters:
        if parameter.author and not read_person(draft.rest.strip(), people)[0]:
            return replace(draft, given={**draft.given, parameter.name: author})
    return draft


def asked(command: Command, draft: Draft, ask: Ask, people: Sequence[Person] = ()) -> Draft:
    """The draft that remembers what was asked and what is known already."""
    rest, given = draft.rest.strip(), dict(draft.given)
    options = tuple(option.value for option in ask.options)
    if ask.known is not None:
        return Draft("", {**given, **ask.known}, ask.parameter, options)
    for parameter in command.parameters:
        if parameter.name == ask.parameter:
            if parameter.name in given or not rest:
                given.pop(parameter.name, None)
            else:
                rest = _skip(parameter, rest, people)
            break
        if parameter.name not in given and rest:
            try:
                _, after = _take(parameter, rest, people)
            except Ask:
                continue
            given[parameter.name] = rest[: len(rest) - len(after)].strip(" ,:;")
            rest = after
    return Draft(rest, given, ask.parameter, options)


def _all_of(parameter: Parameter, words: str, people: Sequence[Person]) -> Any:
    """The value of an answer, which is all the parameter's own."""
    if not words:
        raise Ask(parameter.question or _question(parameter), _choices(parameter))
    if parameter.kind in (str, Rest):
        return parameter.kind(words)
    return _take(parameter, words, people)[0]


def _take(parameter: Parameter, rest: str, people: Sequence[Person]) -> tuple[Any, str]:
    kind = parameter.kind
    if kind is Rest:
        return Rest(rest), ""
    if kind is Person:
        return _take_person(rest, people)
    if issubclass(kind, Enum):
        return _take_choice(kind, rest)
    word, after = _word(rest)
    if kind is int:
        if not re.fullmatch(r"[+-]?\d{1,15}", word):
            raise Ask(text("“{word}” is not a number. Which number?", word=word), strange=True)
        return int(word), after
    if kind is bool:
        return _yes_or_no(word), after
    return word, after


def _skip(parameter: Parameter, rest: str, people: Sequence[Person]) -> str:
    """What follows the words that were unclear."""
    if parameter.kind is Rest:
        return ""
    if parameter.kind is Person:
        return read_person(rest, people)[2]
    return _word(rest)[1]


def _word(rest: str) -> tuple[str, str]:
    """The next word, or what stands in quotes."""
    closing = _QUOTES.get(rest[0])
    if closing and (end := rest.find(closing, 1)) > 0:
        return rest[1:end].strip(), rest[end + 1 :].lstrip(" ,;")
    word, *after = re.split(r"\s+", rest, maxsplit=1)
    return word, after[0] if after else ""


def _take_person(rest: str, people: Sequence[Person]) -> tuple[Person, str]:
    fits, named, after = read_person(rest, people)
    if len(fits) == 1:
        return fits[0], after
    if fits:
        question = text("“{name}” fits several people. Whom do you mean?", name=named)
        raise Ask(question, _people_options(fits))
    near = difflib.get_close_matches(plain(named), {plain(p.short.split(" ")[0]) for p in people}, n=3)
    maybe = [person for person in people if plain(person.short.split(" ")[0]) in near]
    options = _people_options(maybe or (people if len(people) <= MOST_OPTIONS else ()))
    raise Ask(text("I can't find “{name}” here. Whom do you mean?", name=named), options, strange=not maybe)


def _people_options(people: Sequence[Person]) -> tuple[Option, ...]:
    return tuple(Option(person.name, person.user) for person in people[:MOST_OPTIONS])


def _take_choice(kind: type[Enum], rest: str) -> tuple[Enum, str]:
    said = plain(rest)
    for member in sorted(kind, key=lambda member: -len(str(member.value))):
        if re.match(re.escape(plain(str(member.value))) + r"(?=$|[\s:,.;])", said):
            return member, rest[len(str(member.value)) :].lstrip(" :,.;")
    word = _word(rest)[0]
    raise Ask(text("I don't know “{word}”. Which one?", word=word), _options(kind), strange=True)


def _yes_or_no(word: str) -> bool:
    if plain(word).strip(".!") in ("да", "ага", "yes", "y", "ok", "ок", "+"):
        return True
    if plain(word).strip(".!") in ("нет", "не", "no", "n", "-"):
        return False
    raise Ask(text("Yes or no?"), strange=True)


def _options(kind: type[Enum]) -> tuple[Option, ...]:
    return tuple(Option(str(member.value), str(member.value)) for member in kind)[:MOST_OPTIONS]


def _choices(parameter: Parameter) -> tuple[Option, ...]:
    return _options(parameter.kind) if issubclass(parameter.kind, Enum) else ()


def _question(parameter: Parameter) -> Text:
    if parameter.kind is Person:
        return text("Whom do you mean? A family name is enough.")
    if parameter.kind is int:
        return text("Which number?")
    if parameter.kind is bool:
        return text("Yes or no?")
    if issubclass(parameter.kind, Enum):
        return text("Which one?")
    return text("What shall I write?")
