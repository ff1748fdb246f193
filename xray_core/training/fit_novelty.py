"""The check for films unlike those that a network was trained on, fitted to a run's films."""

import math
from pathlib import Path

import numpy as np

from xray_core.bundle import NoveltyLimits
from xray_core.novelty import NoveltyModel
from xray_core.training.canvas import centre_of
from xray_core.training.config import TrainingConfig
from xray_core.training.films import TRAIN, VALIDATION, FilmSet
from xray_core.training.phantom_films import PHANTOM

FILMS = 12_000
"""Training films at most that it is fitted to: their descriptions are in memory at once."""


def fit_novelty(films: dict[str, FilmSet], config: TrainingConfig, folder: Path) -> NoveltyLimits:
    """Fit the check to real training films, and set its limits by the validation films.

    Of more than `FILMS` every second, third … is taken.

    Args:
        films: from `load_films`.
        config: the run.
        folder: of the bundle, where `novelty.npz` is written.
    """
    real = np.flatnonzero((films[TRAIN].table["source"] != PHANTOM).to_numpy())
    real = real[:: math.ceil(len(real) / FILMS)]
    canvases = films[TRAIN].images
    views = (centre_of(canvases[row], config.size) for row in real)
    model = NoveltyModel.fit(view.astype(np.float32) / np.float32(255) for view in views)
    model.save(folder / "novelty.npz")
    distance = NoveltyModel.load(folder / "novelty.npz").distance(films[VALIDATION].images)
    flag = float(np.quantile(distance, config.novelty.flag_quantile))
    refuse = float(np.max(distance)) * config.novelty.refuse_margin
    return NoveltyLimits(
        flag=round(flag, 4),
        refuse=round(refuse, 4),
        chosen_on=f"{len(distance)} validation films: flagged above their "
        f"{config.novelty.flag_quantile:.1%} quantile, refused above "
        f"{config.novelty.refuse_margin:g} times their largest",
    )
