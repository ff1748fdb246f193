"""The files of a job that are not in the store of runs."""

from pathlib import Path

from xray_core.settings import settings

LOG_FILE = "log.txt"
TAIL_BYTES = 100_000


def log_path(name: str) -> Path:
    """Return where the job that makes the bundle `name` writes its log: beside its state."""
    return settings().home / "runs" / name / LOG_FILE


def read_tail(path: Path) -> str:
    """Return the end of a log; nothing where there is none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TAIL_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
