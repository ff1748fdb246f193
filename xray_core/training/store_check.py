"""Whether a bundle could be written, found out before the training and not after it."""

from pathlib import Path
from tempfile import TemporaryFile

from xray_core.errors import TrainingError


def check_store(store: Path) -> None:
    """Make the folder of a store and try to write into it.

    Raises:
        TrainingError: that fails.
    """
    try:
        store.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=store):
            pass
    except OSError as error:
        raise TrainingError(f"{store} cannot be written: {error.strerror}.") from error
