"""From path lengths to a film: Beer–Lambert, scatter, quantum noise, blur, display curve."""

from dataclasses import dataclass

import cv2
import numpy as np

from xray_core.imaging.phantom.canvas import Canvas, Map, blur

SOFT = 0.20
"""Linear attenuation of soft tissue at about 60 keV effective, 1/cm (NIST XCOM)."""
BONE = 0.68
"""The same for compact bone, less the soft tissue in whose place it is."""


@dataclass(frozen=True)
class Exposure:
    """How the film was taken.

    Attributes:
        photons: mean count per cm² of detector with no patient, in units of one pixel at 512 px.
        scatter: scattered over primary radiation behind the lungs' mean.
        blur: standard deviation of the detector's blur in film sides.
        black: grey level of the lungs.
        white: grey level of the mediastinum.
        detail: local contrast added by the scanner's processing.
    edge: sharpening by the scanner's processing.
    """

    photons: float
    scatter: float
    blur: float
    black: float
    white: float
    detail: float
    edge: float


def draw_exposure(rng: np.random.Generator, adult: bool) -> Exposure:
    """Draw the exposure of a film."""
    return Exposure(
        photons=float(rng.uniform(8e3, 3e4)),
        scatter=float(rng.uniform(0.5, 0.8) + 0.25 * adult),
        blur=float(rng.uniform(0.0006, 0.0012)),
        black=float(rng.uniform(0.27, 0.37) + 0.06 * adult),
        white=float(rng.uniform(0.76, 0.83) + 0.06 * adult),
        detail=float(rng.uniform(0.4, 1.0)),
        edge=float(rng.uniform(0.3, 1.3) * (0.6 if adult else 1.0)),
    )


def expose(
    healthy: Map, added: Map, lung: Map, exposure: Exposure, rng: np.random.Generator
) -> Map:
    """Make the film.

    Scatter, exposure and processing are those of the healthy anatomy, and the noise is the same
    draw whatever was added: so a film less its normal twin is what was added, and nothing else.

    Args:
        healthy: attenuation exponent of the healthy patient, float32 (S, S).
        added: what a finding adds to it.
        lung: path length in lung in cm.
        exposure: how the film is taken.
        rng: source of the noise.

    Returns:
        Grey levels float32 (S, S) in [0, 1], bright = dense.
    """
    size = healthy.shape[0]
    primary = np.exp(-healthy)
    scatter = exposure.scatter * blur(np.minimum(primary, 0.35), 0.1 * size)
    seen = blur(primary * np.exp(-added), exposure.blur * size) + scatter
    count = exposure.photons * (512 / size) ** 2
    quanta = blur(rng.standard_normal(healthy.shape, dtype=np.float32), 0.5 * size / 512)
    density = -np.log(np.maximum(seen + np.sqrt(seen / count) * quanta, 1e-4))
    base = -np.log(primary + scatter)
    density += exposure.detail * (density - blur(base, 0.03 * size))
    density += exposure.edge * (base - blur(base, 0.005 * size))
    return _curve(density, base, lung, exposure)


def _curve(density: Map, base: Map, lung: Map, exposure: Exposure) -> Map:
    """The display's sigmoid, set so that lungs and mediastinum have the wanted grey levels."""
    inside = lung > 0.5 * lung.max()
    centre = base[
        base.shape[0] // 3 : -base.shape[0] // 4, base.shape[1] // 4 : -base.shape[1] // 4
    ]
    dark, light = float(np.median(base[inside])), float(np.percentile(centre, 95))
    low, high = (float(np.log(g / (1 - g))) for g in (exposure.black, exposure.white))
    slope = (high - low) / max(light - dark, 0.2)
    grey = 1 / (1 + np.exp(-(low + slope * (density - dark))))
    return np.asarray(np.clip(1.04 * grey - 0.03, 0, 1), np.float32)


def burn_in(film: Map, letter: str, corner: int) -> Map:
    """Write the side marker and the word SYNTHETIC on a film, as lead letters would.

    Args:
        film: float32 (S, S).
        letter: `R` or `L`, set on that side of the patient.
        corner: -1 lower left, 1 lower right for the word.
    """
    size = film.shape[0]
    ink = np.zeros(film.shape, np.uint8)
    x = int((0.05 if letter == "R" else 0.91) * size)
    _write(ink, letter, (x, int(0.17 * size)), 0.0016 * size)
    word = max(0.00085 * size, 0.32)
    (wide, _), _ = cv2.getTextSize("SYNTHETIC", cv2.FONT_HERSHEY_SIMPLEX, word, 1)
    left = int(0.02 * size) if corner < 0 else int(0.98 * size) - wide
    _write(ink, "SYNTHETIC", (left, int(0.98 * size)), word)
    lead = ink.astype(np.float32) / 255
    return np.asarray(film + lead * np.maximum(0.96 - film, 0), np.float32)


def _write(ink: np.ndarray, text: str, at: tuple[int, int], scale: float) -> None:
    thick = max(round(1.7 * scale), 1)
    cv2.putText(ink, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thick, cv2.LINE_AA)


def lay_down(
    canvas: Canvas, side: int, tilt: float, rng: np.random.Generator, maps: list[Map]
) -> list[Map]:
    """Tilt the patient, make every outline a little irregular, and cut out the film.

    Args:
        canvas: the board that the maps are drawn on.
        side: of the film in pixels; it may be finer than the board.
        tilt: degrees.
        rng: source of the irregularity.
        maps: float32 (n, n).

    Returns:
        The maps at film size, (side, side).
    """
    step = np.float32(canvas.size / side)
    across = (np.arange(side, dtype=np.float32) + np.float32(0.5 - side / 2)) * step
    x, y = across[None], across[:, None]
    c, s = np.float32(np.cos(np.radians(tilt))), np.float32(np.sin(np.radians(tilt)))
    sway = [np.float32(0.006 * canvas.size) * canvas.noise(rng, 5, 3, 0.45) for _ in "xy"]
    dx, dy = (cv2.resize(field, (side, side)) for field in sway)
    middle = np.float32(canvas.side / 2 - 0.5)
    at_x, at_y = c * x - s * y + middle + dx, s * x + c * y + middle + dy
    method = cv2.INTER_LINEAR if step == 1 else cv2.INTER_CUBIC
    edge = cv2.BORDER_REPLICATE
    return [cv2.remap(m, at_x, at_y, method, borderMode=edge) for m in maps]
