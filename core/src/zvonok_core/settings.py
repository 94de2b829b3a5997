"""A mapping and the environment into frozen dataclasses, with every fault named at once.

The programs read the YAML; this module knows only mappings. An unknown key is an error
that names its path and the nearest match. A secret may come from a file: `as_token_file`
stands for `as_token`.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin
from zoneinfo import ZoneInfo

from zvonok_core.errors import ConfigError, ConfigFault
from zvonok_core.text import Text, text

C = TypeVar("C")


def build(kind: type[C], data: Mapping[str, Any], *, ignore_unknown: bool = False, files: bool = True) -> C:
    """Make a `kind` of `data`. Raises ConfigError with every fault that there is.

    `files=False` is for data from outside: no `*_file` key makes it open a file.
    """
    reader = _Reader(ignore_unknown, files)
    value = reader.value(kind, data, "")
    if reader.faults:
        raise ConfigError(reader.faults)
    return typing.cast(C, value)


def environment(data: Mapping[str, Any], variables: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """`data` with `PREFIX_SECTION__KEY=value` put over `section.key`."""
    merged = _deep_copy(data)
    for name, value in sorted(variables.items()):
        if not name.startswith(prefix + "_"):
            continue
        *path, last = name[len(prefix) + 1 :].lower().split("__")
        place = merged
        for step in path:
            if not isinstance(place.get(step), dict):  # a section that is empty is None in YAML
                place[step] = {}
            place = place[step]
        place[last] = value
    return merged


def _deep_copy(data: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _deep_copy(v) if isinstance(v, Mapping) else v for k, v in data.items()}


class _Reader:
    def __init__(self, ignore_unknown: bool, files: bool) -> None:
        self.ignore_unknown = ignore_unknown
        self.files = files
        self.faults: list[ConfigFault] = []

    def fault(self, path: str, message: Text) -> None:
        self.faults.append(ConfigFault(path or "(top)", message))

    def value(self, kind: Any, raw: Any, path: str) -> Any:
        kind = getattr(kind, "__supertype__", kind)  # a NewType is its base here
        origin = get_origin(kind)
        if kind is Any:
            return raw
        if origin in (Union, types.UnionType):
            return self._optional(kind, raw, path)
        if origin is typing.Literal:
            return self._choice(get_args(kind), raw, path)
        if origin in (tuple, frozenset):
            return self._sequence(kind, origin, raw, path)
        if origin in (dict, Mapping):
            return self._mapping(kind, raw, path)
        if dataclasses.is_dataclass(kind):
            return self._record(typing.cast(type[Any], kind), raw, path)
        return self._scalar(kind, raw, path)

    def _optional(self, kind: Any, raw: Any, path: str) -> Any:
        if raw is None:
            return None
        (inner,) = [arg for arg in get_args(kind) if arg is not type(None)]
        return self.value(inner, raw, path)

    def _choice(self, options: Sequence[Any], raw: Any, path: str) -> Any:
        if raw not in options:
            listed = ", ".join(str(option) for option in options)
            self.fault(path, text("must be one of: {options}", options=listed))
        return raw

    def _sequence(self, kind: Any, origin: Any, raw: Any, path: str) -> Any:
        if not isinstance(raw, (list, tuple)):
            self.fault(path, text("must be a list"))
            return origin()
        inner = get_args(kind)[0]
        faults_before = len(self.faults)
        values = [self.value(inner, item, f"{path}[{i}]") for i, item in enumerate(raw)]
        return origin(values) if len(self.faults) == faults_before else origin()

    def _mapping(self, kind: Any, raw: Any, path: str) -> Any:
        if not isinstance(raw, Mapping):
            self.fault(path, text("must be a mapping of names to values"))
            return {}
        key_kind, inner = get_args(kind)
        found = {}
        for key, item in raw.items():
            here = f"{path}.{key}".lstrip(".")
            found[self.value(key_kind, key, here)] = self.value(inner, item, here)
        return found

    def _record(self, kind: type[Any], raw: Any, path: str) -> Any:
        if not isinstance(raw, Mapping):
            self.fault(path, text("must be a section with keys of its own"))
            return None
        hints = typing.get_type_hints(kind)
        fields = {field.name.rstrip("_"): field for field in dataclasses.fields(kind)}
        given = dict(raw)
        values: dict[str, Any] = {}
        faults_before = len(self.faults)
        for key, field in fields.items():
            here = f"{path}.{key}".lstrip(".")
            present, item = self._take(given, key, here)
            if present:
                values[field.name] = self.value(hints[field.name], item, here)
            elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                self.fault(here, text("is missing"))
        if not self.ignore_unknown:
            for key in given:
                self._unknown(str(key), list(fields), path)
        if len(self.faults) > faults_before:
            return None
        try:
            return kind(**values)
        except ConfigError as error:  # a rule of the section itself, from __post_init__
            for fault in error.faults:
                self.fault(f"{path}.{fault.path}".strip("."), fault.text)
            return None

    def _take(self, given: dict[Any, Any], key: str, path: str) -> tuple[bool, Any]:
        file = given.pop(f"{key}_file", None) if self.files else None
        if key in given:
            return True, given.pop(key)
        if file is None:
            return False, None
        try:
            return True, Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            reason = error.strerror or str(error)
        except (TypeError, ValueError) as error:  # no path at all, or not UTF-8 inside
            reason = str(error)
        self.fault(f"{path}_file", text("{file} can't be read: {reason}", file=file, reason=reason))
        return True, None

    def _unknown(self, key: str, known: list[str], path: str) -> None:
        here = f"{path}.{key}".lstrip(".")
        near = difflib.get_close_matches(key, known, n=1)
        if near:
            self.fault(here, text("is not a known key; did you mean “{near}”?", near=near[0]))
        else:
            self.fault(here, text("is not a known key; known: {known}", known=", ".join(known)))

    def _scalar(self, kind: Any, raw: Any, path: str) -> Any:
        try:
            return _converted(kind, raw if self.files else _exact(kind, raw))
        except (ValueError, KeyError, TypeError, OverflowError, OSError):
            self.fault(path, _expectation(kind))
            return raw


def _exact(kind: Any, raw: Any) -> Any:
    """Data from outside is JSON: 60 and 60.0 are one number there, and "60" is none, though
    in the environment it is."""
    if kind in (bool, int, float) and isinstance(raw, str):
        raise ValueError(raw)
    return int(raw) if kind is int and isinstance(raw, float) and raw.is_integer() else raw


def _converted(kind: Any, raw: Any) -> Any:
    if kind is bool:
        if isinstance(raw, bool):
            return raw
        return {"true": True, "yes": True, "false": False, "no": False}[str(raw).lower()]
    if kind is str and not isinstance(raw, str):
        raise ValueError(raw)
    if kind in (int, float) and isinstance(raw, bool):
        raise ValueError(raw)
    if kind is int and isinstance(raw, float):
        raise ValueError(raw)
    if kind is date:
        return raw if isinstance(raw, date) and not isinstance(raw, datetime) else date.fromisoformat(raw)
    if kind is time:
        return raw if isinstance(raw, time) else time.fromisoformat(raw)
    value = kind(raw)
    if kind is float and not math.isfinite(value):
        raise ValueError(raw)  # nan is neither above nor below any limit
    return value


def _expectation(kind: Any) -> Text:
    if kind is str:
        return text("must be text")
    if kind is int:
        return text("must be a whole number")
    if kind is float:
        return text("must be a number")
    if kind is bool:
        return text("must be true or false")
    if kind is date:
        return text("must be a date such as 2026-09-01")
    if kind is time:
        return text("must be a time such as 21:00")
    if kind is ZoneInfo:
        return text("must be a time zone such as Europe/Moscow")
    if isinstance(kind, type) and issubclass(kind, Enum):
        return text("must be one of: {options}", options=", ".join(str(item.value) for item in kind))
    return text("has a value of the wrong kind")
