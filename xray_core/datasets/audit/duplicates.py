"""Films that are one film twice, byte for byte or nearly so."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import (
    chain,
    combinations,
    combinations_with_replacement,
    islice,
    product,
    zip_longest,
)

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
        across: pairs of both kinds in two splits.
        conflicting: pairs of both kinds whose labels contradict each other.
        pairs: exact and then near pairs, at most `MOST_LISTED` of each kind, those across splits or
            with conflicting labels first.
        complete: False where there may be more near pairs.
    """

    groups: int
    exact: int
    near: int
    across: int
    conflicting: int
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
    groups: dict[str, list[int]] = {}
    for row, sha256 in enumerate(survey.dataset.table["sha256"]):
        if sha256:
            groups.setdefault(sha256, []).append(row)
    equal = [rows for rows in groups.values() if len(rows) > 1]
    firsts = np.array([rows[0] for rows in groups.values()], int)
    alike, complete = _near(survey, firsts[survey.readable[firsts]], progress)
    judge = _Judge(survey)
    exact = [bunch for rows in equal for bunch in judge.equal(rows)]
    near = judge.alike(alike)
    return Duplicates(
        groups=len(equal),
        exact=sum(bunch.count for bunch in exact),
        near=len(alike),
        across=sum(bunch.count for bunch in exact + near if bunch.across_splits),
        conflicting=sum(bunch.count for bunch in exact + near if bunch.conflicting),
        pairs=(*judge.listed(exact, exact=True), *judge.listed(near, exact=False)),
        complete=complete,
    )


_Alike = tuple[int, int, int]
"""Two rows, and how many bits of their hashes differ."""


@dataclass(frozen=True)
class _Bunch:
    """Pairs of which the same is to be said; they may be millions, and are made one by one."""

    across_splits: bool
    conflicting: bool
    count: int
    pairs: Iterable[_Alike]


class _Judge:
    """Judges pairs of rows by the kinds of their films: split and label, of which there are few.

    Args:
        survey: the films.
    """

    def __init__(self, survey: Survey) -> None:
        table = survey.dataset.table
        self._paths = table["path"].tolist()
        of_rows = list(zip(table["split"], survey.dataset.labels(), strict=True))
        kinds = list(dict.fromkeys(of_rows))
        number = {kind: k for k, kind in enumerate(kinds)}
        self._kinds = np.array([number[kind] for kind in of_rows], int)
        # A film in no split is not tested: it is a film twice, and no leak.
        self._across = np.array([[bool(a and b and a != b) for b, _ in kinds] for a, _ in kinds])
        self._conflicting = np.array(
            [[bool(one and other and not one & other) for _, other in kinds] for _, one in kinds]
        )

    def equal(self, rows: list[int]) -> list[_Bunch]:
        """Return all pairs of a group of equal films."""
        by_kind: dict[int, list[int]] = {}
        for row in rows:
            by_kind.setdefault(int(self._kinds[row]), []).append(row)
        found = []
        for k, m in combinations_with_replacement(by_kind, 2):
            some, others = by_kind[k], by_kind[m]
            same = k == m
            count = len(some) * (len(some) - 1) // 2 if same else len(some) * len(others)
            pairs = combinations(some, 2) if same else product(some, others)
            said = bool(self._across[k, m]), bool(self._conflicting[k, m])
            found.append(_Bunch(*said, count, ((i, j, 0) for i, j in pairs)))
        return found

    def alike(self, pairs: list[_Alike]) -> list[_Bunch]:
        """Return pairs of films that look the same, in their order."""
        one, other, _ = np.array(pairs, int).reshape(-1, 3).T
        kinds = self._kinds[one], self._kinds[other]
        found = []
        for across, conflicting in product((True, False), (True, False)):
            such = (self._across[kinds] == across) & (self._conflicting[kinds] == conflicting)
            some = [pairs[row] for row in np.flatnonzero(such)]
            found.append(_Bunch(across, conflicting, len(some), some))
        return found

    def listed(self, bunches: list[_Bunch], *, exact: bool) -> list[Pair]:
        """Return at most `MOST_LISTED` of the pairs, the worst first."""

        def such(across: bool, conflicting: bool) -> Iterator[tuple[_Bunch, _Alike]]:
            for bunch in bunches:
                if (bunch.across_splits, bunch.conflicting) == (across, conflicting):
                    yield from ((bunch, pair) for pair in bunch.pairs)

        # In turns, so that many pairs of the one kind do not leave out the other.
        turns = chain.from_iterable(zip_longest(such(True, False), such(False, True)))
        worst_first = chain(such(True, True), filter(None, turns), such(False, False))
        return [self._pair(*some, exact=exact) for some in islice(worst_first, MOST_LISTED)]

    def _pair(self, bunch: _Bunch, pair: _Alike, *, exact: bool) -> Pair:
        first, second = sorted(self._paths[row] for row in pair[:2])
        return Pair(
            first=first,
            second=second,
            exact=exact,
            bits=pair[2],
            across_splits=bunch.across_splits,
            conflicting=bunch.conflicting,
        )


def _near(
    survey: Survey, rows: NDArray[np.intp], progress: Callable[[int, int], None] | None
) -> tuple[list[_Alike], bool]:
    """Return pairs of films that look the same, and whether these are all."""
    hashes = np.array([int(h, 16) for h in survey.dataset.table["phash"].iloc[rows]], np.uint64)
    pictures = _standardised(survey.pictures[rows])
    found: list[_Alike] = []
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
