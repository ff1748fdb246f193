"""A model that teaches another: what it says of a film is a second target beside the label.

Hinton, Vinyals, Dean 2015, Distilling the knowledge in a neural network, arXiv:1503.02531. The
teacher sees each film as the batch shows it, changed and mixed (Beyer et al. 2022, Knowledge
distillation: a good teacher is patient and consistent, arXiv:2106.05237).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from xray_core.bundle import find_bundle
from xray_core.bundle.classical import read_classical
from xray_core.bundle.safety import load_keras_model
from xray_core.errors import ConfigError
from xray_core.inference.network_form import quickest_form
from xray_core.labels import task_named
from xray_core.training.config import TrainingConfig

Floats = NDArray[np.float32]


class Teacher:
    """An installed model, asked for its calibrated probabilities.

    Args:
        config: a run with a teacher.

    Raises:
        BundleError: no model of that name is installed, or its files were changed.
        ConfigError: it is no network, or one with another input or other outputs than the run's.
    """

    def __init__(self, config: TrainingConfig) -> None:
        info = find_bundle(config.teacher)
        outputs, taught = info.manifest.task.outputs, task_named(config.task).outputs
        if read_classical(info.path) is not None:
            raise ConfigError(f"teacher {info.name!r} is a classical model; networks can teach.")
        if outputs != taught or info.manifest.input.size != config.size:
            raise ConfigError(
                f"teacher {info.name!r} tells {', '.join(outputs)} at {info.manifest.input.size} "
                f"px; allowed is one of this run's {', '.join(taught)} at {config.size} px."
            )
        self._network = quickest_form(load_keras_model(info.path / "model.keras"), info)
        self._temperature = info.manifest.temperature

    def __call__(self, films: Floats) -> Floats:
        """Return the probabilities (N, K) of films (N, S, S, 1) in [0, 1]."""
        told: Floats = softmax(self._network(films) / self._temperature, axis=1)
        return told.astype(np.float32)
