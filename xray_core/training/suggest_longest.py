"""How large films may be before a network sees them: as large as those that it will learn from.

A data set of small films says nothing of large ones: averaged from a scanner's film straight to the
network's input, the same chest is sharper (docs/bundled-model.md, "Large films").
"""

from collections.abc import Sequence

import numpy as np

from xray_core.datasets.dataset import Dataset
from xray_core.errors import XrayError
from xray_core.imaging.sizes import header_size
from xray_core.imaging.sniff import sniff

LOOKED_AT = 64
"""Films of each data set, spread over it; a header is read in a fraction of a millisecond."""
ENOUGH = 0.8
"""Share of these whose header must tell it; some files may be damaged."""
LEAST = 64
"""Pixels; no film is made smaller than that."""


def suggest_longest(datasets: Sequence[Dataset]) -> int | None:
    """Return the longer side of the largest films, in pixels, or None where that cannot be told."""
    longest = [_longest(dataset) for dataset in datasets]
    known = [side for side in longest if side is not None]
    return max(LEAST, *known) if len(known) == len(longest) else None


def _longest(dataset: Dataset) -> int | None:
    rows = np.unique(np.linspace(0, len(dataset) - 1, LOOKED_AT).astype(int))
    sizes = [_size(dataset, int(row)) for row in rows]
    known = [max(size) for size in sizes if size is not None]
    return max(known) if len(known) > ENOUGH * len(sizes) else None


def _size(dataset: Dataset, row: int) -> tuple[int, int] | None:
    try:
        data = dataset.film_bytes(row)
        return header_size(sniff(data, ""), data)
    except XrayError:  # a damaged film is told of when it is read
        return None
