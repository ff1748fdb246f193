"""How much worse one model could be than another on the same films, and how many films tell.

Sensitivities are paired, and specificities: both models read each film, and only films that one has
right and the other wrong tell them apart. The bound is Tango's (`evaluation.tango`), which keeps
its level where few or none do.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from xray_core.evaluation.paired import DRAWS, Weights, draws_of, lower_bound
from xray_core.evaluation.statistics import Bools
from xray_core.evaluation.tango import ONE_SIDED, tango_bound

LEVEL = 0.95
"""Of the bound, one-sided."""
POWER = 0.80
"""Chance of passing that the number of films is planned for, if neither model is better."""
Z = ONE_SIDED


@dataclass(frozen=True)
class Difference:
    """How much more of the same films B has right than A has, as a share of them.

    Attributes:
        value: share that B has right less that of A, in [−1, 1].
        bound: with 95 % confidence the difference is not below this.
        only_a: films that A alone has right.
        only_b: films that B alone has right.
        films: of the one kind, with pneumonia or normal.
        patients: of these films.
    """

    value: float
    bound: float
    only_a: int
    only_b: int
    films: int
    patients: int


def difference(a: Bools, b: Bools, patients: list[str], *, seed: int = 0) -> Difference:
    """Return how much more B has right than A, with its one-sided 95 % bound.

    The bound is the lower of two: Tango's, counting patients as the films, because films of one are
    not independent; and that of resampling patients, which knows how the differences are spread
    over them.

    Args:
        a: bool (N,), whether A has each film right; N at least 1.
        b: the same of B.
        patients: (N,) key of each film's patient.
        seed: of the resampling.
    """
    films, people = len(a), len(set(patients))
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    share = people / films
    bounds = [tango_bound(only_b * share, only_a * share, people)]
    gain = b.astype(np.float32) - a.astype(np.float32)

    def mean(weights: Weights) -> dict[str, NDArray[np.floating]]:
        return {"gain": np.asarray(gain @ weights / weights.sum(axis=0))}

    if people > 1:
        drawn = draws_of(mean, patients, seed=seed, draws=DRAWS)["gain"]
        bounds += [bound for bound in [lower_bound(drawn, LEVEL)] if bound is not None]
    return Difference((only_b - only_a) / films, min(bounds), only_a, only_b, films, people)


def least_patients(margin: float) -> int:
    """Return with how many patients a margin can be kept if the models never differ.

    Args:
        margin: by how much the share may be lower, in (0, 1).
    """
    return math.ceil(Z**2 * (1 - margin) / margin - 1e-9)


def likely_patients(margin: float, discordant: float) -> int:
    """Return with how many patients a model that is no worse passes four times in five.

    The normal approximation for paired shares (Nam 1997, Biometrics 53:1422), but never fewer than
    `least_patients`.

    Args:
        margin: by how much the share may be lower, in (0, 1).
        discordant: share of the films that only one of the two models has right.
    """
    z = Z + float(norm.ppf(POWER))
    return max(least_patients(margin), math.ceil(z**2 * discordant / margin**2))
