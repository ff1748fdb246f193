"""What is wrong is said in words; nothing is said of a good pair."""

from dataclasses import replace

import numpy as np
import pytest

from xray_core.bundle import LungLimits
from xray_core.lungs.outline import Outline
from xray_core.lungs.plausibility import CUT, NO_PAIR, TURNED, why_not

LIMITS = LungLimits(
    area=(0.1, 0.6),
    aspect=(0.5, 2.0),
    balance=0.4,
    certainty=0.8,
    edge=0.7,
    upright=0.5,
    chosen_on="a test",
)
GOOD = Outline(
    probability=np.zeros((4, 4), np.float32),
    area=0.3,
    aspect=1.0,
    balance=0.9,
    certainty=0.95,
    edge=0.1,
)
UPRIGHT, UPSIDE_DOWN, NONE = np.eye(3, dtype=np.float32)


def test_a_good_pair_is_plausible():
    assert why_not(GOOD, UPRIGHT, LIMITS) == ""


@pytest.mark.parametrize(
    ("changed", "pose", "reason"),
    [
        ({}, UPSIDE_DOWN, TURNED),
        ({}, NONE, NO_PAIR),
        ({"area": 0.05}, UPRIGHT, NO_PAIR),
        ({"area": 0.7}, UPRIGHT, NO_PAIR),
        ({"aspect": 3.0}, UPRIGHT, NO_PAIR),
        ({"balance": 0.2}, UPRIGHT, NO_PAIR),
        ({"certainty": 0.6}, UPRIGHT, NO_PAIR),
        ({"edge": 0.9}, UPRIGHT, CUT),
        ({"edge": 0.9}, NONE, CUT),
        ({"area": 0.0, "aspect": 0.0, "balance": 0.0, "certainty": 0.0}, NONE, NO_PAIR),
    ],
)
def test_what_is_wrong_is_said(changed, pose, reason):
    assert why_not(replace(GOOD, **changed), pose, LIMITS) == reason
