"""A widget for a field of a configuration, made from what the field itself says."""

import math
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import streamlit as st
from pydantic import BaseModel
from streamlit.delta_generator import DeltaGenerator

from pages.components import train_kept
from pages.components.train_help import help_of, words_of
from xray_core.errors import ConfigError

COLUMNS = 3
NAMES = {None: "None", "imagenet": "ImageNet", "adamw": "AdamW", "rmsprop": "RMSprop", "sgd": "SGD"}
"""Values that are not written as they are stored."""
EMPTY = {"input_size": "the network's own", "trial_epochs": "those of the run"}
"""What a field that is left empty means; any other is then off."""


NUMBERS = tuple[int, ...]
"""Fields that are typed as text."""


def show(
    model: type[BaseModel], names: list[str], values: dict[str, Any], key: str
) -> dict[str, Any]:
    """Show widgets for fields of a model, in columns, and return what they say.

    Args:
        model: the class of the fields.
        names: which of them.
        values: what they are at first, as JSON types.
        key: for the widgets; another one starts them anew.
    """
    chosen: dict[str, Any] = {}
    for first in range(0, len(names), COLUMNS):
        columns = st.columns(COLUMNS)
        for column, name in zip(columns, names[first : first + COLUMNS], strict=False):
            chosen[name] = _widget(column, model, name, values[name], f"{key}-{name}")
    return chosen


def can_show(model: type[BaseModel], name: str) -> bool:
    """Return whether there is a widget for a field."""
    kind, _ = _kind(model, name)
    return kind in (bool, int, float, str, NUMBERS) or get_origin(kind) is Literal


def _widget(place: DeltaGenerator, model: type[BaseModel], name: str, value: Any, key: str) -> Any:
    key = f"train-{key}"
    words: dict[str, Any] = {"help": help_of(model, name), "key": key}
    if _kind(model, name)[0] == NUMBERS:
        train_kept.begin(key, ", ".join(map(str, value)))
        typed = place.text_input(words_of(name), placeholder="3, 5, 7", **words)
        return _numbers(name, train_kept.keep(key, typed))
    train_kept.begin(key, value)
    return train_kept.keep(key, _shown(place, model, name, value, words))


def _numbers(name: str, typed: str) -> list[int]:
    parts = typed.replace(";", ",").replace(",", " ").split()
    if not all(part.isdecimal() for part in parts):
        raise ConfigError(
            f"{typed!r} under “{words_of(name)}”; allowed are whole numbers with commas between "
            "them, such as 3, 5, 7."
        )
    return [int(part) for part in parts]


def _shown(
    place: DeltaGenerator, model: type[BaseModel], name: str, value: Any, words: dict[str, Any]
) -> Any:
    """Show the widget; what it says at first is in the session's state already."""
    kind, optional = _kind(model, name)
    title = words_of(name)
    if get_origin(kind) is Literal:
        options = [*get_args(kind), *([None] if optional else [])]
        return place.selectbox(title, options, format_func=_option, **words)
    if kind is bool:
        return place.toggle(title, **words)
    if kind is str:
        return place.text_input(title, **words)
    low, high = _limits(model, name, kind)
    words["placeholder"] = EMPTY.get(name, "off")
    empty = None if optional else "min"
    if kind is int:
        return place.number_input(title, low, high, empty, step=1, **words)
    return place.number_input(title, low, high, empty, step=_step(value), format="%g", **words)


def _option(value: Any) -> str:
    return NAMES.get(value) or str(value).replace("_", " ").capitalize()


def _kind(model: type[BaseModel], name: str) -> tuple[Any, bool]:
    """Return the type of a field without None, and whether None is allowed."""
    annotation: Any = model.model_fields[name].annotation
    if get_origin(annotation) in (Union, UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        return (parts[0] if len(parts) == 1 else None), len(parts) < len(get_args(annotation))
    return annotation, False


def _limits(model: type[BaseModel], name: str, kind: type) -> tuple[Any, Any]:
    """Return the least and the largest value of a number; an open end is left to the check."""
    found: dict[str, Any] = {}
    for limit in model.model_fields[name].metadata:
        for end in ("ge", "gt", "le", "lt"):
            if (value := getattr(limit, end, None)) is not None:
                found[end] = value
    low, high = found.get("ge", found.get("gt")), found.get("le", found.get("lt"))
    if kind is int and "gt" in found:
        low += 1
    return tuple(kind(end) if end is not None else None for end in (low, high))  # type: ignore


def _step(value: float | None) -> float:
    """Return what one press of + or − changes: about a tenth to a half of the value."""
    return 10.0 ** math.floor(math.log10(abs(value)) - 0.3) if value else 0.05
