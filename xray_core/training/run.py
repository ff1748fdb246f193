"""One call from configuration to bundle."""

from collections.abc import Callable
from pathlib import Path

from xray_core.settings import settings
from xray_core.training.config import TrainingConfig
from xray_core.training.films import Progress, load_films
from xray_core.training.fit import OnEpoch, fit
from xray_core.training.release import release


def train(
    config: TrainingConfig,
    *,
    on_load: Progress | None = None,
    on_epoch: OnEpoch | None = None,
    log: Callable[[str], None] = lambda _: None,
) -> Path:
    """Train a network and return the folder of its bundle.

    An interrupted run goes on from its last epoch when it is called again.

    Args:
        config: everything that decides the run.
        on_load: called with the films read so far and their number.
        on_epoch: called with the record of each epoch and the number of epochs.
        log: called with a sentence at each stage.

    Raises:
        ConfigError: the configuration does not hold together.
        DatasetError: a data folder or the manifest cannot be used.
        FilmError: a film cannot be decoded.
    """
    config.check()
    log("Reading the films.")
    films = load_films(config, on_load)
    log("; ".join(f"{role}: {len(found)} films" for role, found in films.items()) + ".")
    workdir = settings().home / "runs" / config.name
    model, history = fit(config, films, workdir, on_epoch)
    log("Calibrating on validation patients, and scoring the internal test once.")
    folder = release(config, model, films, history)
    log(f"The bundle is in {folder}.")
    return folder
