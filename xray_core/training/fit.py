"""The training loop: one epoch at a time, each of them a point to resume from."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from xray_core.errors import ConfigError, TrainingError
from xray_core.labels import task_named
from xray_core.networks.registry import network
from xray_core.networks.transfer import apply_strategy
from xray_core.training.batches import EpochBatches
from xray_core.training.chance import scale_stochastic_depth, seed_chance
from xray_core.training.config import TrainingConfig
from xray_core.training.epochs import EpochRecord as EpochRecord
from xray_core.training.epochs import is_over, rate_of
from xray_core.training.films import TRAIN, FilmSet
from xray_core.training.loss import PartialLabelLoss
from xray_core.training.mix_style import early_layers, mixing_style
from xray_core.training.optimiser import build_optimiser
from xray_core.training.quick_layers.swap import TO_SCORE, quick_layers
from xray_core.training.run_state import RunState
from xray_core.training.start import start_from
from xray_core.training.steps import OnStep, StepReports
from xray_core.training.teacher import Teacher
from xray_core.training.validation import validate

SCORED_AT_ONCE = 512
"""Films; a multiple of the batch, so that every batch is as it would be of all at once."""

OnEpoch = Callable[[EpochRecord, int], None]


def fit(
    config: TrainingConfig,
    films: dict[str, FilmSet],
    workdir: Path,
    on_epoch: OnEpoch | None = None,
    on_step: OnStep | None = None,
) -> tuple[Any, list[EpochRecord]]:
    """Train and return the model with the weights of the best epoch, and the history.

    After every epoch the weights, the optimiser and the history are in `workdir`; calling again
    with the same configuration goes on from there. With `deterministic` the history is then that of
    an uninterrupted run to the last bit; that setting holds for the rest of the process.

    Args:
        config: the run; `best` says which epoch is the best.
        films: from `load_films`.
        workdir: folder for the state of this run.
        on_epoch: called after each epoch with its record and the number of epochs.
        on_step: called within each epoch, see `steps`.

    Raises:
        BundleError: the model to start from, or the one that teaches, cannot be used.
        ConfigError: the weights to start from, the transfer strategy or the teacher do not fit.
        DownloadError: the weights to start from cannot be downloaded.
        TrainingError: the loss is not a number any more.
    """
    model = _build(config)
    state = RunState(workdir, config, films)
    history = _fit(model, state, films, config, on_epoch, on_step)
    model.load_weights(state.best)
    return model, history


def _fit(
    model: Any,
    state: RunState,
    films: dict[str, FilmSet],
    config: TrainingConfig,
    on_epoch: OnEpoch | None,
    on_step: OnStep | None,
) -> list[EpochRecord]:
    """Train from where the state is to the end, and return the history."""
    history = state.history()
    teacher = Teacher(config) if config.teacher else None
    if compiled := bool(history):
        apply_strategy(model, config.transfer, len(history) - 1)
        _compile(model, config, history[:-1])
        state.restore(model)
    while not is_over(config, history):
        if apply_strategy(model, config.transfer, len(history)) or not compiled:
            _compile(model, config, history)
            compiled = True
        history.append(_epoch(model, films, config, history, on_step, teacher))
        state.save(model, history)
        if on_epoch:
            on_epoch(history[-1], config.epochs)
    return history


def check_network(config: TrainingConfig) -> None:
    """Build the network of a run and let go of it: what cannot be is told before films are read.

    Raises:
        BundleError: the model to start from, or the one that teaches, cannot be used.
        ConfigError: the input is too small for the network, or the weights to start from, the
            transfer strategy, the mixing of style or the teacher do not fit it.
        DownloadError: the weights to start from cannot be downloaded.
    """
    if config.teacher:
        Teacher(config)
    model = _build(config)
    apply_strategy(model, config.transfer, 0)
    if config.augmentation.mix_style and not early_layers(model):
        raise ConfigError(
            f"mix_style is {config.augmentation.mix_style:g}, and {config.network} has no feature "
            "maps to mix; allowed for it is 0."
        )


def logits(model: Any, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the logits (N, K) of inputs (N, S, S), N at least 1.

    They may be mapped from the disk: `SCORED_AT_ONCE` of them are in memory at a time.
    """
    parts = [
        model.predict(inputs[first : first + SCORED_AT_ONCE, ..., None], batch_size=64, verbose=0)
        for first in range(0, len(inputs), SCORED_AT_ONCE)
    ]
    return np.concatenate(parts)


def _build(config: TrainingConfig) -> Any:
    keras.utils.set_random_seed(config.seed % 2**32)
    if config.deterministic:
        tf.config.experimental.enable_op_determinism()
    spec = network(config.network)
    model = spec.build(config.size, len(task_named(config.task).outputs))
    start_from(model, config.start)
    scale_stochastic_depth(model, config.stochastic_depth)
    return model


def _compile(model: Any, config: TrainingConfig, history: Sequence[EpochRecord]) -> None:
    """Give the model loss and optimiser for the epoch that follows the history."""
    focus = config.focal_gamma if config.imbalance == "focal" else 0.0
    optimiser = build_optimiser(config, len(history), _rate(config, history))
    taught = config.teacher_share if config.teacher else 0.0
    model.compile(optimiser, PartialLabelLoss(config.label_smoothing, focus, taught))


def _rate(config: TrainingConfig, history: Sequence[EpochRecord]) -> float:
    return rate_of(config, history) * config.transfer.rate_factor(len(history))


def _epoch(
    model: Any,
    films: dict[str, FilmSet],
    config: TrainingConfig,
    history: Sequence[EpochRecord],
    on_step: OnStep | None,
    teacher: Teacher | None,
) -> EpochRecord:
    epoch = len(history)
    seed_chance(model, config.seed, epoch)
    if config.schedule != "cosine":
        model.optimizer.learning_rate = _rate(config, history)
    # The batches have their order already; Keras would draw another from a state of its own.
    batches = EpochBatches(films[TRAIN], config, epoch, teacher)
    reports = [StepReports(on_step, epoch + 1, len(batches))] if on_step else []
    mixed = config.augmentation.mix_style
    with quick_layers(model), mixing_style(model, mixed, config.seed):
        fitted = model.fit(batches, shuffle=False, verbose=0, callbacks=reports)
    with quick_layers(model, TO_SCORE):
        found = validate(partial(logits, model), films, config)
    record = EpochRecord(
        epoch=epoch + 1,
        loss=round(float(fitted.history["loss"][0]), 5),
        rate=float(np.asarray(model.optimizer.learning_rate)),
        **found,
    )
    if not np.isfinite((record.loss, record.worst_loss)).all():
        raise TrainingError(
            f"the loss of epoch {record.epoch} is not a number; a lower rate than "
            f"{config.rate:g} is needed."
        )
    return record
