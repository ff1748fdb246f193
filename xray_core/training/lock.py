"""One training of a name at a time."""

from contextlib import AbstractContextManager
from pathlib import Path

from xray_core import file_lock
from xray_core.errors import TrainingError


def exclusive(folder: Path) -> AbstractContextManager[None]:
    """Hold the folder of a run for this process; see `file_lock.exclusive`.

    Raises:
        TrainingError: another process trains it, or it cannot be written.
    """
    return file_lock.exclusive(folder, TrainingError, held="is already being trained")
