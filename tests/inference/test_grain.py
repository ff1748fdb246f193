"""The model that comes with Kerley is not moved by grain that no reader would call disease."""

from dataclasses import replace

import numpy as np
import pytest

from xray_core.evaluation.stress import mottle
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_radiograph
from xray_core.inference import load_classifier

FILMS = 6


@pytest.mark.parametrize("strength", [0.01, 0.02, 0.04])
def test_grain_makes_no_healthy_phantom_ill_and_hides_no_pneumonia(strength):
    classifier = load_classifier()
    moved = []
    for kind in PhantomKind:
        for seed in range(FILMS):
            film = phantom_radiograph(draw_phantom(seed, kind))
            grainy = mottle(film.pixels, strength, np.random.default_rng(seed))
            clean, said = (
                classifier.predict(f).p_pneumonia for f in (film, replace(film, pixels=grainy))
            )
            moved.append(said - clean)
    assert np.abs(moved).mean() < 0.05
    assert np.max(np.abs(moved)) < 0.35
