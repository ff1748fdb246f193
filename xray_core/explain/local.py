"""Perturbed films whose early features are shared, not computed again for each.

Early features of a network are local: what a place of the feature map holds depends on the few
superpixels near it. So the superpixels are coloured such that no two of a colour are seen by one
place, and one film for each combination of colours shown, 2^colours in all, holds the features of
every perturbed film, place by place. What comes out is what comes out of scoring each film whole,
but for the rounding of float32.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xray_core.explain.perturbation import Grey, Progress, checked_scores, perturbed_films
from xray_core.inference.halves import Halves

GATHERED = 20
"""Multiplications that take as long as fetching one number of a feature map."""
WORTH = 0.95
"""Part of the plain way's cost above which the detour is not taken."""
MOST_BYTES = 128 * 2**20
"""Of the features that are kept."""


@dataclass(frozen=True)
class Plan:
    """How the perturbed films of one film share features.

    Attributes:
        halves: the two steps.
        colours: of the superpixels, int (n,), from 0.
        seen: whether a place of the feature map sees a superpixel, bool (h·w, n).
        cost: as a part of that of scoring every film whole.
    """

    halves: Halves
    colours: NDArray[np.intp]
    seen: NDArray[np.bool_]
    cost: float


def plan(ways: tuple[Halves, ...], segments: NDArray[np.int32], samples: int) -> Plan | None:
    """Return the cheapest way to share features, or None where scoring films whole is as cheap.

    Args:
        ways: places where the network can be cut.
        segments: superpixel numbers 0…n−1, (S, S).
        samples: how many films will be scored.
    """
    counts = _counts(segments)
    best: Plan | None = None
    # Of each way the cost without any film for the features is the least that it may take.
    for way in sorted(ways, key=lambda way: _cost(way, 0, samples)):
        least = best.cost if best else WORTH
        if _cost(way, 0, samples) >= least:
            break
        seen = _seen(way, counts)
        # What one place sees needs as many colours; so most ways need not be coloured at all.
        if _cost(way, 2 ** int(seen.sum(axis=1).max()), samples) >= least:
            continue
        colours = _colours(seen)
        films = 2 ** (int(colours.max()) + 1)
        cost = _cost(way, films, samples)
        if cost < least and films * len(seen) * way.channels * 4 <= MOST_BYTES:
            best = Plan(way, colours, seen, cost)
    return best


def _cost(way: Halves, films: int, samples: int) -> float:
    size = len(way.rows) * len(way.columns) * way.channels
    shared = way.early_work * films / samples + way.late_work + GATHERED * size
    return shared / (way.early_work + way.late_work)


def _counts(segments: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return how much of each superpixel lies above and left of each place, (n, S + 1, S + 1)."""
    there = segments[None] == np.arange(int(segments.max()) + 1)[:, None, None]
    counts = there.cumsum(1, dtype=np.int32).cumsum(2, dtype=np.int32)
    return np.pad(counts, ((0, 0), (1, 0), (1, 0)))


def _seen(way: Halves, counts: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which superpixels each place of the feature map sees, bool (h·w, n)."""
    rows = counts[:, way.rows[:, 1] + 1] - counts[:, way.rows[:, 0]]
    inside = rows[:, :, way.columns[:, 1] + 1] - rows[:, :, way.columns[:, 0]]
    return (inside > 0).reshape(len(counts), -1).T


def _colours(seen: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return a colour for each superpixel, from 0; two that one place sees have not the same.

    The order of colouring is that of Brélaz 1979 (doi 10.1145/359094.359101).
    """
    import networkx

    together = seen.T.astype(np.float32) @ seen.astype(np.float32) > 0
    graph = networkx.from_numpy_array(together & ~np.eye(len(together), dtype=bool))
    colouring = networkx.greedy_color(graph, "DSATUR")
    return np.array([colouring[i] for i in range(len(together))])


def score_shared(
    plan: Plan,
    film: Grey,
    hidden: Grey,
    segments: NDArray[np.int32],
    shown: NDArray[np.bool_],
    *,
    batch_size: int,
    progress: Progress | None = None,
) -> NDArray[np.floating]:
    """Score one film for each row of `shown`, as `perturbation.score_masks` does."""
    if progress is not None:
        progress(0, len(shown))
    table = _table(plan, film, hidden, segments, batch_size)
    places, channels = len(plan.seen), plan.halves.channels
    # What a place sees, as a number: the sum of 2^colour over the superpixels shown there.
    digits = (plan.seen * 2.0**plan.colours).T.astype(np.float32)
    here = np.arange(places)
    shape = len(plan.halves.rows), len(plan.halves.columns), channels
    rows = []
    for start in range(0, len(shown), batch_size):
        part = shown[start : start + batch_size]
        combination = (part.astype(np.float32) @ digits).astype(np.intp)
        features = table.take(combination * places + here, axis=0).reshape(-1, *shape)
        rows.append(checked_scores(plan.halves.late(features), len(part)))
        if progress is not None:
            progress(start + len(part), len(shown))
    return np.concatenate(rows)


def _table(
    plan: Plan, film: Grey, hidden: Grey, segments: NDArray[np.int32], batch_size: int
) -> NDArray[np.float32]:
    """Return the features of each combination of colours at each place, (2^colours · h·w, C)."""
    number = np.arange(2 ** (int(plan.colours.max()) + 1))
    shown = (number[:, None] >> plan.colours & 1).astype(bool)
    batches = perturbed_films(film, hidden, segments, shown, batch_size)
    return np.concatenate(
        [plan.halves.early(films).reshape(-1, plan.halves.channels) for films in batches]
    )
