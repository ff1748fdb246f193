"""The training loop: one epoch at a time, each of them a point to resume from."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax

from xray_core.calibration import partial_log_loss
from xray_core.errors import TrainingError
from xray_core.evaluation.statistics import auc
from xray_core.labels import task_named
from xray_core.networks.registry import network
from xray_core.training.batches import EpochBatches
from xray_core.training.config import TrainingConfig
from xray_core.training.films import STRESSED, TRAIN, VALIDATION, FilmSet, style_weights
from xray_core.training.loss import PartialLabelLoss


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch gave.

    Attributes:
        epoch: from 1.
        loss: mean training loss, of augmented and mixed films.
        validation_loss: mean partial log loss of the validation films.
        validation_auc: of NORMAL against PNEUMONIA on the validation films.
        stressed_loss: as the validation loss, on the stressed validation films.
        stressed_auc: likewise.
        styled_loss: as the validation loss, each film weighted by the inverse of the probability
            that its style alone gives its class; None where style is left out.
        styled_auc: likewise.
        rate: learning rate at its end.
    """

    epoch: int
    loss: float
    validation_loss: float
    validation_auc: float
    stressed_loss: float
    stressed_auc: float
    rate: float
    styled_loss: float | None = None
    styled_auc: float | None = None

    @property
    def worse_loss(self) -> float:
        """The loss by which epochs are chosen: the worst of plain, stressed and styled."""
        return max(self.validation_loss, self.stressed_loss, self.styled_loss or 0.0)


OnEpoch = Callable[[EpochRecord, int], None]


def fit(
    config: TrainingConfig,
    films: dict[str, FilmSet],
    workdir: Path,
    on_epoch: OnEpoch | None = None,
) -> tuple[Any, list[EpochRecord]]:
    """Train and return the model with the weights of the best epoch, and the history.

    The best epoch has the least loss on the worse of plain and stressed validation films. After
    every epoch the weights, the optimiser and the history are in `workdir`; calling again with the
    same configuration goes on from there.

    Args:
        config: the run.
        films: from `load_films`.
        workdir: folder for the state of this run.
        on_epoch: called after each epoch with its record and the number of epochs.

    Raises:
        TrainingError: the loss is not a number any more.
    """
    keras.utils.set_random_seed(config.seed % 2**32)
    spec = network(config.network)
    model = spec.build(config.size, len(task_named(config.task).outputs))
    if config.start == "imagenet":
        spec.start_from_imagenet(model)
    model.compile(_optimiser(config), PartialLabelLoss(config.label_smoothing))
    state = _RunState(workdir, config, films)
    history = state.restore(model)
    for epoch in range(len(history), config.epochs):
        _seed_dropout(model, config.seed, epoch)
        # The batches have their order already; Keras would draw another from a state of its own.
        batches = EpochBatches(films[TRAIN], config, epoch)
        fitted = model.fit(batches, shuffle=False, verbose=0)
        record = _validate(model, films, config, epoch, fitted.history["loss"][0])
        if not np.isfinite((record.loss, record.worse_loss)).all():
            raise TrainingError(
                f"the loss of epoch {record.epoch} is not a number; a lower rate than "
                f"{config.rate:g} is needed."
            )
        history.append(record)
        state.save(model, history)
        if on_epoch:
            on_epoch(record, config.epochs)
    model.load_weights(state.best)
    return model, history


