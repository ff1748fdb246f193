"""Perturbed films whose early features are shared, not computed again for each.

Early features of a network are local: what a place of the feature map holds depends on the few
superpixels near it. So far fewer films than the perturbed ones show, at each place, every
combination of the superpixels that it sees, and the features of every perturbed film can be put
together from theirs. What comes out is what comes out of scoring each film whole, but for the
rounding of float32.

Which films these are is a matter of linear algebra over two elements: superpixel i has a vector
v_i of m bits, and film x, one of 2^m, shows it if v_i · x = 1. Where the vectors that a place sees
are linearly independent, all their combinations occur. Vectors are given one superpixel after the
other, each the least that keeps them so, as in a lexicographic code (Conway and Sloane 1986,
doi 10.1109/TIT.1986.1057187).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xray_core.explain.perturbation import Grey, perturbed_films
from xray_core.inference.halves import Halves

GATHERED = 60
"""Multiplications that take as long as fetching one number of a feature map and handing it on."""
WORTH = 0.95
"""Part of the plain way's cost above which the detour is not taken."""
MOST_BYTES = 128 * 2**20
"""Of the features that are kept."""
MOST_COUNTED = 2**25
"""Superpixels times pixels of the film; to find out what sees more takes too much memory."""
MOST_SEEN = 40
"""Superpixels that one place may see: what it needs doubles with each."""
AT_ONCE = 4
"""Films whose features are made at once: few, for new memory takes longer than the features."""

Bits = NDArray[np.int64]
"""Vectors over two elements, as numbers."""


@dataclass(frozen=True)
class Plan:
    """How the perturbed films of one film share features.

    Attributes:
        halves: the network in two steps.
        vectors: of the superpixels, (n,).
        seen: whether a place of the feature map sees a superpixel, bool (h·w, n).
        cost: as a part of that of scoring every film whole.
    """

    halves: Halves
    vectors: Bits
    seen: NDArray[np.bool_]
    cost: float

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Which superpixels each of the shared films shows, (2^m, n)."""
        films = np.arange(2 ** int(self.vectors.max()).bit_length())
        return np.bitwise_count(films[:, None] & self.vectors) % 2 == 1


def plan(ways: tuple[Halves, ...], segments: NDArray[np.int32], samples: int) -> Plan | None:
    """Return the cheapest way to share features, or None where scoring films whole is as cheap.

    Args:
        ways: places where the network can be cut.
        segments: superpixel numbers 0…n−1, (S, S).
        samples: how many films will be scored.
    """
    superpixels = int(segments.max()) + 1
    ways = tuple(way for way in ways if _cost(way, 0, samples) < WORTH)
    if not ways or superpixels * segments.size > MOST_COUNTED:
        return None
    counts = _counts(segments, superpixels)
    best: Plan | None = None
    # Of each way the cost without any film for the features is the least that it may take.
    for way in sorted(ways, key=lambda way: _cost(way, 0, samples)):
        least = best.cost if best else WORTH
        if _cost(way, 0, samples) >= least:
            break
        seen = _seen(way, counts)
        # So many films a place needs that sees the most; most ways are out of it by that alone.
        most = int(seen.sum(axis=1).max())
        if most > MOST_SEEN or _cost(way, 2**most, samples) >= least:
            continue
        vectors = _independent(np.unique(seen, axis=0))
        films = 2 ** int(vectors.max()).bit_length()
        cost = _cost(way, films, samples)
        if cost < least and films * len(seen) * way.channels * 4 <= MOST_BYTES:
            best = Plan(way, vectors, seen, cost)
    return best


def _cost(way: Halves, films: int, samples: int) -> float:
    size = len(way.rows) * len(way.columns) * way.channels
    shared = way.early_work * films / samples + way.late_work + GATHERED * size
    return shared / (way.early_work + way.late_work)


def _counts(segments: NDArray[np.int32], superpixels: int) -> NDArray[np.int32]:
    """Return how much of each superpixel lies above and left of each place, (n, S + 1, S + 1)."""
    there = segments[None] == np.arange(superpixels)[:, None, None]
    counts = there.cumsum(1, dtype=np.int32).cumsum(2, dtype=np.int32)
    return np.pad(counts, ((0, 0), (1, 0), (1, 0)))


def _seen(way: Halves, counts: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which superpixels each place of the feature map sees, bool (h·w, n)."""
    rows = counts[:, way.rows[:, 1] + 1] - counts[:, way.rows[:, 0]]
    inside = rows[:, :, way.columns[:, 1] + 1] - rows[:, :, way.columns[:, 0]]
    return (inside > 0).reshape(len(counts), -1).T


