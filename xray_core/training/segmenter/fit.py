"""The training loop: one epoch at a time, each of them a point to resume from."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
import pandas as pd

from xray_core.datasets.splits import TRAIN, VALIDATION
from xray_core.errors import TrainingError
from xray_core.imaging.geometry import InputGeometry, normalise
from xray_core.networks.lung_unet import build_lung_unet
from xray_core.training.chance import seed_chance
from xray_core.training.segmenter.batches import MaskedBatches
from xray_core.training.segmenter.config import SegmenterConfig
from xray_core.training.segmenter.films import MaskedSet
from xray_core.training.segmenter.loss import outline_loss, pose_loss
from xray_core.training.state_folder import StateFolder


@dataclass(frozen=True)
class SegmenterEpoch:
    """What one epoch gave.

    Attributes:
        epoch: from 1.
        loss: mean training loss, of changed films.
        validation_dice: mean Dice of the validation films, in the network's square view.
    """

    epoch: int
    loss: float
    validation_dice: float


OnSegmenterEpoch = Callable[[SegmenterEpoch, int], None]


def fit_segmenter(
    config: SegmenterConfig,
    films: dict[str, MaskedSet],
    workdir: Path,
    on_epoch: OnSegmenterEpoch | None = None,
) -> tuple[Any, list[SegmenterEpoch]]:
    """Train and return the model with the weights of the last epoch, and the history.

    The rate falls to zero, so the last epoch is the one that is meant. After every epoch the state
    is in `workdir`; calling again with the same configuration goes on from there.

    Raises:
        TrainingError: the loss is not a number any more.
    """
    keras.utils.set_random_seed(config.seed % 2**32)
    model = build_lung_unet(config.input_size)
    model.compile(
        _optimiser(config),
        [outline_loss, pose_loss],
        loss_weights=[1.0, config.pose_weight],
        jit_compile=False,  # slower on a processor
    )
    state = StateFolder(workdir, _key(config, films), SegmenterEpoch, keeps_best=False)
    if history := state.epochs():
        state.restore(model)
    for epoch in range(len(history), config.epochs):
        seed_chance(model, config.seed, epoch)
        batches = MaskedBatches(films[TRAIN], config, epoch)
        with _single_threaded_opencv():
            loss = float(model.fit(batches, shuffle=False, verbose=0).history["loss"][0])
        if not np.isfinite(loss):
            raise TrainingError(
                f"the loss of epoch {epoch + 1} is not a number; a lower rate than "
                f"{config.rate:g} is needed."
            )
        dice = _validation_dice(model, films[VALIDATION], config)
        history.append(SegmenterEpoch(epoch + 1, round(loss, 5), round(dice, 5)))
        state.write(model.save_weights, history)
        if on_epoch:
            on_epoch(history[-1], config.epochs)
    return model, history


@contextmanager
def _single_threaded_opencv() -> Iterator[None]:
    """Keep OpenCV's threads from TensorFlow's: its pictures here are too small to share."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def _optimiser(config: SegmenterConfig) -> Any:
    steps = config.films_per_epoch // config.batch
    warmup = min(steps, config.epochs * steps // 4)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=config.rate / 20,
        decay_steps=max(1, config.epochs * steps - warmup),
        warmup_target=config.rate,
        warmup_steps=warmup,
    )
    optimiser = keras.optimizers.AdamW(
        schedule, weight_decay=config.weight_decay, global_clipnorm=1.0
    )
    optimiser.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimiser


def _validation_dice(model: Any, films: MaskedSet, config: SegmenterConfig) -> float:
    how, found = config.preprocessing, []
    masked = [film for film in films.films if not film.ignored.all()]
    geometries = [InputGeometry.whole(f.lungs.shape, config.input_size) for f in masked]
    inputs = [
        normalise(g.to_input(f.pixels), how.normalisation, how.low, how.high)
        for g, f in zip(geometries, masked, strict=True)
    ]
    logits = model.predict(np.stack(inputs)[..., None], batch_size=64, verbose=0)[0][..., 0]
    for g, f, logit in zip(geometries, masked, logits, strict=True):
        lung = g.to_input(f.lungs.astype(np.float32)) >= 0.5
        scored = g.to_input(f.ignored.astype(np.float32)) < 0.5
        drawn = (logit > 0) & scored
        found.append(2 * (drawn & lung).sum() / max(1, drawn.sum() + (lung & scored).sum()))
    return float(np.mean(found))


def _key(config: SegmenterConfig, films: dict[str, MaskedSet]) -> str:
    """Return a hash of all that decides the weights: the settings, and films, masks and roles."""
    settings = config.model_dump_json(
        exclude={"data", "title", "store", "default", "file", "limit_quantile"}
    )
    heart = [(folder.source, folder.heart, folder.share) for folder in config.data]
    rows = pd.concat([s.table[["sha256", "path", "role", "mask"]] for s in films.values()])
    listed = rows.sort_values(list(rows.columns)).to_csv(index=False)
    return hashlib.sha256(f"{settings}\n{heart}\n{listed}".encode()).hexdigest()
