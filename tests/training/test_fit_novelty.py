"""The check for unlike films is fitted to the real training films, to so many at most."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from xray_core.novelty import NoveltyModel
from xray_core.training import fit_novelty as module
from xray_core.training.films import TRAIN, VALIDATION, FilmSet
from xray_core.training.fit_novelty import fit_novelty
from xray_core.training.phantom_films import PHANTOM

SIZE = 40
CONFIG = SimpleNamespace(size=SIZE, novelty=SimpleNamespace(flag_quantile=0.95, refuse_margin=1.35))


def drawn(sources):
    """Return training and validation films of noise; training films are canvases."""
    rng = np.random.default_rng(0)
    canvases = rng.integers(0, 256, (len(sources), 50, 50), np.uint8)
    views = rng.random((30, SIZE, SIZE), np.float32)
    table = pd.DataFrame({"source": sources})
    allowed = np.ones((1, 1), bool)
    return {TRAIN: FilmSet(table, canvases, allowed), VALIDATION: FilmSet(table, views, allowed)}


@pytest.fixture
def fitted(monkeypatch):
    """How many films the check was fitted to, each time."""
    counts = []

    def fit(views):
        views = list(views)
        counts.append(len(views))
        return FIT(views)

    FIT = NoveltyModel.fit
    monkeypatch.setattr(NoveltyModel, "fit", fit)
    return counts


def test_every_real_training_film_counts_and_the_limits_are_of_validation_films(tmp_path, fitted):
    limits = fit_novelty(drawn(["ward"] * 70 + [PHANTOM] * 10), CONFIG, tmp_path)
    assert fitted == [70]
    assert 0 < limits.flag < limits.refuse
    assert limits.chosen_on.startswith("30 validation films")


@pytest.mark.parametrize(("films", "used"), [(60, 60), (61, 31), (121, 41)])
def test_of_many_films_some_are_taken_from_end_to_end(tmp_path, fitted, monkeypatch, films, used):
    monkeypatch.setattr(module, "FILMS", 60)
    fit_novelty(drawn(["ward"] * films), CONFIG, tmp_path)
    assert fitted == [used]
