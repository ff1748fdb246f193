"""95 % intervals by resampling patients, because films of one patient are not independent."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import Interval
from xray_core.evaluation.few import auc_of_few
from xray_core.evaluation.statistics import Floats

LEVEL = (2.5, 97.5)
BIASED_UPWARD = frozenset({"ece"})
"""Figures whose interval is reflected, see `interval`; their differences have none."""
ROUNDING = 1e-6
"""A narrower interval has no width: draws are sums of 32-bit numbers."""
_CHUNK = 200
"""Draws at a time: 10 MB of weights for 6,000 films."""

Statistics = Callable[[Floats], dict[str, Floats]]
"""From weights (B, N) to named statistics (B,)."""


def intervals(
    statistics: Statistics, patients: Sequence[str], *, seed: int, draws: int
) -> dict[str, Interval]:
    """Return each statistic on all films, with its `interval` over patients.

    Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapters 8 and 13. Draws in which a
    statistic is undefined are left out of its interval; with fewer than two patients there is no
    interval. Where not one film is wrong no resampling can be: see `without_exception` for shares
    and `without_overlap` for AUCs.

    Args:
        statistics: see `Statistics`.
        patients: (N,) key of each film's patient.
        seed: of the draws: the same seed gives the same interval.
        draws: how many resamplings.
    """
    plain = statistics(np.ones((1, len(patients))))
    _, codes = np.unique(np.asarray(patients, dtype=str), return_inverse=True)
    if len(codes) == 0 or codes.max() == 0:
        return {name: interval(value[0], np.empty(0)) for name, value in plain.items()}
    drawn = [statistics(weights) for weights in _weights(codes, seed, draws)]
    return {
        name: interval(
            value[0],
            np.concatenate([draw[name] for draw in drawn]),
            reflected=name in BIASED_UPWARD,
        )
        for name, value in plain.items()
    }


def _weights(codes: NDArray[np.intp], seed: int, draws: int) -> Iterator[Floats]:
    """Yield how often each film counts, (B, N): as often as its patient is drawn."""
    rng = np.random.default_rng(seed)
    people = int(codes.max()) + 1
    for first in range(0, draws, _CHUNK):
        rows = min(_CHUNK, draws - first)
        picks = rng.integers(people, size=(rows, people)) + people * np.arange(rows)[:, None]
        counts = np.bincount(picks.ravel(), minlength=rows * people).reshape(rows, people)
        yield counts[:, codes].astype(np.float64)


def interval(value: float, drawn: NDArray[np.floating], *, reflected: bool = False) -> Interval:
    """Return a figure with the percentile interval of its draws; those undefined do not count.

    The binned calibration error adds up the size of every gap, chance gaps too, so it is above the
    truth; a draw adds the chance of drawing again, and the percentiles are off by it twice. The
    basic interval, 2 value − percentiles, takes it off once (Davison and Hinkley 1997, Bootstrap
    Methods and their Application, section 5.2). An error is not below 0, and where chance is most
    of it even the reflected interval ends below the value: then it ends with the value.

    Args:
        value: the figure on all films, NaN where it is undefined.
        drawn: (B,), the same in each draw; empty where nothing was drawn.
        reflected: whether to give the basic interval of a figure that is not below 0.
    """
    if np.isnan(value):
        return Interval(value=None, low=None, high=None)
    defined = drawn[~np.isnan(drawn)]
    if len(defined) == 0:
        return Interval(value=float(value), low=None, high=None)
    low, high = (float(end) for end in np.percentile(defined, LEVEL))
    if reflected:
        low, high = max(0.0, 2 * value - high), max(value, 2 * value - low)
    return Interval(value=float(value), low=float(low), high=float(high))


def without_exception(found: Interval, patients: int) -> Interval:
    """Return a share with an interval that shows what is not known.

    Resampling cannot draw an exception that did not occur, so the bootstrap would give no width
    where every film or none was a hit. There it is the exact one, Clopper and Pearson 1934,
    Biometrika 26:404, two-sided, counting patients as the trials because films of one are not
    independent. Elsewhere there is none where the bootstrap shows no width, or the share is over
    one patient.

    Args:
        found: the share with its bootstrap interval.
        patients: how many patients the share is over.
    """
    return _exact(found, patients) if _one_way(found) else with_width(_of_several(found, patients))


def without_overlap(
    found: Interval, positives: Iterable[str], negatives: Iterable[str]
) -> Interval:
    """Return an AUC with an interval that shows what is not known.

    Where every positive outscored every negative it is an exact one. The AUC is the chance that a
    positive outscores a negative. Pairs that share no patient are independent trials of that
    chance; there are at least so many as the smaller side has patients (the disjoint pairs by which
    Hoeffding 1963, JASA 58:13, section 5b, bounds a two-sample U-statistic), and all of them
    succeeded: Clopper and Pearson's interval, as for `without_exception`. It is cautious, for the
    other pairs say something too. An AUC of 0 is treated alike. Elsewhere there is none where one
    side is one patient, whom no draw replaces by another, and few patients have a wider one
    (`few.auc_of_few`).

    Args:
        found: the AUC with its bootstrap interval.
        positives: key of the patient of each positive film.
        negatives: key of the patient of each negative film; one patient may have both.
    """
    ill, well = set(positives), set(negatives)
    if _one_way(found):
        return _exact(found, min(len(ill), len(well), len(ill | well) // 2))
    several = _of_several(found, min(len(ill), len(well)))
    return auc_of_few(several, len(ill), len(well))


def with_width(found: Interval) -> Interval:
    """Return a figure without its interval where that has no width: no draw showed another."""
    if found.low is None or found.high is None or found.high - found.low > ROUNDING:
        return found
    return _unknown(found)


def _one_way(found: Interval) -> bool:
    return found.value in (0.0, 1.0)


def _exact(found: Interval, trials: int) -> Interval:
    """Return the Clopper-Pearson interval where all independent trials went one way."""
    if found.low is None or trials == 0:
        return _unknown(found)
    reach = 0.025 ** (1 / trials)
    low, high = (reach, 1.0) if found.value == 1.0 else (0.0, 1 - reach)
    return Interval(value=found.value, low=low, high=high)


def _of_several(found: Interval, patients: int) -> Interval:
    return found if patients > 1 else _unknown(found)


def _unknown(found: Interval) -> Interval:
    return Interval(value=found.value, low=None, high=None)
