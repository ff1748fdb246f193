"""MedMNIST `.npz` files (Yang et al. 2023, doi 10.1038/s41597-022-01721-8): PneumoniaMNIST."""

import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.datasets.archive_limits import check_expansion, explained, gone, refuse
from xray_core.datasets.layout import Entry
from xray_core.labels import NORMAL, PNEUMONIA

_SPLITS = ("train", "val", "test")
_CLASSES = {0: NORMAL, 1: PNEUMONIA}
_MAX_DECODED = 4 * 2**30


@dataclass(frozen=True)
class NpzStore:
    """Films of the arrays `{train,val,test}_images`, uint8 (N, H, W), under `train/0.png`, ….

    Attributes:
        path: the `.npz` file.
    """

    path: Path

    def addresses(self) -> list[str]:
        """Return the address of every film.

        Raises:
            DatasetError: see `entries`.
        """
        return [entry.path for entry in self.entries("")]

    def entries(self, source: str) -> list[Entry]:
        """Return every film with its split and label (0 normal, 1 pneumonia), in the file's order.

        No patient is known, so that every film counts as one.

        Raises:
            DatasetError: it is damaged, or its arrays are not those of PneumoniaMNIST.
        """
        return [
            Entry(f"{split}/{i}.png", _CLASSES[int(value)], f"{source}/{split}-{i}", split)
            for split in self._splits()
            for i, value in enumerate(self._labels(split))
        ]

    def read(self, address: str) -> bytes:
        """Return a film as the bytes of an 8-bit grey PNG, so that one decoder serves all.

        Raises:
            DatasetError: the file has changed since: it is damaged, or the film is gone.
        """
        split, name = address.split("/")
        try:
            pixels = self._images(split)[int(name.removesuffix(".png"))]
        except (KeyError, IndexError):
            gone(self.path, address)
        _, png = cv2.imencode(".png", pixels)
        return png.tobytes()

    def _splits(self) -> list[str]:
        with explained(self.path), zipfile.ZipFile(self.path) as archive:
            members = archive.infolist()
            decoded = sum(member.file_size for member in members)
            check_expansion(self.path, decoded, self.path.stat().st_size)
            if decoded > _MAX_DECODED:
                refuse(self.path, f"holds {decoded} bytes; allowed are {_MAX_DECODED}")
        names = {member.filename for member in members}
        found = [s for s in _SPLITS if {f"{s}_images.npy", f"{s}_labels.npy"} <= names]
        if not found:
            refuse(self.path, "has no train_images and train_labels; allowed are MedMNIST's arrays")
        return found

    def _images(self, split: str) -> NDArray[np.uint8]:
        images: NDArray[np.uint8] = self._array(f"{split}_images")
        if images.dtype != np.uint8 or images.ndim != 3 or 0 in images.shape:
            refuse(
                self.path,
                f"has {split}_images of {images.dtype} {images.shape}; allowed is uint8 (N, H, W)",
            )
        return images

    def _labels(self, split: str) -> NDArray[np.integer]:
        labels = self._array(f"{split}_labels").reshape(-1)
        if len(labels) != len(self._images(split)):
            refuse(self.path, f"has {len(labels)} {split}_labels; allowed is one for each film")
        if labels.dtype.kind not in "iu" or not np.isin(labels, list(_CLASSES)).all():
            refuse(self.path, f"has {split}_labels other than 0, normal, and 1, pneumonia")
        return labels

    def _array(self, name: str) -> NDArray[np.uint8]:
        with explained(self.path):
            return _array(self.path, self.path.stat().st_mtime_ns, name)


@lru_cache(maxsize=6)
def _array(path: Path, mtime_ns: int, name: str) -> NDArray[np.uint8]:
    """Load one array; its time of change makes a changed file a new one."""
    with np.load(path, allow_pickle=False) as arrays:
        array: NDArray[np.uint8] = arrays[name]
    if not isinstance(array, np.ndarray):  # NumPy gives other members as bytes
        raise ValueError(f"{name} is no array")
    array.flags.writeable = False
    return array
