"""What an explanation says in words, and of which classes one may ask."""

import numpy as np
import pytest

from xray_core.explain.explanation import Explanation, effect_in_words, trust_in_words
from xray_core.explain.lime import LimeSettings
from xray_core.explain.targets import targets_of
from xray_core.labels import BINARY, FOUR_CLASSES, PNEUMONIA


def explanation(weights, r2):
    segments = np.zeros((2, 2), np.int32)
    return Explanation(
        "LIME", PNEUMONIA, segments, weights, 0.0, 0.5, r2, 10, 0.1, LimeSettings(samples=200)
    )


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([0.002, -0.0071], "by 0.7 perc"),
        ([1.2, 0], "by 120.0"),
        ([1e-5, 0], "under 0.1"),
        ([0], ""),
    ],
)
def test_the_largest_effect_is_said(weights, said):
    words = effect_in_words(explanation(np.array(weights, float), 0.9))
    assert said in words
    assert bool(said) == bool(words)


@pytest.mark.parametrize(
    ("r2", "words"),
    [(0.9, "close to what"), (0.7, "close to what"), (0.5, "with caution"), (0.34, "do not rely")],
)
def test_trust_is_said_by_the_fit(r2, words):
    sentence = trust_in_words(explanation(np.ones(1), r2))
    assert words in sentence
    assert f"{r2:.0%} of the variation" in sentence


def test_targets_are_pneumonia_and_the_outputs():
    assert targets_of(BINARY) == (PNEUMONIA, "NORMAL")
    assert targets_of(FOUR_CLASSES) == (PNEUMONIA, *FOUR_CLASSES.outputs)
