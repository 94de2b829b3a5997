"""Messages as data: written in English, translated only when they are shown.

A `Text` travels through the program and is put into words at the border, in the
language of whoever reads it, so that the same finding can stand in a Russian page and
an English log. Catalogues are GNU gettext (domain `zvonok`, one per package).
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources

DOMAIN = "zvonok"
SOURCE_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence with `{named}` places. Values may be texts themselves."""

    source: str
    values: Mapping[str, object] = field(default_factory=dict)
    plural: str | None = None
    number: int = 0

    def __str__(self) -> str:
        """The English source, for logs and exceptions."""
        return Catalogs({}).say(self, SOURCE_LANGUAGE)


def text(source: str, /, **values: object) -> Text:
    """A message. `source` is the English sentence and the key of its translations."""
    return Text(source, values)


def ntext(one: str, many: str, number: int, /, **values: object) -> Text:
    """A message that counts: `{n}` is the number; Russian has three forms of it."""
    return Text(one, {"n": number, **values}, many, number)


class Catalogs:
    """The translations of several packages, by language."""

    def __init__(self, translations: Mapping[str, gettext.NullTranslations]) -> None:
        self._translations = translations

    @classmethod
    def load(cls, packages: Iterable[str], languages: Iterable[str] = ("ru",)) -> Catalogs:
        """Read the compiled catalogues of `packages`.

        Raises FileNotFoundError naming the missing file: a program that would answer
        in the wrong language must not start. `scripts/setup` compiles them.
        """
        loaded: dict[str, gettext.NullTranslations] = {}
        for language in languages:
            merged = gettext.NullTranslations()
            for package in packages:
                path = resources.files(package) / "locale" / language / "LC_MESSAGES" / "zvonok.mo"
                with path.open("rb") as file:
                    catalog = gettext.GNUTranslations(file)
                catalog.add_fallback(merged)
                merged = catalog
            loaded[language] = merged
        return cls(loaded)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages on offer, English last."""
        return (*self._translations, SOURCE_LANGUAGE)

    def translation(self, language: str) -> gettext.NullTranslations:
        """The gettext object of `language`, for templates; English where there is none."""
        return self._translations.get(language) or gettext.NullTranslations()

    def say(self, message: Text | str, language: str) -> str:
        """`message` in words. A plain string is somebody's data and is left as it is."""
        if isinstance(message, str):
            return message
        catalog = self.translation(language)
        if message.plural is None:
            pattern = catalog.gettext(message.source)
        else:
            pattern = catalog.ngettext(message.source, message.plural, message.number)
        if not message.values:
            return pattern
        values = {
            name: self.say(value, language) if isinstance(value, Text) else value
            for name, value in message.values.items()
        }
        return pattern.format(**values)
