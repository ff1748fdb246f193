"""Models that teach another: what they say of a film is a second target beside the label.

Hinton, Vinyals, Dean 2015, Distilling the knowledge in a neural network, arXiv:1503.02531. The
teacher sees each film as the batch shows it, changed and mixed (Beyer et al. 2022, Knowledge
distillation: a good teacher is patient and consistent, arXiv:2106.05237). Of several teachers the
mean opinion is taught.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from xray_core.bundle import BundleInfo, find_bundle
from xray_core.bundle.classical import read_classical
from xray_core.bundle.safety import load_keras_model
from xray_core.errors import ConfigError
from xray_core.inference.network_form import quickest_form
from xray_core.labels import task_named
from xray_core.training.config import TrainingConfig

Floats = NDArray[np.float32]


class Teacher:
    """Installed models, asked for their calibrated probabilities.

    Args:
        config: a run with one teacher or several.

    Raises:
        BundleError: no model of such a name is installed, or its files were changed.
        ConfigError: one is no network, or has another input or other outputs than the run's.
    """

    def __init__(self, config: TrainingConfig) -> None:
        self._tell = [_opinion(find_bundle(name), config) for name in config.teachers]

    def __call__(self, films: Floats) -> Floats:
        """Return the probabilities (N, K) of films (N, S, S, 1) in [0, 1]."""
        told: Floats = np.mean([tell(films) for tell in self._tell], axis=0, dtype=np.float32)
        return told


def _opinion(info: BundleInfo, config: TrainingConfig) -> Callable[[Floats], Floats]:
    """Return what gives the probabilities of one of the teachers."""
    outputs, taught = info.manifest.task.outputs, task_named(config.task).outputs
    if read_classical(info.path) is not None:
        raise ConfigError(f"teacher {info.name!r} is a classical model; networks can teach.")
    if outputs != taught or info.manifest.input.size != config.size:
        raise ConfigError(
            f"teacher {info.name!r} tells {', '.join(outputs)} at {info.manifest.input.size} "
            f"px; allowed is one of this run's {', '.join(taught)} at {config.size} px."
        )
    for what in ("normalisation", "low", "high", "clahe"):
        theirs = getattr(info.manifest.preprocessing, what)
        if (mine := getattr(config.preprocessing, what)) != theirs:
            raise ConfigError(
                f"teacher {info.name!r} sees grey values otherwise, {what} is {theirs}; allowed is "
                f"one that sees them as this run does, {mine}."
            )
    network = quickest_form(load_keras_model(info.path / "model.keras"), info)
    return lambda films: softmax(network(films) / info.manifest.temperature, axis=1)
