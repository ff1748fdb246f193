"""What a process of this package needs that another one starts."""

import os
import threading
from typing import BinaryIO

from xray_core.onednn import ask_for_onednn
from xray_core.settings import PROJECT_ROOT, settings


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment, in which this package is found before any other.

    What the settings name is named by absolute paths: the process may run in another folder.

    Args:
        more: variables beside those, or instead.
    """
    paths = [str(PROJECT_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    found = settings()
    named = {"XRAY_HOME": found.home, "XRAY_MODELS_DIR": found.models_dir}
    absolute = {name: str(path.resolve()) for name, path in named.items()}
    runs = {"XRAY_MLFLOW": found.mlflow} if found.mlflow else {}
    child = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **absolute, **runs, **more}
    ask_for_onednn(child)
    return child


def end_with_parent() -> None:
    """Let this process end when its standard input does, in which nothing is ever written.

    It is a pipe that the parent holds open, so it ends with the parent, in whatever manner.
    """
    threading.Thread(target=_wait_for_the_end, daemon=True).start()


def _wait_for_the_end() -> None:
    # Not through sys.stdin: Python aborts when it ends while a thread waits in a buffered reader.
    while os.read(0, 1):
        pass
    os._exit(1)


def pipe(stream: object) -> BinaryIO:
    """Return a pipe that `Popen` was asked for and therefore has."""
    assert stream is not None
    return stream  # type: ignore[return-value]
