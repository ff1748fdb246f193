"""How large films may be before a network sees them: as large as the films of its data sets.

A data set of small films says nothing of large ones: averaged from a scanner's film straight to the
network's input, the same chest is sharper (docs/bundled-model.md, "Large films").
"""

from collections.abc import Sequence

import numpy as np

from xray_core.bundle.preprocessing import MOST_LONGEST
from xray_core.datasets.dataset import Dataset
from xray_core.errors import XrayError
from xray_core.imaging.limits import check_size
from xray_core.imaging.sizes import header_size
from xray_core.imaging.sniff import sniff

LOOKED_AT = 64
"""Files of each data set that are read for it, spread over the set."""
ENOUGH = 0.8
"""Share of these whose header must tell it; some files may be damaged."""
LEAST = 64
"""Pixels; no film is made smaller than that."""


def suggest_longest(datasets: Sequence[Dataset]) -> int | None:
    """Return the longer side of the largest films that are looked at, in pixels.

    None where headers do not tell it (DICOM, TIFF), or no network would see what it leaves out.
    """
    longest = [_longest(dataset) for dataset in datasets]
    known = [side for side in longest if side is not None]
    if not known or len(known) < len(longest) or max(known) > MOST_LONGEST:
        return None
    return max(LEAST, *known)


def _longest(dataset: Dataset) -> int | None:
    rows = np.unique(np.linspace(0, len(dataset) - 1, LOOKED_AT).astype(int))
    sizes = [_size(dataset, int(row)) for row in rows]
    known = [max(size) for size in sizes if size is not None]
    return max(known) if len(known) > ENOUGH * len(sizes) else None


def _size(dataset: Dataset, row: int) -> tuple[int, int] | None:
    try:
        data = dataset.film_bytes(row)
        size = header_size(sniff(data, ""), data)
        if size is not None:
            check_size("", *size)
    except XrayError:  # a film that cannot be used is told of when it is read
        return None
    return size
