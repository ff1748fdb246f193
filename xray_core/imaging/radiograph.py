"""The film as everything after decoding sees it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class FilmHeader:
    """What the file said of the film, de-identified: no name, no number, no date.

    Attributes:
        format: `PNG`, `JPEG`, `TIFF`, `BMP`, `WEBP` or `DICOM`.
        bits: bits stored per pixel and channel.
        modality: DICOM modality (`CR`, `DX`), else None.
        photometric: photometric interpretation as stored, else None.
        view: `PA`, `AP`, … (DICOM View Position), else None.
        body_part: DICOM Body Part Examined, else None.
        age_years: age in years (fractions for months, weeks, days), else None.
        sex: `F`, `M` or `O`, else None.
        pixel_spacing_mm: (row, column) millimetres per pixel, else None.
        spacing_calibrated: True only where the spacing is that of the patient (DICOM Pixel Spacing
            with a calibration type), not that of the detector: only then may lengths be in mm.
    """

    format: str
    bits: int
    modality: str | None = None
    photometric: str | None = None
    view: str | None = None
    body_part: str | None = None
    age_years: float | None = None
    sex: str | None = None
    pixel_spacing_mm: tuple[float, float] | None = None
    spacing_calibrated: bool = False


@dataclass(frozen=True)
class Radiograph:
    """One frontal chest film.

    Attributes:
        pixels: float32 (H, W) in [0, 1], bright = dense, read-only.
        source: name of the file it came from.
        sha256: hexadecimal SHA-256 of the file's bytes.
        header: what the file said, de-identified.
        warnings: sentences that stand beside every opinion on this film.
        synthetic: True for a drawn phantom; it is then labelled so wherever it appears.
    """

    pixels: NDArray[np.float32]
    source: str
    sha256: str
    header: FilmHeader
    warnings: tuple[str, ...] = field(default=())
    synthetic: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]
