"""What numbered class folders mean, from the label map beside them."""

import json
import re
from collections.abc import Iterable

from xray_core.datasets.class_names import ALLOWED, class_named
from xray_core.errors import DatasetError

LABEL_MAPS = frozenset({"labels.json", "label_map.json", "classes.json", "classes.txt"})
_MAX_BYTES = 2**20


def parse_label_map(name: str, data: bytes) -> dict[int, str]:
    """Return number → class (or PNEUMONIA) from the text of a label map.

    JSON holds an object, number to name or name to number, or a list whose first name is number 0.
    Text holds a line for each class, `0 NORMAL` or `NORMAL: 0`, or names alone, the first number 0.

    Args:
        name: the file's name, for messages; its extension says which of the two it is.
        data: the file's bytes, UTF-8.

    Raises:
        DatasetError: it cannot be read so, a name is not a class, or a number occurs twice.
    """
    if len(data) > _MAX_BYTES:
        raise DatasetError(f"label map {name} has {len(data)} bytes; allowed are {_MAX_BYTES}.")
    try:
        text = data.decode("utf-8-sig")
        pairs = _json_pairs(text) if name.endswith(".json") else _text_pairs(text)
    except (ValueError, TypeError, RecursionError):
        raise DatasetError(
            f"label map {name} cannot be read; allowed are pairs of a number and a class."
        ) from None
    return _checked(name, pairs)


def merge_label_maps(maps: Iterable[dict[int, str]]) -> dict[int, str]:
    """Return all label maps as one.

    Raises:
        DatasetError: two of them disagree.
    """
    merged: dict[int, str] = {}
    for numbers in maps:
        for number, name in numbers.items():
            if merged.setdefault(number, name) != name:
                raise DatasetError(
                    f"class {number} is {merged[number]} in one label map and {name} in another; "
                    "they must agree."
                )
    return merged


def _json_pairs(text: str) -> list[tuple[str, str]]:
    # Objects as tuples of pairs: a dict would drop all but the last of two equal keys.
    content = json.loads(text, object_pairs_hook=tuple)
    if isinstance(content, list):
        return [(str(i), str(name)) for i, name in enumerate(content)]
    if isinstance(content, tuple):
        return [(str(key), str(value)) for key, value in content]
    raise TypeError(content)


def _text_pairs(text: str) -> list[tuple[str, str]]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if all(class_named(line) for line in lines):
        return [(str(i), line) for i, line in enumerate(lines)]
    return [_text_pair(line) for line in lines]


def _text_pair(line: str) -> tuple[str, str]:
    """Split `0 Viral Pneumonia` or `Viral Pneumonia: 0` at the number's side."""
    match = re.fullmatch(r"(\d+)[\s:=,]+(.+)|(.+?)[\s:=,]+(\d+)", line)
    if match is None:
        raise ValueError(line)
    return (match[1], match[2]) if match[1] else (match[3], match[4])


def _checked(name: str, pairs: list[tuple[str, str]]) -> dict[int, str]:
    numbers: dict[int, str] = {}
    for pair in pairs:
        number, word = pair if pair[0].isdecimal() else pair[::-1]
        class_name = class_named(word)
        if not number.isdecimal() or class_name is None:
            raise DatasetError(
                f"label map {name} pairs {pair[0]!r} with {pair[1]!r}; "
                f"allowed are a number and one of {ALLOWED}."
            )
        if numbers.setdefault(int(number), class_name) != class_name:
            raise DatasetError(
                f"label map {name} gives number {int(number)} two classes; allowed is one."
            )
    return numbers
