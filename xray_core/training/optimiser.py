"""From the choices of a configuration to a Keras optimiser."""

from typing import Any

import keras

from xray_core.networks.transfer import TransferStrategy
from xray_core.training.config import TrainingConfig


def build_optimiser(config: TrainingConfig, epoch: int, rate: float) -> Any:
    """Return the optimiser, from an epoch on.

    Args:
        config: the run.
        epoch: counted from 0: a network whose frozen layers are let go is given a new optimiser in
            the middle of a run, whose steps count from there while `cosine` goes on.
        rate: of that epoch; `cosine` takes its share of the peak rate from the transfer strategy.
    """
    rated = _cosine(config, epoch) if config.schedule == "cosine" else rate
    common: dict[str, Any] = {"learning_rate": rated, "global_clipnorm": config.clip_norm}
    if config.optimiser == "adam":
        return keras.optimizers.Adam(**common)
    if config.optimiser == "rmsprop":
        return keras.optimizers.RMSprop(**common)
    decay = config.weight_decay
    if config.optimiser == "sgd":
        nesterov = config.momentum > 0
        common |= {"momentum": config.momentum, "nesterov": nesterov}
        optimiser = keras.optimizers.SGD(weight_decay=decay or None, **common)
    else:
        optimiser = keras.optimizers.AdamW(weight_decay=decay, **common)
    if decay or config.optimiser == "adamw":
        optimiser.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimiser


def _cosine(config: TrainingConfig, epoch: int) -> Any:
    steps = config.films_per_epoch // config.batch
    warmup = int(config.warmup_epochs * steps)
    peak = config.rate * config.transfer.rate_factor(epoch)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=peak / 20,
        decay_steps=max(1, config.epochs * steps - warmup),
        warmup_target=peak,
        warmup_steps=warmup,
    )
    begin = _begun(config.transfer, epoch)
    return _From(schedule, begin * steps) if begin else schedule


def _begun(how: TransferStrategy, epoch: int) -> int:
    """Return the epoch in which the optimiser of an epoch was new, also where a run is resumed."""
    thawed = how.kind == "frozen-then-all" and epoch >= how.unfreeze_epoch
    return how.unfreeze_epoch if thawed else 0


class _From(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A schedule that is entered in its middle."""

    def __init__(self, schedule: Any, begin: int) -> None:
        super().__init__()
        self._schedule, self._begin = schedule, begin

    def __call__(self, step: Any) -> Any:
        return self._schedule(step + self._begin)
