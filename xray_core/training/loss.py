"""The loss for labels that may be partial."""

from typing import Any

import keras
from keras import ops


class PartialLabelLoss(keras.losses.Loss):  # type: ignore[misc]
    """−log of the probability mass that a label allows, mixed and smoothed.

    For an exact label it is the cross-entropy. Targets come from `augment.mix`:
    (N, 2K + 1), the allowed outputs of two films and the share of the first. A teacher's
    probabilities may follow, (N, 3K + 1), or zeros where it was not asked.

    Args:
        smoothing: share of the loss that is the mean −log p of all outputs (label smoothing).
        focus: γ of the focal loss: −log p counts (1 − p)^γ (Lin et al. 2017, arXiv:1708.02002);
            0 is the plain loss.
        taught: share of the loss that is the cross-entropy with the teacher's probabilities, of the
            films of which it was asked.
    """

    def __init__(self, smoothing: float = 0.0, focus: float = 0.0, taught: float = 0.0) -> None:
        super().__init__(name="partial_label_loss")
        self.smoothing, self.focus, self.taught = smoothing, focus, taught

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss (N,) of logits `y_pred` (N, K)."""
        k = y_pred.shape[-1]
        log_p = ops.log_softmax(y_pred, axis=-1)
        share = y_true[:, 2 * k]
        first = self._counted(_log_mass(log_p, y_true[:, :k]))
        second = self._counted(_log_mass(log_p, y_true[:, k : 2 * k]))
        hard = -(share * first + (1 - share) * second)
        by_label = (1 - self.smoothing) * hard - self.smoothing * ops.mean(log_p, axis=-1)
        if not self.taught:
            return by_label
        told = self.taught * y_true[:, 2 * k + 1 :]
        return (1 - ops.sum(told, axis=-1)) * by_label - ops.sum(told * log_p, axis=-1)

    def _counted(self, log_mass: Any) -> Any:
        if not self.focus:
            return log_mass
        # A sum of probabilities may pass 1 by a rounding error, of which no power can be taken.
        rest = ops.maximum(-ops.expm1(log_mass), 1e-7)
        return rest**self.focus * log_mass


def _log_mass(log_p: Any, allowed: Any) -> Any:
    return ops.logsumexp(ops.where(allowed > 0.5, log_p, -1e9), axis=-1)
