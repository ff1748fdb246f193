"""Films of any shape that are needed again soon, on disk rather than in memory."""

import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]


class SpilledFilms:
    """A list of films in a file without a name, which is gone with the list or the process.

    Args:
        folder: where there is room; it is made if it is missing.

    Raises:
        OSError: the folder cannot be written; also from `append`, where the disk is full.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - see `close`
        self._places: list[tuple[int, tuple[int, ...]]] = []
        self._end = 0

    def __len__(self) -> int:
        return len(self._places)

    def append(self, film: Grey) -> None:
        """Add a film, float32 (H, W)."""
        self._file.seek(self._end)
        pixels, written = film.astype(np.float32).tobytes(), 0
        while written < len(pixels):  # an unbuffered file may take less at once
            written += self._file.write(pixels[written:])
        self._places.append((self._end, film.shape))
        self._end += written

    def __getitem__(self, row: int) -> Grey:
        """Return a film as a new array."""
        offset, shape = self._places[row]
        self._file.seek(offset)
        return np.fromfile(self._file, np.float32, int(np.prod(shape))).reshape(shape)

    def close(self) -> None:
        """Give the room back."""
        self._file.close()
