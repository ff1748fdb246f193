"""Epochs are compared by what they would be released as: calibrated."""

import numpy as np
import pandas as pd
import pytest

from xray_core.labels import NORMAL, PNEUMONIA
from xray_core.training.films import STRESSED, VALIDATION, FilmSet
from xray_core.training.validation import validate

RNG = np.random.default_rng(7)
GREYS = RNG.normal(0.5, 0.15, 60)
ILL = GREYS + RNG.normal(0, 0.15, 60) > 0.5
BY_STYLE = RNG.uniform(0.05, 1, 60)


def film_set(greys, **more):
    pixels = np.broadcast_to(greys.astype(np.float32)[:, None, None], (60, 4, 4))
    table = pd.DataFrame({"source": "ward", "label": np.where(ILL, PNEUMONIA, NORMAL)})
    return FilmSet(table, pixels, np.stack([~ILL, ILL], axis=1), **more)


@pytest.fixture
def films():
    return {VALIDATION: film_set(GREYS, by_style=BY_STYLE), STRESSED: film_set(0.1 + 0.8 * GREYS)}


@pytest.fixture
def config(quick_config):
    return quick_config.changed({"task": "binary", "style_floor": 0.2})


def network(sureness, noise=0.0):
    """A network that calls bright films ill, and says so with that sureness."""
    wrong = noise * np.random.default_rng(1).normal(size=60)

    def logits(inputs):
        grey = inputs.mean(axis=(1, 2)) - 0.5 + wrong
        return (sureness * np.stack([-grey, grey], axis=1)).astype(np.float32)

    return logits


def test_a_network_that_is_only_surer_of_itself_is_neither_better_nor_worse(films, config):
    timid, bold = (validate(network(sureness), films, config) for sureness in (5.0, 40.0))
    for name in ("validation_loss", "stressed_loss", "styled_loss"):
        assert bold[name] == pytest.approx(timid[name], abs=1e-4)


def test_one_that_tells_less_apart_is_worse_however_sure_it_is(films, config):
    told = validate(network(40.0), films, config)
    for sureness in (1.0, 5.0, 40.0):
        less = validate(network(sureness, noise=0.2), films, config)
        for name in ("validation_loss", "stressed_loss", "styled_loss"):
            assert less[name] > told[name] + 0.01


def test_what_is_called_ill_is_what_is_likelier_ill_than_not(films, config):
    found = validate(network(3.0), films, config)
    called = films[VALIDATION].images[:, 0, 0] >= 0.5
    assert found["validation_accuracy"] == pytest.approx(np.mean(called == ILL), abs=1e-5)
    assert found["validation_recall"] == pytest.approx(called[ILL].mean(), abs=1e-5)
