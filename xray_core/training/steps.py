"""What is told of a training within an epoch."""

from collections.abc import Callable
from typing import Any

import keras

OnStep = Callable[[int, int, int, float], None]
"""Called with the epoch, the steps of it that are done, their number, and the mean loss so far."""

REPORTS = 50
"""Most reports an epoch: each of them waits for the processor to have done the step."""


class StepReports(keras.callbacks.Callback):  # type: ignore[misc]
    """Calls back after some steps of an epoch, the last one among them.

    Args:
        on_step: what is called.
        epoch: from 1.
        steps: of the epoch.
    """

    def __init__(self, on_step: OnStep, epoch: int, steps: int) -> None:
        super().__init__()
        self._on_step, self._epoch, self._steps = on_step, epoch, steps

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Report, if this step is one to report."""
        done = batch + 1
        if done == self._steps or done % -(-self._steps // REPORTS) == 0:
            loss = float((logs or {}).get("loss", float("nan")))
            self._on_step(self._epoch, done, self._steps, loss)
