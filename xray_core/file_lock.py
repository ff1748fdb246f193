"""One holder of a file at a time, among threads and processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold a file; the lock ends with the process, however it ends.

    On systems without `fcntl` (Windows) nothing is locked.

    Args:
        path: an empty file that stands for what is locked; it is made where it is missing.
        wait: until it is free, rather than raise.

    Raises:
        BlockingIOError: another thread or process holds it.
        OSError: it cannot be written.
    """
    with path.open("w") as file:
        _lock(file.fileno(), wait)
        yield


def _lock(descriptor: int, wait: bool) -> None:
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
