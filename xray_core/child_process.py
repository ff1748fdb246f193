"""What a process of this package needs that another one starts."""

import os
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


def pipe(stream: object) -> BinaryIO:
    """Return a pipe that `Popen` was asked for and therefore has."""
    assert stream is not None
    return stream  # type: ignore[return-value]
