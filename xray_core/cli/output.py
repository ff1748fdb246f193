"""What commands print: JSON or text on standard output, progress on standard error."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer

from xray_core.errors import ConfigError
from xray_core.evaluation.counted import COUNTED
from xray_core.notice import NOTICE

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def _named(name: str | None) -> str | None:
    """Refuse an empty name, as an unset variable of a script gives: it would mean the champion."""
    if name is not None and not name.strip():
        raise ConfigError("--model is empty; allowed is a name that `models` lists.")
    return name


Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="Model to use; by default the champion (see `models`).",
        callback=_named,
    ),
]

Split = Annotated[
    str | None,
    typer.Option(
        "--split",
        metavar="S",
        help="A split folder (train, val, test), or a role of the project's manifest of patients "
        "(validation, internal_test); by default all films.",
    ),
]
PHANTOMS = ("synthetic", "synthetic phantoms, not patients")

ABSTAINS = "ABSTAIN: the model should not decide on this film"


def print_json(content: Any) -> None:
    """Print one JSON value on one line, at once."""
    print(json.dumps(content, allow_nan=False), flush=True)


def print_text(lines: Iterable[str]) -> None:
    """Print lines."""
    print("\n".join(lines), flush=True)


def print_notice() -> None:
    """Print what stands below every result."""
    print_text(["", NOTICE])


def table(rows: Sequence[Sequence[str]], indent: str = "") -> list[str]:
    """Return rows as lines with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        indent + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def percent(value: float | None, ends: Sequence[float] | None = None) -> str:
    """Return a share in per cent with its interval, or `undefined`."""
    if value is None:
        return "undefined"
    interval = f" ({ends[0]:.1%} to {ends[1]:.1%})" if ends else ""
    return f"{value:.1%}{interval}"


def decimal(value: float | None, ends: Sequence[float] | None = None) -> str:
    """Return a number to three places with its interval, or `undefined`."""
    if value is None:
        return "undefined"
    interval = f" ({ends[0]:.3f} to {ends[1]:.3f})" if ends else ""
    return f"{value:.3f}{interval}"


def counted(out: Mapping[str, Any]) -> list[str]:
    """Return which films a result leaves out or counts all the same, and how many; none for 0."""
    return [f"{out[key]:,} {words}" for key, words in (*COUNTED, PHANTOMS) if out[key]]


def progress(what: str) -> Callable[[int, int], None] | None:
    """Return a callback that shows (done, total) on one line of a terminal; None where none is."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        end = "\n" if done >= total else ""
        print(f"\r{what} {done:,} of {total:,}", end=end, file=sys.stderr, flush=True)

    return show
