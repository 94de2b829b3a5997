"""A program's configuration: a YAML file, and variables of the environment put over it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from zvonok_core.errors import ConfigError, ConfigFault
from zvonok_core.settings import build, environment
from zvonok_core.text import text

C = TypeVar("C")


def load(kind: type[C], path: Path, prefix: str, variables: Mapping[str, str] | None = None) -> C:
    """The file as a dataclass, with `PREFIX_SECTION__KEY` of the environment put over it.
    Raises ConfigError with every fault that there is."""
    try:
        raw = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError([ConfigFault(str(path), text("can't be read: {reason}", reason=reason))]) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        message = text("is not valid YAML at line {line}: {reason}", line=line, reason=error.problem)
        raise ConfigError([ConfigFault(str(path), message)]) from error
    if not isinstance(raw, Mapping):
        raise ConfigError([ConfigFault(str(path), text("must be a mapping of sections"))])
    return build(kind, environment(raw, os.environ if variables is None else variables, prefix))
