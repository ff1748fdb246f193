"""A film as it is looked at: grey window, zoom and pan."""

import base64
import struct
import zlib
from dataclasses import dataclass

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from xray_core.imaging.radiograph import Radiograph
from xray_core.notice import NOTICE
from xray_core.plots.colours import MUTED, TEXT

SIDE = 1200
"""Longest side, in pixels, of what is sent to a screen."""

THUMBNAIL = 240
"""Longest side of a thumbnail in pixels."""

BLACK = "#000000"
SYNTHETIC = "SYNTHETIC PHANTOM"
_HEADER_BYTES = 33  # of a PNG: its signature and the chunk IHDR


@dataclass(frozen=True)
class GreyWindow:
    """Which grey values the screen shows, as radiology sets them.

    Attributes:
        level: the middle of the window, 0 to 1 of the film's range.
        width: 0 to 1; values further than half of it from the level are black or white.
        invert: dense shown dark, the other convention of film viewing.
    """

    level: float = 0.5
    width: float = 1.0
    invert: bool = False

    @property
    def ends(self) -> tuple[float, float]:
        """The values, as parts of the film's range, that become black and white."""
        return self.level - self.width / 2, self.level + self.width / 2

    def apply(self, pixels: NDArray[np.floating]) -> NDArray[np.uint8]:
        """Return pixels (H, W) in [0, 1] as uint8 grey values of the screen.

        It is what PS3.3 C.11.2.1.2 of DICOM calls a linear window, without its half-pixel terms.
        """
        floor, ceiling = self.ends
        grey = np.clip((pixels - floor) * (255.0 / max(ceiling - floor, 1e-3)), 0, 255)
        return (255 - grey if self.invert else grey).astype(np.uint8)

    def css_filter(self) -> str:
        """Return the same map as a chain of CSS filters, for a picture shown with the full window.

        Scaled so that the upper end becomes 1, turned over, scaled so that the lower end becomes 1,
        and turned back: each step clips only what ends as black or white.
        """
        floor, ceiling = self.ends
        first, second = 1 / max(ceiling, 1e-3), 1 / max(1 - floor / max(ceiling, 1e-3), 1e-3)
        back = "" if self.invert else " invert(1)"
        return f"brightness({first:.5f}) invert(1) brightness({second:.5f}){back}"


@dataclass(frozen=True)
class Screen:
    """A film reduced to what a screen shows, made once for each film.

    Attributes:
        pixels: float32 (h, w) in [0, 1], area-averaged, longest side at most `SIDE`.
        film_shape: (height, width) of the film in pixels.
        spacing_mm: (row, column) millimetres per film pixel, only where they are the patient's own.
        synthetic: True for a phantom.
        key: SHA-256 of the film: while it is the same, zoom and pan stay.
    """

    pixels: NDArray[np.float32]
    film_shape: tuple[int, int]
    spacing_mm: tuple[float, float] | None
    synthetic: bool
    key: str

    @property
    def unit(self) -> str:
        """`mm` where lengths may be given in it, else `px`."""
        return "mm" if self.spacing_mm else "px"


def screen_of(film: Radiograph, side: int = SIDE) -> Screen:
    """Reduce a film to what a screen shows."""
    height, width = film.shape
    scale = min(1.0, side / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    pixels = (
        film.pixels if scale == 1.0 else cv2.resize(film.pixels, size, interpolation=cv2.INTER_AREA)
    )
    spacing = film.header.pixel_spacing_mm if film.header.spacing_calibrated else None
    return Screen(np.asarray(pixels, np.float32), film.shape, spacing, film.synthetic, film.sha256)


def png(grey: NDArray[np.uint8], *, synthetic: bool = False) -> bytes:
    """Encode uint8 (H, W), or (H, W, 3) red-green-blue, as PNG, fast rather than small.

    Args:
        grey: the picture.
        synthetic: it shows a phantom; the file says so in the text chunk by which
            `imaging.raster` knows one.
    """
    pixels = grey if grey.ndim == 2 else cv2.cvtColor(grey, cv2.COLOR_RGB2BGR)
    data = bytes(cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 2])[1])
    return _with_text(data, "Synthetic", SYNTHETIC) if synthetic else data


def _with_text(data: bytes, keyword: str, text: str) -> bytes:
    """Return a PNG with a tEXt chunk after its header (W3C, "PNG (Third Edition)", 5.3, 11.3.3)."""
    chunk = b"tEXt" + f"{keyword}\0{text}".encode("latin-1")
    length, checksum = struct.pack(">I", len(chunk) - 4), struct.pack(">I", zlib.crc32(chunk))
    return data[:_HEADER_BYTES] + length + chunk + checksum + data[_HEADER_BYTES:]


