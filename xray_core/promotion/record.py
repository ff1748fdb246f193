"""The record of who made which model the champion, when, why and on what evidence.

`XRAY_HOME/promotions.jsonl`: one JSON object a line, only ever added to. Each line holds the hash
of the one before, and the index of the user's bundles that of the line which made the champion, so
that a line that was changed or taken out later is noticed.
"""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xray_core.bundle.index import read_index
from xray_core.bundle.store import stores
from xray_core.errors import BundleError, PromotionError
from xray_core.settings import settings

FILE = "promotions.jsonl"
BEGIN = "0" * 64
"""What the first line has in place of the hash of the one before."""

Action = Literal["promote", "rollback"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Model(_Frozen):
    """A bundle: its name, and the SHA-256 that tells it from another of that name."""

    name: str
    sha256: str


class Entry(_Frozen):
    """One change of the champion.

    Attributes:
        at: when, UTC.
        action: `promote` or `rollback`.
        model: the champion from then on.
        former: the champion until then; None where there was none.
        by: who did it, as they named themselves.
        reason: why, in their words.
        overridden: whether the gate had failed; then the reason says why it was done all the same.
        gate: the evidence of a promotion, as `Gate.to_json` gives it; None for a roll back.
        before: SHA-256 of the line before.
    """

    at: datetime
    action: Action
    model: Model
    former: Model | None
    by: str
    reason: str
    overridden: bool = False
    gate: dict[str, Any] | None = None
    before: str = Field(BEGIN, pattern=r"^[0-9a-f]{64}$")

    @property
    def former_name(self) -> str:
        """Name of the champion until then."""
        return self.former.name if self.former else "no model"

    @property
    def line(self) -> bytes:
        """The line of the record, without its end."""
        return self.model_dump_json().encode()

    @property
    def sha256(self) -> str:
        """Hash of the line."""
        return _hash(self.line)

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the checks that did not hold."""
        checks = (self.gate or {}).get("checks", [])
        return tuple(check["name"] for check in checks if not check["passed"])


def record_file() -> Path:
    """Return where the record is."""
    return settings().home / FILE


def now() -> datetime:
    """Return the time to the second, UTC."""
    return datetime.now(UTC).replace(microsecond=0)


def read_record() -> tuple[Entry, ...]:
    """Return all changes of the champion, the oldest first.

    Raises:
        PromotionError: the record or the index cannot be read, or a line was changed, added or
            taken out.
    """
    known = _known_to_index()  # before the record, which another process may add to meanwhile
    lines = _lines()
    entries = _chained(lines)
    # Lines after the one that is known are of changes that a crash kept from coming about.
    if known is not None and known not in map(_hash, lines):
        raise PromotionError(
            f"the line of {FILE} that made the champion is not as it was written, or is gone, so "
            "the history of the champion cannot be relied on; put back the file from a copy."
        )
    return entries


def _chained(lines: list[bytes]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    before = BEGIN
    for number, line in enumerate(lines, start=1):
        try:
            entry = Entry.model_validate_json(line)
        except ValidationError as error:
            raise PromotionError(_altered(number)) from error
        if entry.before != before:
            raise PromotionError(_altered(number))
        before = _hash(line)
        entries.append(entry)
    return tuple(entries)


def add(entry: Entry) -> Entry:
    """Add a change to the record and return it as it stands there.

    The caller holds the lock of the index, so that lines do not mix.

    Raises:
        PromotionError: the record was altered, or cannot be written.
    """
    read_record()
    lines, path = _lines(), record_file()
    entry = entry.model_copy(update={"before": _hash(lines[-1]) if lines else BEGIN})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.truncate(len(b"\n".join(lines)))  # without what a crash left of a line
            file.write((b"\n" if lines else b"") + entry.line + b"\n")
            file.flush()
            os.fsync(file.fileno())  # the champion changes only once this is surely on the disk
    except OSError as error:
        raise PromotionError(f"{FILE} cannot be written: {error.strerror}.") from error
    return entry


def take_out_last(entry: Entry) -> None:
    """Take out the last line, if it is this one: the change that it told of did not happen.

    The caller has held the lock of the index since `add`, so that nobody has built on the line.

    Raises:
        PromotionError: the record was altered, or cannot be written.
    """
    lines = _lines()  # not `read_record`: what cannot be written may be the index
    record = _chained(lines)
    if not record or record[-1] != entry:
        return
    try:
        os.truncate(record_file(), sum(len(line) + 1 for line in lines[:-1]))
    except OSError as error:
        raise PromotionError(f"{FILE} cannot be written: {error.strerror}.") from error


def overrides(sha256: str) -> tuple[Entry, ...]:
    """Return the promotions of a bundle whose gate had failed, the oldest first.

    Its card shows them for good.

    Raises:
        PromotionError: the record was altered or cannot be read.
    """
    return tuple(e for e in read_record() if e.overridden and e.model.sha256 == sha256)


def _lines() -> list[bytes]:
    """Return the lines that were written to their end, also where the last newline was lost."""
    try:
        *lines, last = record_file().read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise PromotionError(f"{FILE} cannot be read: {error.strerror}.") from error
    return [*lines, last] if _is_whole(last) else lines


def _is_whole(line: bytes) -> bool:
    """Tell a whole line from one that was cut short by a crash or a full disk."""
    try:
        Entry.model_validate_json(line)
    except ValidationError:
        return False
    return True


def _known_to_index() -> str | None:
    """Return the hash of the line that made the champion; None where the index has none."""
    try:
        return read_index(stores()[1]).promotion
    except BundleError as error:
        raise PromotionError(f"the record cannot be checked: {error}") from error


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _altered(number: int) -> str:
    return (
        f"line {number} of {FILE} is not as it was written, so the history of the champion cannot "
        "be relied on; put back the file from a copy."
    )
