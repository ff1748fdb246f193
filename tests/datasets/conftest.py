"""Tiny films and folders of them."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest


def png_film(seed: int, side: int = 96) -> bytes:
    """Return a smooth random grey picture as PNG bytes."""
    coarse = np.random.default_rng(seed).integers(20, 235, (6, 6)).astype(np.uint8)
    _, data = cv2.imencode(".png", cv2.resize(coarse, (side, side)))
    return data.tobytes()


@pytest.fixture
def film() -> Callable[[int], bytes]:
    """Make the PNG bytes of a film from a seed."""
    return png_film


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Make a folder of films from their addresses, each with pixels of its own."""

    def make(*addresses: str, name: str = "films") -> Path:
        for seed, address in enumerate(addresses):
            path = tmp_path / name / address
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(png_film(seed))
        return tmp_path / name

    return make
