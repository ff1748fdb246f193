"""Measured films and finished audits, kept by content under `XRAY_HOME`.

The cache is a convenience: where it cannot be opened, read or written, everything is computed anew
and nothing is said.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import fields
from pathlib import Path

import numpy as np

from xray_core.datasets.audit.measure import SIDE, FilmMeasure, State
from xray_core.settings import settings

VERSION = 1
"""Of what is measured: a film measured by another version is measured again."""
_LIMITS = ("min_side", "max_side", "max_pixels", "max_file_bytes", "max_expansion")
"""Settings that decide whether a file is a film."""

_AT_ONCE = 500
_PLAIN = tuple(field.name for field in fields(FilmMeasure) if field.name not in ("sha256", "small"))
_TABLES = """
CREATE TABLE IF NOT EXISTS films (
    sha256 TEXT, version TEXT, facts TEXT, small BLOB, PRIMARY KEY (sha256, version));
CREATE TABLE IF NOT EXISTS audits (key TEXT PRIMARY KEY, content TEXT);
"""


def measured_by() -> str:
    """Return what decides how a film is measured and whether it is one: our version, the limits."""
    limits = (f"{name}={getattr(settings(), name)}" for name in _LIMITS)
    return " ".join((str(VERSION), *limits))


class AuditCache:
    """One SQLite file, `XRAY_HOME/cache/audit.sqlite`; one object for one audit.

    A film takes 13 kB, and as much again under other limits of the settings. The file may be
    deleted at any time.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._base: sqlite3.Connection | None = None
        path = path or settings().home / "cache" / "audit.sqlite"
        with suppress(OSError, sqlite3.Error):
            path.parent.mkdir(parents=True, exist_ok=True)
            base = sqlite3.connect(path, timeout=10, check_same_thread=False)
            base.executescript(_TABLES)
            self._base = base

    def close(self) -> None:
        """Close the file."""
        if self._base is not None:
            self._base.close()

    def films(self, hashes: Sequence[str]) -> dict[str, FilmMeasure]:
        """Return the films that are known among these."""
        found: dict[str, FilmMeasure] = {}
        for sha256, facts, small in self._films("sha256, facts, small", hashes):
            with suppress(ValueError, TypeError):  # damaged: measured again
                found[sha256] = _measure(sha256, facts, small)
        return found

    def states(self, hashes: Sequence[str]) -> dict[str, State]:
        """Return whether the films that are known among these could be read, without the rest."""
        found: dict[str, State] = {}
        for sha256, facts in self._films("sha256, facts", hashes):
            with suppress(ValueError, TypeError, KeyError):
                found[sha256] = State(json.loads(facts)["state"])
        return found

    def _films(self, columns: str, hashes: Sequence[str]) -> Iterator[tuple[str, ...]]:
        for first in range(0, len(hashes), _AT_ONCE):
            some = hashes[first : first + _AT_ONCE]
            marks = ",".join("?" * len(some))
            yield from self._rows(
                f"SELECT {columns} FROM films WHERE version = ? AND sha256 IN ({marks})",
                (measured_by(), *some),
            )

    def keep_films(self, measures: Iterable[FilmMeasure]) -> None:
        """Keep films; one that could not be read may be readable under other limits, or later."""
        version = measured_by()
        rows = [
            (m.sha256, version, _facts(m), None if m.small is None else m.small.tobytes())
            for m in measures
            if m.state is not State.UNREADABLE
        ]
        if rows:
            self._write("INSERT OR REPLACE INTO films VALUES (?, ?, ?, ?)", rows)

    def audit(self, key: str) -> str | None:
        """Return the JSON of a finished audit."""
        rows = self._rows("SELECT content FROM audits WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def keep_audit(self, key: str, content: str) -> None:
        """Keep the JSON of a finished audit."""
        self._write("INSERT OR REPLACE INTO audits VALUES (?, ?)", [(key, content)])

    def _rows(self, query: str, values: Sequence[object]) -> list[tuple[str, ...]]:
        if self._base is None:
            return []
        with suppress(sqlite3.Error), self._lock, closing(self._base.cursor()) as cursor:
            return cursor.execute(query, values).fetchall()
        return []

    def _write(self, query: str, rows: Sequence[Sequence[object]]) -> None:
        if self._base is not None:
            with suppress(sqlite3.Error), self._lock, self._base:
                self._base.executemany(query, rows)


def _facts(measure: FilmMeasure) -> str:
    return json.dumps({name: getattr(measure, name) for name in _PLAIN})


def _measure(sha256: str, facts: str, small: str | bytes | None) -> FilmMeasure:
    """Rebuild a film.

    Raises:
        ValueError, TypeError: the row is not one that `keep_films` wrote.
    """
    content = json.loads(facts)
    state = State(content.pop("state"))
    picture = None
    if state is State.READ:
        if not isinstance(small, bytes):
            raise TypeError(sha256)
        picture = np.frombuffer(small, np.uint8).reshape(SIDE, SIDE)
    return FilmMeasure(sha256, state, **content, small=picture)
