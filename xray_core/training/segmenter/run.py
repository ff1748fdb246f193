"""One call from configuration to segmenter."""

from collections.abc import Callable
from pathlib import Path

from xray_core.settings import settings
from xray_core.training.free_name import check_free
from xray_core.training.lock import exclusive
from xray_core.training.memory import keep_freed_memory
from xray_core.training.segmenter.config import SegmenterConfig
from xray_core.training.segmenter.films import Progress, load_masked_films
from xray_core.training.segmenter.fit import OnSegmenterEpoch, fit_segmenter
from xray_core.training.segmenter.release import release_segmenter, segmenter_folder
from xray_core.training.store_check import check_store


def train_segmenter(
    config: SegmenterConfig,
    *,
    on_load: Progress | None = None,
    on_epoch: OnSegmenterEpoch | None = None,
    log: Callable[[str], None] = lambda _: None,
) -> Path:
    """Train the lung finder and return the folder of its bundle.

    An interrupted run goes on from its last epoch when it is called again.

    Args:
        config: everything that decides the run.
        on_load: called with the films read so far and their number.
        on_epoch: called with the record of each epoch and the number of epochs.
        log: called with a sentence at each stage.

    Raises:
        ConfigError: the configuration does not hold together.
        DatasetError: a data folder, a mask or the manifest cannot be used.
        FilmError: a film or mask cannot be decoded.
        TrainingError: the run is under way elsewhere, cannot be written, or cannot go on; or an
            installed classifier needs the bundle of this name as it is.
    """
    config.check()
    keep_freed_memory()
    workdir = settings().home / "runs" / config.name
    check_store(segmenter_folder(config).parent)
    check_free(segmenter_folder(config), "segmenter")
    with exclusive(workdir):
        log("Reading the films and their masks.")
        films = load_masked_films(config, on_load)
        log("; ".join(f"{role}: {len(found)} films" for role, found in films.items()) + ".")
        model, history = fit_segmenter(config, films, workdir, on_epoch)
        log("Setting the limits on validation films, and scoring the internal test once.")
        folder = release_segmenter(config, model, films, history)
    log(f"The bundle is in {folder}.")
    return folder
