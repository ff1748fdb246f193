"""The folder of a search: the weights of the trial that is being trained, and nothing else."""

import shutil
from contextlib import suppress
from pathlib import Path

from xray_core.errors import TrainingError
from xray_core.settings import settings
from xray_core.training.lock import exclusive


def search_folder(name: str) -> Path:
    """Return the folder of the search of that name."""
    return settings().home / "runs" / f"{name}.search"


def remove_trials(folder: Path) -> None:
    """Remove what trials have left there; the caller holds the folder."""
    for left in folder.glob("trial-*"):
        shutil.rmtree(left, ignore_errors=True)


def clear_search(name: str) -> None:
    """Remove what a search has left whose process was killed; one that is under way is let be."""
    folder = search_folder(name)
    if folder.is_dir():
        with suppress(TrainingError), exclusive(folder):
            remove_trials(folder)