def _independent(sets: NDArray[np.bool_]) -> Bits:
    """Return a vector for each superpixel, such that those of a set are linearly independent.

    Args:
        sets: bool (sets, n).
    """
    vectors = np.zeros(sets.shape[1], np.int64)
    sums: list[Bits] = [np.zeros(1, np.int64) for _ in sets]
    for superpixel in range(len(vectors)):
        where = np.flatnonzero(sets[:, superpixel])
        if not len(where):  # an operation without padding may leave out the last rows of a film
            continue
        spanned = np.unique(np.concatenate([sums[i] for i in where]))
        # The least number that is no sum of vectors in any set; 0 always is one.
        free = np.flatnonzero(spanned != np.arange(len(spanned)))
        vector = vectors[superpixel] = free[0] if len(free) else len(spanned)
        for i in where:
            sums[i] = np.concatenate([sums[i], sums[i] ^ vector])
    return vectors


def _duals(vectors: list[int]) -> list[int]:
    """Return for independent vectors those of which u_i · v_j is 1 where i = j, and else 0."""
    rows, made_of, pivots = list(vectors), [1 << i for i in range(len(vectors))], list[int]()
    for i in range(len(rows)):
        pivots.append(rows[i].bit_length() - 1)
        for j in range(len(rows)):
            if j != i and rows[j] >> pivots[i] & 1:
                rows[j] ^= rows[i]
                made_of[j] ^= made_of[i]
    return [
        sum(1 << pivot for pivot, made in zip(pivots, made_of, strict=True) if made >> i & 1)
        for i in range(len(vectors))
    ]


def shared_features(
    plan: Plan,
    film: Grey,
    hidden: Grey,
    segments: NDArray[np.int32],
    shown: NDArray[np.bool_],
    batch_size: int,
) -> Iterator[NDArray[np.float32] | None]:
    """Yield the early features of what `perturbed_films` yields, always in the same array.

    None is yielded as long as the features of the shared films are made. All arrays of size are in
    here and nowhere else, so that nothing keeps them when the work is cancelled.
    """
    way, places = plan.halves, len(plan.seen)
    table = np.empty((len(plan.shown) * places, way.channels), np.float32)
    films = perturbed_films(film, hidden, segments, plan.shown, AT_ONCE)
    for start, few in zip(range(0, len(table), AT_ONCE * places), films, strict=True):
        table[start : start + AT_ONCE * places] = way.early(few).reshape(-1, way.channels)
        yield None
    finder = _Finder(plan)
    # New memory takes time.
    fetched = np.empty((min(batch_size, len(shown)) * places, way.channels), np.float32)
    for start in range(0, len(shown), batch_size):
        part = shown[start : start + batch_size]
        row = finder.films(part) * places + np.arange(places)
        # Clipping nothing: with an array to write into, the check for it would make another copy.
        features = table.take(row.ravel(), axis=0, out=fetched[: row.size], mode="clip")
        yield features.reshape(len(part), len(way.rows), len(way.columns), way.channels)


class _Finder:
    """Finds the shared film that shows at a place what a perturbed film shows there."""

    def __init__(self, plan: Plan) -> None:
        sets, which = np.unique(plan.seen, axis=0, return_inverse=True)
        most = int(sets.sum(axis=1).max())
        superpixels = np.zeros((len(sets), most), np.intp)
        duals = np.zeros((len(sets), most), np.intp)
        for i, seen in enumerate(map(np.flatnonzero, sets)):
            superpixels[i, : len(seen)] = seen
            duals[i, : len(seen)] = _duals(plan.vectors[seen].tolist())
        # One row for the first superpixel of each place, one for the second, …
        self._superpixels, self._duals = superpixels[which].T.copy(), duals[which].T.copy()

    def films(self, shown: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Return the number of the shared film for each perturbed film and place, (N, h·w)."""
        films = np.zeros((len(shown), self._duals.shape[1]), np.intp)
        # Not as a product of matrices: its threads would get in the way of the network's.
        for superpixel, dual in zip(self._superpixels, self._duals, strict=True):
            films ^= np.where(shown[:, superpixel], dual, 0)
        return films
