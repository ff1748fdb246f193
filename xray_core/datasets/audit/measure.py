"""All that an audit wants to know of one film, from one decoding of it."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.datasets.hashing import perceptual_hash
from xray_core.errors import UnreadableFilm, UnsuitableFilm
from xray_core.imaging.guard import read_guarded
from xray_core.imaging.quality import refuse_unsuitable
from xray_core.imaging.radiograph import Radiograph

SIDE = 112
"""Side of the small picture: 56 and 16 divide it evenly, and a side marker is still legible."""


class State(StrEnum):
    """What became of a file."""

    READ = "read"
    UNREADABLE = "unreadable"
    UNSUITABLE = "unsuitable"


@dataclass(frozen=True)
class FilmMeasure:
    """One film, measured.

    Attributes:
        sha256: of the file, hexadecimal.
        state: whether it is a film; if not, all below `reason` is empty.
        reason: why not.
        format: `PNG`, `JPEG`, `TIFF`, `BMP`, `WEBP` or `DICOM`.
        bits: bits stored per pixel and channel.
        file_bytes: length of the file.
        width: in pixels.
        height: in pixels.
        synthetic: True for a phantom.
        phash: perceptual hash, hexadecimal.
        mean: mean brightness, 0 to 1.
        spread: standard deviation of the brightness.
        sharpness: standard deviation of the Laplacian of the film as it is, in grey levels of 255.
        small: uint8 (112, 112), the whole film area-averaged, aspect ratio not kept.
    """

    sha256: str
    state: State
    reason: str = ""
    format: str = ""
    bits: int = 0
    file_bytes: int = 0
    width: int = 0
    height: int = 0
    synthetic: bool = False
    phash: str = ""
    mean: float = 0.0
    spread: float = 0.0
    sharpness: float = 0.0
    small: NDArray[np.uint8] | None = None


def measure_film(data: bytes, name: str) -> FilmMeasure:
    """Decode a file in a guarded process and measure it; never raises `FilmError`.

    Args:
        data: the whole file.
        name: the file's name.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        film = read_guarded(data, name)
        refuse_unsuitable(film)
    except UnreadableFilm as error:
        return FilmMeasure(sha256, State.UNREADABLE, error.reason)
    except UnsuitableFilm as error:
        return FilmMeasure(sha256, State.UNSUITABLE, error.reason)
    return _measured(film, len(data))


def _measured(film: Radiograph, file_bytes: int) -> FilmMeasure:
    height, width = film.shape
    mean, spread = cv2.meanStdDev(film.pixels)
    small = cv2.resize(film.pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return FilmMeasure(
        sha256=film.sha256,
        state=State.READ,
        format=film.header.format,
        bits=film.header.bits,
        file_bytes=file_bytes,
        width=width,
        height=height,
        synthetic=film.synthetic,
        phash=perceptual_hash(film.pixels),
        mean=float(mean[0, 0]),
        spread=float(spread[0, 0]),
        sharpness=255 * float(cv2.meanStdDev(cv2.Laplacian(film.pixels, cv2.CV_32F))[1][0, 0]),
        small=cv2.convertScaleAbs(small, alpha=255),
    )
