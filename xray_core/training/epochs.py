"""What an epoch gave, and what follows from the epochs so far: rate, end, and the best of them.

All of it is a function of the configuration and the history, so a run that is resumed needs no
state of a schedule or of early stopping: it has the history.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xray_core.training.config import TrainingConfig

LEAST_GAIN = 1e-4
"""By how much a loss must fall for the rate to stay as it is on a plateau."""


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch gave.

    Attributes:
        epoch: from 1.
        loss: mean training loss, of augmented and mixed films.
        validation_loss: mean partial log loss of the validation films, calibrated (see `validate`),
            as are the other losses and the AUCs of validation films.
        validation_auc: of NORMAL against PNEUMONIA on the validation films.
        stressed_loss: as the validation loss, on the stressed validation films.
        stressed_auc: likewise.
        rate: learning rate at its end.
        styled_loss: as the validation loss, each film weighted by the inverse of the probability
            that its style alone gives its class; None where style is left out.
        styled_auc: likewise.
        validation_accuracy: share of the validation films called rightly, NORMAL or PNEUMONIA, at
            P(pneumonia) = 0.5 before calibration.
        validation_recall: share of the pneumonias among them that are found so.
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
    validation_accuracy: float | None = None
    validation_recall: float | None = None

    @property
    def worst_loss(self) -> float:
        """The worst of the plain, the stressed and the styled loss."""
        return max(self.validation_loss, self.stressed_loss, self.styled_loss or 0.0)


def loss_of(config: TrainingConfig, record: EpochRecord) -> float:
    """Return the loss by which the run compares its epochs."""
    return record.worst_loss if config.best == "stressed" else record.validation_loss


def is_best(config: TrainingConfig, history: Sequence[EpochRecord]) -> bool:
    """Tell whether the weights of the last epoch are those to release, as far as one knows."""
    if config.best == "last":
        return True
    losses = [loss_of(config, record) for record in history]
    return losses[-1] == min(losses)


def best_of(config: TrainingConfig, history: Sequence[EpochRecord]) -> EpochRecord:
    """Return the epoch whose weights are released: of equal ones the last, as they are written."""
    if config.best == "last":
        return history[-1]
    return min(reversed(history), key=lambda record: loss_of(config, record))


def is_over(config: TrainingConfig, history: Sequence[EpochRecord]) -> bool:
    """Tell whether a run ends here: all epochs done, or none better for too long."""
    if len(history) >= config.epochs:
        return True
    if config.early_stopping is None or not history:
        return False
    losses = [loss_of(config, record) for record in history]
    return len(losses) - 1 - losses.index(min(losses)) >= config.early_stopping


def rate_of(config: TrainingConfig, history: Sequence[EpochRecord]) -> float:
    """Return the rate of the epoch that follows; that of `cosine` falls within the epoch.

    `plateau` multiplies it by `rate_factor` whenever the loss has not fallen for
    `plateau_patience` epochs, `steps` after the epochs that are named.
    """
    if config.schedule == "steps":
        drops = sum(len(history) >= epoch for epoch in config.rate_steps)
    elif config.schedule == "plateau":
        drops = _plateaus([loss_of(config, record) for record in history], config.plateau_patience)
    else:
        drops = 0
    return float(config.rate * config.rate_factor**drops)


def _plateaus(losses: Sequence[float], patience: int) -> int:
    best, since, found = float("inf"), 0, 0
    for loss in losses:
        if loss < best - LEAST_GAIN:
            best, since = loss, 0
        else:
            since += 1
        if since >= patience:
            found, since = found + 1, 0
    return found
