"""One call from configuration to bundle."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from xray_core.bundle import BundleManifest, LungsUsed, find_bundle
from xray_core.errors import TrainingError
from xray_core.labels import task_named
from xray_core.lungs import load_lung_finder
from xray_core.settings import settings
from xray_core.training.config import TrainingConfig
from xray_core.training.earlier_films import check_unseen, read_earlier, read_start, together
from xray_core.training.film_reader import Progress
from xray_core.training.films import TRAIN, VALIDATION, FilmSet, OnFilms, load_films
from xray_core.training.fit import OnEpoch, check_network, fit
from xray_core.training.free_name import check_free
from xray_core.training.learnt import nothing_learnt
from xray_core.training.lock import exclusive
from xray_core.training.memory import keep_freed_memory
from xray_core.training.operating_point import has_both_kinds
from xray_core.training.phantom_films import PHANTOM
from xray_core.training.release import bundle_folder, release
from xray_core.training.run_state import RunState
from xray_core.training.start import what_it_began_as
from xray_core.training.steps import OnStep
from xray_core.training.store_check import check_store


def train(
    config: TrainingConfig,
    *,
    on_load: Progress | None = None,
    on_films: OnFilms | None = None,
    on_epoch: OnEpoch | None = None,
    on_step: OnStep | None = None,
    log: Callable[[str], None] = lambda _: None,
) -> Path:
    """Train a network and return the folder of its bundle.

    An interrupted run goes on from its last epoch when it is called again.

    Args:
        config: everything that decides the run.
        on_load: called with the films read so far and their number.
        on_films: called with the films by role, before anything is trained on them.
        on_epoch: called with the record of each epoch and the number of epochs.
        on_step: called within each epoch, see `steps`.
        log: called with a sentence at each stage.

    Raises:
        BundleError: the lungs are to be cropped to, and there is no segmenter.
        ConfigError: the configuration does not hold together.
        DatasetError: a data folder or the manifest cannot be used.
        DownloadError: the weights to start from cannot be downloaded.
        FilmError: a film cannot be decoded.
        TrainingError: the run is under way elsewhere, cannot be written, would replace the
            champion, or cannot go on.
    """
    config.check()
    config = name_finder(config)
    keep_freed_memory()
    workdir = settings().home / "runs" / config.name
    check_store(bundle_folder(config).parent)
    check_free(bundle_folder(config), "classifier")
    with exclusive(workdir):
        check_network(config)
        log("Reading the films.")
        films = load_films(config, on_load, log)
        log("; ".join(f"{role}: {len(found)} films" for role, found in films.items()) + ".")
        if on_films:
            on_films(films)
        earlier = check_films(films, config)
        began = what_it_began_as(config.start, config.teacher)
        check_taught(films, config)
        if aside := RunState(workdir, config, films).make_way():
            log(f"What another run of this name, or one that was cut off, has left is in {aside}.")
        model, history = fit(config, films, workdir, on_epoch, on_step)
        log("Calibrating on validation patients, and scoring the internal test once.")
        folder = release(config, model, films, history, earlier=earlier, began=began)
    if sentence := nothing_learnt(BundleManifest.read(folder).metrics):
        log(sentence)
    log(f"The bundle is in {folder}.")
    return folder


def name_finder(config: TrainingConfig) -> TrainingConfig:
    """State the segmenter that crops, by its hash: another one makes another run of it."""
    if config.preprocessing.crop != "lungs":
        return config
    finder = load_lung_finder()
    used = LungsUsed(name=finder.name, sha256=finder.sha256)
    how = config.preprocessing.model_copy(update={"lungs": used})
    return config.model_copy(update={"preprocessing": how})


def check_films(films: dict[str, FilmSet], config: TrainingConfig) -> pd.DataFrame | None:
    """Find out now, not after the last epoch, what would make the result worthless.

    Returns:
        The films of the model to start from and of those that teach, see `earlier_films`.

    Raises:
        BundleError: one of these models cannot be used.
        TrainingError: no threshold could be chosen, or one of these models has seen films that
            judge here.
    """
    source = config.operating_point.source
    if not has_both_kinds(films[VALIDATION], source):
        raise TrainingError(
            f"{source!r} has no validation films of both kinds, normal and pneumonia, so that no "
            "operating point could be chosen."
        )
    seen = []
    if (earlier := read_start(config.start)) is not None:
        check_unseen(films, earlier, config.start)
        seen.append(earlier)
    for teacher in config.teachers:
        earlier = read_earlier(find_bundle(teacher))
        check_unseen(films, earlier, teacher)
        seen.append(earlier)
    return together(seen)


def check_taught(films: dict[str, FilmSet], config: TrainingConfig) -> None:
    """Find out before the first epoch whether an output would be given that no film has taught.

    Phantoms do not count, nor films whose label allows several outputs.

    Raises:
        TrainingError: there is such an output.
    """
    task, train = task_named(config.task), films[TRAIN]
    exact = (train.allowed.sum(axis=1) == 1) & (train.table["source"] != PHANTOM).to_numpy()
    taught = train.allowed[exact].any(axis=0)
    untaught = [name for name, known in zip(task.outputs, taught, strict=True) if not known]
    if untaught:
        raise TrainingError(
            f"no training film is labelled {' or '.join(untaught)}, which the task {task.name!r} "
            "tells apart; choose a task whose classes all have films."
        )
