"""One process at a time for one piece of state."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xray_core.errors import TrainingError


@contextmanager
def exclusive(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold a folder for this process; the lock ends with the process, however it ends.

    Args:
        folder: is made where it is missing; the lock is a file in it.
        wait: until it is free, rather than raise.

    On systems without `fcntl` (Windows) nothing is locked.

    Raises:
        TrainingError: another process holds it, or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("w")
    except OSError as error:
        raise TrainingError(f"{folder} cannot be written: {error.strerror}.") from error
    with file:
        _lock(file.fileno(), folder, wait)
        yield


def _lock(descriptor: int, folder: Path, wait: bool) -> None:
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as error:
        raise TrainingError(f"{folder.name!r} is already being trained.") from error
