"""Whether the model that comes with Kerley is moved by grain that no reader would call disease."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from xray_core.evaluation.stress import mottle
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_radiograph
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference import Classifier, load_classifier

FILMS = 6
TOO_MUCH = pytest.mark.xfail(
    strict=True, reason="kerley-lite-28 does not bear it: docs/bundled-model.md, Grain"
)


@pytest.fixture(scope="module")
def classifier():
    return load_classifier()


@cache
def drawn(kind: PhantomKind, seed: int) -> Radiograph:
    return phantom_radiograph(draw_phantom(seed, kind))


def moved(classifier: Classifier, kind: PhantomKind, strength: float) -> list[float]:
    """Return by how much P(pneumonia) changes with grain over each of some phantoms."""
    changes = []
    for seed in range(FILMS):
        film = drawn(kind, seed)
        grainy = mottle(film.pixels, strength, np.random.default_rng(seed))
        said = classifier.predict(replace(film, pixels=grainy)).p_pneumonia
        changes.append(abs(said - classifier.predict(film).p_pneumonia))
    return changes


@pytest.mark.parametrize("strength", [0.005, 0.02, pytest.param(0.04, marks=TOO_MUCH)])
def test_grain_makes_no_healthy_phantom_ill(classifier, strength):
    assert np.mean(moved(classifier, PhantomKind.NORMAL, strength)) < 0.1


@pytest.mark.parametrize("kind", [kind for kind in PhantomKind if kind is not PhantomKind.NORMAL])
@pytest.mark.parametrize("strength", [0.005, 0.02, 0.04])
def test_grain_hides_no_pneumonia(classifier, kind, strength):
    assert np.mean(moved(classifier, kind, strength)) < 0.1
