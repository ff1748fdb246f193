"""Films that are one film twice, byte for byte or nearly so."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np
from numpy.typing import NDArray

from xray_core.datasets.audit.results import Pair
from xray_core.datasets.audit.survey import Survey

NEAR_BITS = 8
"""Of 64: films whose hashes differ in more are not compared further."""
NEAR_CORRELATION = 0.985
"""Least correlation of the 56×56 pictures of a near pair.

Measured on the 5,216 films of Kermany 2018: saved again at JPEG quality 30 a film keeps 0.9994, at
half its size 0.9999, with gamma 0.8 0.996; two different films whose hashes are near have at most
0.970, although 353 pairs of them differ in 6 bits or fewer. A film turned by 2° or cropped by 2 %
mostly falls below: it is not found.
"""
MOST_LISTED = 5_000
_BLOCK = 512
_CANDIDATES = 2_000_000
"""More pairs than these would be a set of blank or drawn films, which every hash confuses."""


@dataclass(frozen=True)
class Duplicates:
    """Pairs of films that are one.

    Attributes:
        groups: groups of films equal byte for byte.
        exact: pairs within these.
        near: pairs that look the same under other bytes; of equal files one stands for all.
        pairs: `exact` and then `near`, at most `MOST_LISTED` of each kind.
        complete: False where there may be more near pairs, or more pairs than are listed.
    """

    groups: int
    exact: int
    near: int
    pairs: tuple[Pair, ...]
    complete: bool = True


def find_duplicates(
    survey: Survey, progress: Callable[[int, int], None] | None = None
) -> Duplicates:
    """Compare every film with every other.

    Args:
        survey: the films, measured.
        progress: called with the films compared so far and in all.
    """
    table = survey.dataset.table
    groups: dict[str, list[int]] = {}
    for row, sha256 in enumerate(table["sha256"]):
        if sha256:
            groups.setdefault(sha256, []).append(row)
    equal = [rows for rows in groups.values() if len(rows) > 1]
    exact = sum(len(rows) * (len(rows) - 1) // 2 for rows in equal)
    firsts = np.array([rows[0] for rows in groups.values()], int)
    near, complete = _near(survey, firsts[survey.readable[firsts]], progress)
    complete = complete and max(exact, len(near)) <= MOST_LISTED
    every = _Pairs(survey)
    listed = (pair for rows in equal for pair in combinations(rows, 2))
    pairs = [every.of(i, j, 0, exact=True) for i, j in islice(listed, MOST_LISTED)]
    pairs += [every.of(i, j, bits, exact=False) for i, j, bits in near[:MOST_LISTED]]
    return Duplicates(len(equal), exact, len(near), tuple(pairs), complete)


class _Pairs:
    """Makes pairs of rows.

    Args:
        survey: the films.
    """

    def __init__(self, survey: Survey) -> None:
        table = survey.dataset.table
        self._paths, self._splits = table["path"].tolist(), table["split"].tolist()
        self._labels = survey.dataset.labels()

    def of(self, i: int, j: int, bits: int, *, exact: bool) -> Pair:
        i, j = sorted((i, j), key=self._paths.__getitem__)
        one, other = self._labels[i], self._labels[j]
        return Pair(
            first=self._paths[i],
            second=self._paths[j],
            exact=exact,
            bits=bits,
            # A film in no split is not tested: it is a film twice, and no leak.
            across_splits=bool(self._splits[i] and self._splits[j])
            and self._splits[i] != self._splits[j],
            conflicting=bool(one and other and not one & other),
        )


def _near(
    survey: Survey, rows: NDArray[np.intp], progress: Callable[[int, int], None] | None
) -> tuple[list[tuple[int, int, int]], bool]:
    """Return (row, row, bits) of films that look the same, and whether these are all."""
    hashes = np.array([int(h, 16) for h in survey.dataset.table["phash"].iloc[rows]], np.uint64)
    pictures = _standardised(survey.pictures[rows])
    found: list[tuple[int, int, int]] = []
    examined = 0
    for first in range(0, len(rows), _BLOCK):
        if progress:
            progress(first, len(rows))
        bits = np.bitwise_count(hashes[first : first + _BLOCK, None] ^ hashes[None, first:])
        one, other = np.nonzero(np.triu(bits <= NEAR_BITS, 1))
        examined += len(one)
        alike = _correlations(pictures, one + first, other + first) >= NEAR_CORRELATION
        found += [
            (int(rows[first + i]), int(rows[first + j]), int(bits[i, j]))
            for i, j in zip(one[alike], other[alike], strict=True)
        ]
        if examined > _CANDIDATES:
            return found, first + _BLOCK >= len(rows)
    return sorted(found, key=lambda pair: pair[2]), True


def _standardised(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    flat = pictures.reshape(len(pictures), pictures.shape[1] * pictures.shape[2]).astype(np.float32)
    flat -= flat.mean(1, keepdims=True)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
    return flat


def _correlations(
    pictures: NDArray[np.float32], one: NDArray[np.intp], other: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Return the correlation of each pair, a few at a time: pictures of all pairs are many."""
    parts = [
        np.einsum("ij,ij->i", pictures[one[k : k + 4096]], pictures[other[k : k + 4096]])
        for k in range(0, len(one), 4096)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)
