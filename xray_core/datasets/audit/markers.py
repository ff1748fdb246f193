"""What small bright things stand in the corners of a film: side markers and burned-in text."""

import cv2
import numpy as np
from numpy.typing import NDArray

_CORNER, _CELL, _STROKE = 28, 7, 9
_CELLS = (_CORNER // _CELL) ** 2
MARKER_FEATURES = 4 * (_CELLS + 1)


def marker_features(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return where something bright and thin stands in each corner of a film.

    A white top-hat (the picture less its opening: Meyer 1979; Serra 1982) keeps what is brighter
    than all around it and narrower than a twelfth of the film; anatomy there is wider.

    Args:
        small: uint8 (112, 112), the whole film.

    Returns:
        float32 (68,), in grey levels: for each corner, a quarter of each side, the most in each of
        4×4 cells, and the mean.
    """
    kernel = np.ones((_STROKE, _STROKE), np.uint8)
    thin = cv2.morphologyEx(small, cv2.MORPH_TOPHAT, kernel)
    ends = (slice(None, _CORNER), slice(-_CORNER, None))
    corners = np.stack([thin[rows, columns] for rows in ends for columns in ends])
    cells = corners.reshape(4, _CORNER // _CELL, _CELL, _CORNER // _CELL, _CELL).max((2, 4))
    means = corners.mean((1, 2), dtype=np.float32)[:, None]
    return np.concatenate([cells.reshape(4, -1), means], axis=1, dtype=np.float32).ravel()
