"""One holder at a time of a file, or of the state in a folder, among threads and processes."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from xray_core.errors import XrayError


@contextmanager
def exclusive(
    folder: Path,
    error: type[XrayError],
    *,
    wait: bool = False,
    held: str = "is in use by another process",
) -> Iterator[None]:
    """Hold a folder, as `locked` holds a file.

    Args:
        folder: is made where it is missing; the lock is a file in it.
        error: what is raised, by whose state the folder holds.
        wait: until it is free, rather than raise.
        held: what is said of a folder that another holds.

    Raises:
        XrayError: of the kind `error`: another process holds it, or it cannot be written.
    """
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(folder / "lock", wait=wait))
        except BlockingIOError as busy:
            raise error(f"{folder.name!r} {held}.") from busy
        except OSError as failed:
            raise error(f"{folder} cannot be written: {failed.strerror}.") from failed
        yield


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