def logits(model: Any, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the logits (N, K) of inputs (N, S, S)."""
    return np.asarray(model.predict(inputs[..., None], batch_size=64, verbose=0))


def _seed_dropout(model: Any, seed: int, epoch: int) -> None:
    """Key dropout by seed and epoch: its state is not among the weights that are saved."""
    for layer in model.layers:
        if (generator := getattr(layer, "seed_generator", None)) is not None:
            generator.state.assign([seed % 2**32, epoch])


def _optimiser(config: TrainingConfig) -> Any:
    steps = config.films_per_epoch // config.batch
    warmup = int(config.warmup_epochs * steps)
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


def _validate(
    model: Any, films: dict[str, FilmSet], config: TrainingConfig, epoch: int, loss: float
) -> EpochRecord:
    plain, styled = _figures(model, films[VALIDATION], config)
    stressed, _ = _figures(model, films[STRESSED], config)
    return EpochRecord(
        epoch=epoch + 1,
        loss=round(float(loss), 5),
        validation_loss=plain[0],
        validation_auc=plain[1],
        stressed_loss=stressed[0],
        stressed_auc=stressed[1],
        rate=float(np.asarray(model.optimizer.learning_rate)),
        styled_loss=styled[0] if styled else None,
        styled_auc=styled[1] if styled else None,
    )


def _figures(
    model: Any, films: FilmSet, config: TrainingConfig
) -> tuple[tuple[float, float], tuple[float, float] | None]:
    """Return loss and AUC, and both again with the films weighted against their style."""
    scores = logits(model, films.images)
    plain = _loss_and_auc(scores, films, config, np.ones(len(films)))
    if films.by_style is None:
        return plain, None
    return plain, _loss_and_auc(scores, films, config, style_weights(films, config.style_floor))


def _loss_and_auc(
    scores: NDArray[np.float32],
    films: FilmSet,
    config: TrainingConfig,
    weights: NDArray[np.float64],
) -> tuple[float, float]:
    normal = task_named(config.task).normal_index
    p_pneumonia = 1.0 - softmax(scores.astype(np.float64), axis=1)[:, normal]
    area = auc(p_pneumonia, ~films.allowed[:, normal], weights[None])
    loss = partial_log_loss(scores, films.allowed, weights=weights)
    return round(loss, 5), round(float(area[0]), 5)


class _RunState:
    """The files of a run: `last` to go on from, `best` to release, the history that ties them."""

    def __init__(self, workdir: Path, config: TrainingConfig, films: dict[str, FilmSet]) -> None:
        workdir.mkdir(parents=True, exist_ok=True)
        self.workdir = workdir
        self.best = workdir / "best.weights.h5"
        self._history = workdir / "history.json"
        self._key = _key(config, films)

    def restore(self, model: Any) -> list[EpochRecord]:
        """Load the last state of the same configuration into the model, if there is one."""
        content = json.loads(self._history.read_text()) if self._history.exists() else {}
        if content.get("run") != self._key:
            self._history.unlink(missing_ok=True)
            self.best.unlink(missing_ok=True)
            return []
        model.optimizer.build(model.trainable_variables)
        model.load_weights(self.workdir / content["last"])
        return [EpochRecord(**record) for record in content["epochs"]]

    def save(self, model: Any, history: list[EpochRecord]) -> None:
        """Write the state; the history is replaced last, so a kill leaves the former state."""
        last = f"last-{len(history) % 2}.weights.h5"
        model.save_weights(self.workdir / last)
        if history[-1].worse_loss == min(record.worse_loss for record in history):
            partial = self.workdir / "partial.weights.h5"
            model.save_weights(partial)
            partial.replace(self.best)
        content = {
            "run": self._key,
            "last": last,
            "epochs": [asdict(record) for record in history],
        }
        partial = self._history.with_suffix(".partial")
        partial.write_text(json.dumps(content, indent=1))
        partial.replace(self._history)


def _key(config: TrainingConfig, films: dict[str, FilmSet]) -> str:
    """Return a hash of all that decides the weights: the settings, and every film with its role."""
    chosen_later = {"title", "store", "champion", "file", "operating_point", "novelty"}
    decisive = config.model_dump_json(exclude={"data", "manifest", *chosen_later})
    rows = pd.concat([s.table[["sha256", "path", "label", "role"]] for s in films.values()])
    listed = rows.sort_values(list(rows.columns)).to_csv(index=False)
    return hashlib.sha256(f"{decisive}\n{listed}".encode()).hexdigest()