def thumbnail(film: Radiograph) -> bytes:
    """Return a small picture of a film as JPEG, longest side `THUMBNAIL`."""
    grey = GreyWindow().apply(screen_of(film, THUMBNAIL).pixels)
    return bytes(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 85])[1])


BLANK = png(np.zeros((8, 8), np.uint8))
"""In a thumbnail's place where there is no film."""


def data_uri(grey: NDArray[np.uint8]) -> str:
    """Return a PNG of uint8 pixels as a `data:` address."""
    return "data:image/png;base64," + base64.b64encode(png(grey)).decode()


def film_figure(screen: Screen, window: GreyWindow, *, height: int = 640) -> go.Figure:
    """Draw the film; axes in film pixels, or in mm where the spacing is the patient's own.

    Args:
        screen: what to show.
        window: grey values.
        height: of the figure, in screen pixels.
    """
    rows, columns = screen.film_shape
    down, across = screen.spacing_mm or (1.0, 1.0)
    tall, wide = rows * down, columns * across
    dy, dx = tall / screen.pixels.shape[0], wide / screen.pixels.shape[1]
    picture = go.Image(
        source=data_uri(window.apply(screen.pixels)),
        x0=dx / 2,
        y0=dy / 2,
        dx=dx,
        dy=dy,
        hovertemplate=f"x %{{x:.0f}} {screen.unit}<br>y %{{y:.0f}} {screen.unit}<extra></extra>",
    )
    figure = go.Figure(picture)
    _lay_out(figure, wide, tall, height, screen.key)
    if screen.synthetic:
        mark_synthetic(figure)
    return figure


def film_png(screen: Screen, window: GreyWindow) -> bytes:
    """Return the film as shown, as a PNG that says what it is."""
    shown = f"window {window.width:.0%}, level {window.level:.0%}"
    grey = f"{shown}, inverted" if window.invert else shown
    lines = (f"film {screen.key[:16]}, {grey}", NOTICE)
    marks = (SYNTHETIC,) if screen.synthetic else ()
    stamped = stamp(window.apply(screen.pixels), (*marks, *lines))
    return png(stamped, synthetic=screen.synthetic)


def _lay_out(figure: go.Figure, wide: float, tall: float, height: int, key: str) -> None:
    bare = {
        "showgrid": False,
        "zeroline": False,
        "showticklabels": False,
        "ticks": "",
        "constrain": "domain",
    }
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor=BLACK,
        plot_bgcolor=BLACK,
        dragmode="zoom",
        uirevision=key,
        hoverlabel={"bgcolor": "#151a20", "font": {"color": TEXT, "size": 12}},
        modebar={"bgcolor": "rgba(11,14,17,0.7)", "color": MUTED, "activecolor": TEXT},
        xaxis={"range": [0, wide], **bare},
        yaxis={"range": [tall, 0], "scaleanchor": "x", **bare},
    )


def mark_synthetic(figure: go.Figure) -> None:
    """Write on a figure that its film is a drawn phantom."""
    figure.add_annotation(
        text=SYNTHETIC,
        xref="paper",
        yref="paper",
        x=0.01,
        y=0.99,
        showarrow=False,
        font={"size": 12, "color": "#e69f00"},
        bgcolor="rgba(0,0,0,0.6)",
        borderpad=3,
    )


def stamp(picture: NDArray[np.uint8], lines: tuple[str, ...]) -> NDArray[np.uint8]:
    """Return a picture (H, W) or (H, W, 3) with lines of text on a black strip below it.

    Args:
        picture: uint8.
        lines: what a picture must say of itself once it has left the page; ASCII.
    """
    colour = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    if colour.shape[1] < 480:
        factor = -(-480 // colour.shape[1])
        colour = colour.repeat(factor, axis=0).repeat(factor, axis=1)
    width = colour.shape[1]
    longest = max(lines, key=len)
    (plain, _), _ = cv2.getTextSize(longest, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 1)
    scale = min(0.6, (width - 16) / plain)
    step = round(30 * scale) + 6
    strip = np.zeros((step * len(lines) + 10, width, 3), np.uint8)
    for i, line in enumerate(lines, start=1):
        at = (8, step * i)
        cv2.putText(
            strip, line, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (215, 221, 227), 1, cv2.LINE_AA
        )
    return np.vstack([colour, strip])
