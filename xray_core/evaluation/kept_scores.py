"""What a model said of a film is kept under `XRAY_HOME`, so that no film is scored twice.

One text file for each model, `scores/<SHA-256 of the bundle>.tsv`, one line for each film, known by
the SHA-256 of its bytes: a bundle that changes, or a film, has another hash and is scored anew. It
grows as films are scored, so that what was cancelled goes on where it stopped.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from xray_core.errors import ConfigError
from xray_core.evaluation.scoring import FilmScore
from xray_core.file_lock import locked
from xray_core.inference import Status
from xray_core.settings import settings

HEAD = "# Kerley scores, form 2"
"""Another form when the reading of films changes: then all are scored again."""
END = "."
"""Last field of a line: one that was not written to its end lacks it."""


def kept_file(model_sha256: str) -> Path:
    """Return where the scores of a model are kept."""
    return settings().home / "scores" / f"{model_sha256}.tsv"


def read_kept(model_sha256: str) -> dict[str, FilmScore]:
    """Return the scores that are kept of a model, by the SHA-256 of the film."""
    try:
        text = kept_file(model_sha256).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    head, *lines = text.split("\n")
    found = (_parsed(line) for line in lines) if head == HEAD else ()
    return dict(item for item in found if item)


def keep(model_sha256: str, scores: Mapping[str, FilmScore]) -> None:
    """Add scores to those that are kept, in one piece.

    Args:
        model_sha256: of the bundle.
        scores: by the SHA-256 of the film. One that was refused or could not be read is not kept:
            settings such as `XRAY_MIN_SIDE` decide that too, and a deadline may have passed.

    Raises:
        ConfigError: nothing can be written there.
    """
    lines = [_line(key, score) for key, score in scores.items() if score.status is Status.OK]
    if not lines:
        return
    path = kept_file(model_sha256)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _begin(path)
        # One write at the end of the file: two processes do not mix their lines.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND), "wb") as file:
            file.write(("\n" + "\n".join(lines)).encode())
    except OSError as error:
        raise ConfigError(
            f"scores cannot be kept in {path.parent} ({error.strerror}); XRAY_HOME must name a "
            "folder that can be written to."
        ) from None


def _begin(path: Path) -> None:
    """Make a file with its head where there is none, or one of another form."""
    if _begun(path):
        return
    # Locked, so that no process wipes the lines that another has begun the file with.
    with locked(path.parent / "lock", wait=True):
        if not _begun(path):
            partial = path.with_suffix(f".{os.getpid()}.partial")
            partial.write_text(HEAD, encoding="utf-8")
            partial.replace(path)


def _begun(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.readline().rstrip("\n") == HEAD
    except FileNotFoundError:
        return False


def _line(sha256: str, score: FilmScore) -> str:
    age, grey = (
        "" if value is None else repr(value) for value in (score.age_years, score.mean_grey)
    )
    fields = [
        sha256,
        score.status.value,
        str(int(score.abstain)),
        str(int(score.synthetic)),
        score.phash,
        age,
        score.sex or "",
        score.view or "",
        grey,
        _numbers(score.probabilities or ()),
        *(_numbers(way) for way in score.blanked or ((), ())),
        score.reason,
        END,
    ]
    return "\t".join(" ".join(field.split()) for field in fields)


def _parsed(line: str) -> tuple[str, FilmScore] | None:
    fields = line.split("\t")
    if len(fields) != 14 or fields[-1] != END or fields[1] != Status.OK.value:
        return None
    sha256, status, abstain, synthetic, phash, age, sex, view, *fields = fields
    grey, p, lungs, frame, reason, _ = fields
    try:
        score = FilmScore(
            status=Status(status),
            reason=reason,
            probabilities=_floats(p) or None,
            blanked=(_floats(lungs), _floats(frame)) if p else None,
            abstain=abstain == "1",
            synthetic=synthetic == "1",
            phash=phash,
            age_years=float(age) if age else None,
            sex=sex or None,
            view=view or None,
            mean_grey=float(grey) if grey else None,
        )
    except ValueError:
        return None
    return sha256, score


def _numbers(values: Iterable[float]) -> str:
    return " ".join(map(repr, values))


def _floats(text: str) -> tuple[float, ...]:
    return tuple(map(float, text.split()))
