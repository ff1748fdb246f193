"""Which settings a search tries, and within what: suggested for each network."""

from dataclasses import dataclass
from typing import Any

from xray_core.networks.registry import network
from xray_core.networks.transfer import TransferStrategy
from xray_core.training.config import TrainingConfig

GRID_STEPS = 3
"""Values of a range that a grid tries."""
Value = str | int | float

STRATEGIES = {
    "frozen": TransferStrategy(kind="frozen"),
    "thaw the last 20": TransferStrategy(kind="frozen-but-last", layers=20),
    "frozen, then all": TransferStrategy(
        kind="frozen-then-all", unfreeze_epoch=2, fine_rate_factor=0.1
    ),
    "all": TransferStrategy(),
}


@dataclass(frozen=True)
class Range:
    """A number between two others.

    Attributes:
        setting: field of the configuration; a dot leads into a part of it.
        low: smallest.
        high: largest.
        log: whether the order of magnitude is drawn evenly rather than the number.
    """

    setting: str
    low: float
    high: float
    log: bool = False

    def suggest(self, trial: Any) -> Value:
        """Return the value of an Optuna trial."""
        return float(trial.suggest_float(self.setting, self.low, self.high, log=self.log))

    def in_words(self) -> str:
        """Return what is tried, in words."""
        return f"{setting_in_words(self.setting)} {self.low:.3g} to {self.high:.3g}"

    def grid(self) -> list[Value]:
        """Return the values of a grid, both ends among them."""
        steps = [i / (GRID_STEPS - 1) for i in range(GRID_STEPS)]
        if self.log:
            return [float(self.low * (self.high / self.low) ** step) for step in steps]
        return [self.low + (self.high - self.low) * step for step in steps]


@dataclass(frozen=True)
class Choice:
    """One of several values; of `transfer`, a name of `STRATEGIES`."""

    setting: str
    values: tuple[Value, ...]

    def suggest(self, trial: Any) -> Value:
        """Return the value of an Optuna trial."""
        chosen: Value = trial.suggest_categorical(self.setting, self.values)
        return chosen

    def in_words(self) -> str:
        """Return what is tried, in words."""
        *some, last = map(str, self.values)
        return f"{setting_in_words(self.setting)} {', '.join(some)}{' or ' if some else ''}{last}"

    def grid(self) -> list[Value]:
        """Return all values."""
        return list(self.values)


Space = tuple[Range | Choice, ...]


def suggest_space(config: TrainingConfig) -> Space:
    """Return the settings worth trying for the network of a run, about its own choices."""
    spec, rate = network(config.network), config.rate
    common: Space = (
        Range("rate", rate / 10, min(10.0, rate * 5), log=True),
        Choice("optimiser", ("adamw", "adam", "rmsprop", "sgd")),
        Choice("batch", _batches(config)),
        Range("label_smoothing", 0.0, 0.15),
        Choice("imbalance", ("sampling", "class-weights", "focal")),
    )
    if spec.pretrained is not None and config.start != "random":
        return (*common[:1], Choice("transfer", tuple(STRATEGIES)), *common[2:])
    if config.network.startswith("ann-"):  # every pixel is a feature: what moves films matters most
        return (*common, Range("augmentation.shift", 0.0, 0.1))
    return (
        *common,
        Range("weight_decay", 1e-4, 0.1, log=True),
        Range("augmentation.mixup", 0.0, 0.4),
        Range("augmentation.zoom", 0.0, 0.3),
    )


def with_settings(config: TrainingConfig, values: dict[str, Value]) -> TrainingConfig:
    """Return the run with the values of a trial.

    Raises:
        ConfigError: a value is not allowed.
    """
    content = config.model_dump()
    for setting, value in values.items():
        *parts, last = setting.split(".")
        place = content
        for part in parts:
            place = place[part]
        place[last] = STRATEGIES[str(value)] if setting == "transfer" else value
    return config.changed(content)


def setting_in_words(setting: str) -> str:
    """Return the name of a setting as a person reads it."""
    return setting.rpartition(".")[2].replace("_", " ")


def value_in_words(value: Value) -> str:
    """Return the value of a setting, numbers to three digits."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _batches(config: TrainingConfig) -> tuple[int, ...]:
    found = tuple(n for n in (8, 16, 32, 64) if n <= config.films_per_epoch // 4)
    return found or (config.batch,)
