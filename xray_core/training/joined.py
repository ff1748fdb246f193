"""Films from several files as one array."""

from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Joined:
    """Rows of arrays that are mapped from the disk, one array after the other; nothing is copied.

    Args:
        parts: of rows of one shape and type.
    """

    def __init__(self, *parts: NDArray[Any]) -> None:
        self._parts = parts
        self._ends = np.array(list(accumulate(map(len, parts))))

    def __len__(self) -> int:
        return int(self._ends[-1])

    def __getitem__(self, row: int) -> NDArray[Any]:
        """Return a row, counted from 0.

        Raises:
            IndexError: there are not so many.
        """
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)}")
        part = int(np.searchsorted(self._ends, row, side="right"))
        first = self._ends[part] - len(self._parts[part])
        return np.asarray(self._parts[part][row - first])

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        """Return all rows in memory, which NumPy asks for."""
        return np.concatenate(self._parts).astype(dtype or self._parts[0].dtype, copy=False)
