"""How good a network is after an epoch, on validation films only."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from xray_core.calibration import fit_temperature, partial_log_loss
from xray_core.evaluation.statistics import auc
from xray_core.labels import task_named
from xray_core.training.config import TrainingConfig
from xray_core.training.films import STRESSED, VALIDATION, FilmSet, style_weights

Floats = NDArray[np.float64]


def validate(
    logits: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    films: dict[str, FilmSet],
    config: TrainingConfig,
) -> dict[str, Any]:
    """Return the figures of an `EpochRecord` that are of validation films.

    Losses and AUC are those after calibration, with a temperature fitted to the plain films: that
    is what the epoch would be released as. Before it, an epoch that is only surer of itself loses
    to one that tells less apart.

    Args:
        logits: inputs (N, S, S) → logits (N, K).
        films: from `load_films`.
        config: the run.
    """
    plain, stressed = films[VALIDATION], films[STRESSED]
    normal = task_named(config.task).normal_index
    raw = logits(plain.images)
    temperature = fit_temperature(raw, plain.allowed)
    scores, stressed_scores = raw / temperature, logits(stressed.images) / temperature
    found = {
        **_loss_and_auc("validation", scores, plain, normal),
        **_loss_and_auc("stressed", stressed_scores, stressed, normal),
        **_called(raw, plain, normal),
    }
    if plain.by_style is None:
        return found
    weights = style_weights(plain, config.style_floor)
    return found | _loss_and_auc("styled", scores, plain, normal, weights)


def _loss_and_auc(
    name: str,
    scores: NDArray[np.floating],
    films: FilmSet,
    normal: int,
    weights: Floats | None = None,
) -> dict[str, Any]:
    counted = np.ones(len(films)) if weights is None else weights
    area = auc(_p_pneumonia(scores, normal), ~films.allowed[:, normal], counted[None])
    loss = partial_log_loss(scores, films.allowed, weights=counted)
    return {f"{name}_loss": round(loss, 5), f"{name}_auc": round(float(area[0]), 5)}


def _called(scores: NDArray[np.floating], films: FilmSet, normal: int) -> dict[str, Any]:
    """Return accuracy and recall where P(pneumonia) ≥ 0.5 is called so, before calibration."""
    called, diseased = _p_pneumonia(scores, normal) >= 0.5, ~films.allowed[:, normal]
    return {
        "validation_accuracy": round(float(np.mean(called == diseased)), 5),
        "validation_recall": round(float(called[diseased].mean()), 5) if diseased.any() else None,
    }


def _p_pneumonia(scores: NDArray[np.floating], normal: int) -> Floats:
    return np.asarray(1.0 - softmax(scores.astype(np.float64), axis=1)[:, normal])
