"""What a bundle states of its network: every role and data set apart, blanked films beside it."""

import numpy as np
import pandas as pd
import pytest

from xray_core.evaluation.curves import Reliability
from xray_core.labels import BINARY, NORMAL, PNEUMONIA
from xray_core.training.at_half import shares_of
from xray_core.training.films import INTERNAL_TEST, STRESSED, VALIDATION, FilmSet
from xray_core.training.scores import score_roles

SIDE = 4


def film_set(greys, blanked=None):
    """Flat films of those greys: the odd ones are pneumonias, the last two of another data set."""
    labels = [PNEUMONIA if i % 2 else NORMAL for i in range(len(greys))]
    table = pd.DataFrame(
        {
            "label": labels,
            "patient": [f"p{i}" for i in range(len(greys))],
            "source": ["a"] * (len(greys) - 2) + ["b"] * 2,
        }
    )
    allowed = np.array([[label == NORMAL, label == PNEUMONIA] for label in labels])
    return FilmSet(table, flat(greys), allowed, None if blanked is None else flat(blanked))


def flat(greys):
    greys = np.asarray(greys, np.float32)
    return np.broadcast_to(greys[..., None, None], (*greys.shape, SIDE, SIDE))


def by_brightness(inputs):
    """Logits of a network that calls bright films ill."""
    assert inputs.shape[1:] == (SIDE, SIDE, 1)
    grey = inputs.mean(axis=(1, 2, 3)) - 0.5
    return np.stack([-grey, grey], axis=1)


@pytest.fixture
def films():
    bright = [0.1, 0.9, 0.2, 0.8, 0.3, 0.7]
    upside_down = [[1 - grey, grey] for grey in bright]  # without lungs, without frame
    return {
        VALIDATION: film_set(bright, upside_down),
        INTERNAL_TEST: film_set(bright, upside_down),
        STRESSED: film_set([0.5] * 6),
    }


@pytest.fixture
def metrics(films):
    return score_roles(films, by_brightness, 0.5, BINARY, 0.5)


def test_every_role_and_every_data_set_is_scored(metrics):
    roles = ("validation", "stressed_validation", "internal_test")
    assert set(metrics) == {key for role in roles for key in (role, f"{role}/a", f"{role}/b")}
    assert [metrics[key]["n"] for key in ("validation", "validation/a", "validation/b")] == [
        6,
        4,
        2,
    ]


def test_each_film_is_scored_with_its_own_blanked_films(metrics):
    for key in ("validation", "validation/a", "validation/b", "internal_test"):
        found = metrics[key]
        aucs = [found[name] for name in ("auc", "auc_lungs_blanked", "auc_frame_blanked")]
        assert aucs == [1.0, 0.0, 1.0]


def test_stressed_films_have_a_loss_and_are_not_blanked(metrics):
    stressed = metrics["stressed_validation"]
    assert stressed["auc"] == 0.5
    assert stressed["loss"] == pytest.approx(np.log(2))
    assert "auc_lungs_blanked" not in stressed


def test_what_is_said_stands_against_what_is_true(metrics):
    found = Reliability.from_json(metrics["validation"]["reliability"])
    greys = np.array([0.1, 0.2, 0.3, 0.7, 0.8, 0.9])
    said = 1 / (1 + np.exp(-4 * (greys - 0.5)))  # two logits apart, at temperature 0.5
    assert (found.said * found.films).sum() == pytest.approx(said.sum())
    assert found.films.sum() == 6
    assert (found.true == (found.said > 0.5)).all()
    assert metrics["validation/a"]["reliability"] != metrics["validation"]["reliability"]


def test_the_loss_is_that_of_the_calibrated_network(metrics):
    # At temperature 1/2 the logits of a film of grey g differ by 4 g − 2.
    greys = np.array([0.1, 0.2, 0.3, 0.9, 0.8, 0.7])
    signs = np.array([-1, -1, -1, 1, 1, 1])
    expected = np.log1p(np.exp(-signs * (4 * greys - 2))).mean()
    assert metrics["validation"]["loss"] == pytest.approx(expected, rel=1e-6)


def test_a_run_that_repeats_a_published_one_is_scored_at_one_half_too(films):
    found = score_roles(films, by_brightness, 0.5, BINARY, 0.01, half_too=True)
    role = found["internal_test"]
    assert (role["threshold"], role["specificity"]) == (0.01, 0.0)
    assert role["at_half"]["confusion"] == [[3, 0], [0, 3]]
    assert role["at_half"]["accuracy"] == role["at_half"]["f1"] == 1.0
    assert "at_half" not in found["internal_test/a"]


@pytest.mark.parametrize(
    ("confusion", "precision", "f1", "normal_f1"),
    [
        ([[186, 48], [6, 384]], 384 / 432, 768 / 822, 372 / 426),
        ([[0, 0], [0, 0]], None, None, None),
    ],
)
def test_what_follows_from_counts_is_counted(confusion, precision, f1, normal_f1):
    found = shares_of(confusion)
    assert (found["precision"], found["f1"], found["normal_f1"]) == (precision, f1, normal_f1)
