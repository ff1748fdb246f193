"""One process at a time for one piece of state."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from xray_core.errors import TrainingError
from xray_core.file_lock import locked


@contextmanager
def exclusive(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold a folder for this process; see `file_lock.locked`.

    Args:
        folder: is made where it is missing; the lock is a file in it.
        wait: until it is free, rather than raise.

    Raises:
        TrainingError: another process holds it, or it cannot be written.
    """
    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(folder / "lock", wait=wait))
        except BlockingIOError as error:
            raise TrainingError(f"{folder.name!r} is already being trained.") from error
        except OSError as error:
            raise TrainingError(f"{folder} cannot be written: {error.strerror}.") from error
        yield
