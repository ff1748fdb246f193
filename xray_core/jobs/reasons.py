"""Why a job failed, as one sentence for its owner."""

import errno
import signal

from xray_core.errors import XrayError
from xray_core.settings import masked

MEMORY = (
    "it needs more memory than there is: choose a smaller input size, a smaller batch, a smaller "
    "network or fewer films, and close what else runs on this computer."
)
LAST = "the last epoch, or trial of a search, that was complete"
DISK = "the disk is full: make room where XRAY_HOME is, then press Resume."


def why_failed(error: BaseException) -> str:
    """Return the sentence for whatever a training raised."""
    if _disk_is_full(error):  # first: TensorFlow has one name for both
        return DISK
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return MEMORY
    if isinstance(error, XrayError):
        return _one_line(str(error))
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or _one_line(str(error))}."
    return f"an unexpected {type(error).__name__} stopped it: {_one_line(str(error))[:300]}"


def _disk_is_full(error: BaseException | None) -> bool:
    """Tell a full disk, also from what h5py and SQLite make of it."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if "No space left on device" in str(error) or "disk is full" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def why_ended(code: int) -> str:
    """Return the sentence for a process that ended with this exit code and said nothing.

    Args:
        code: as `subprocess` gives it: below 0 the number of a signal.
    """
    if code == -signal.SIGKILL:
        return (
            "its process was killed: by hand, or by the system because memory ran out; Resume goes "
            f"on from {LAST}, and a smaller batch or input size needs less memory."
        )
    if code < 0:
        return (
            f"its process crashed ({_signal_name(-code)}), which happens when memory runs out; the "
            f"log may say more, and Resume goes on from {LAST}."
        )
    return f"its process ended with exit code {code} and gave no reason; the log may say more."


def why_lost(worker: str) -> str:
    """Return the sentence for a job whose worker is gone."""
    which = f"its worker ({worker})" if worker else "its worker"
    return f"{which} was killed or lost; Resume goes on from {LAST}."


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _one_line(text: str) -> str:
    return " ".join(masked(text).split())
