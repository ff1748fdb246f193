"""Temperature and threshold of a trained network, from validation patients only."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from xray_core.bundle import OperatingPoint
from xray_core.calibration import fit_temperature
from xray_core.labels import task_named
from xray_core.training.config import TrainingConfig
from xray_core.training.films import FilmSet
from xray_core.training.operating_point import choose_operating_point


def calibrate(
    network: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    validation: FilmSet,
    config: TrainingConfig,
) -> tuple[float, OperatingPoint]:
    """Return the temperature that logits are divided by, and the operating point.

    Args:
        network: inputs (N, S, S, 1) → logits (N, K).
        validation: its films, of which `has_both_kinds` holds.
        config: the run.
    """
    raw = network(validation.images[..., None]).astype(np.float64)
    temperature = round(fit_temperature(raw, validation.allowed), 6)
    probabilities = softmax(raw / temperature, axis=1)
    rule, task = config.operating_point, task_named(config.task)
    return temperature, choose_operating_point(probabilities, validation, task, rule)
