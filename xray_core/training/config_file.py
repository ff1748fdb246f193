"""What configurations of every kind share: frozen, and read from JSON."""

import json
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xray_core.bundle.part import NAME, NAME_IN_WORDS
from xray_core.errors import ConfigError
from xray_core.settings import PROJECT_ROOT

SHARE = Field(ge=0, le=1)


class Frozen(BaseModel):
    """Settings that do not change, and in which nothing may stand that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Config = TypeVar("Config", bound=Frozen)


def read_config(kind: type[Config], path: Path) -> Config:
    """Read a JSON file as it stands.

    Raises:
        ConfigError: it is missing or not valid; the sentence names the file and the place.
    """
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"configuration {path} cannot be read.") from error
    except ValidationError as error:
        raise ConfigError(f"{path.name} is not valid at {first_fault(error)}") from error


def make_config(kind: type[Config], content: dict[str, Any]) -> Config:
    """Make a configuration of settings that a person chose.

    Raises:
        ConfigError: they are not valid; the sentence names the setting.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise ConfigError(f"the settings are not valid at {first_fault(error)}") from error


def kind_of(path: Path) -> str | None:
    """Return what a configuration file says it configures; None where it says nothing."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    kind = content.get("kind") if isinstance(content, dict) else None
    return kind if isinstance(kind, str) else None


def first_fault(error: ValidationError) -> str:
    """Return the end of a sentence about the first thing that is not valid."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first.get("ctx", {}).get("pattern") == NAME:
        return f"{where!r}: allowed are {NAME_IN_WORDS}."
    return f"{where!r}: {first['msg']}."


def path_in_project(path: Path) -> str:
    """Return a path as it is given from the project's folder, or else its name."""
    path = path.resolve()
    inside = path.is_relative_to(PROJECT_ROOT)
    return path.relative_to(PROJECT_ROOT).as_posix() if inside else path.name
