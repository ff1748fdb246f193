"""The film is shown as it is, through the grey window that was set."""

import base64
import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from xray_core.imaging.radiograph import FilmHeader, Radiograph
from xray_core.imaging.reader import read_radiograph
from xray_core.plots.film import (
    SIDE,
    SYNTHETIC,
    THUMBNAIL,
    GreyWindow,
    film_figure,
    film_png,
    png,
    screen_of,
    stamp,
    thumbnail,
)


def film(height=60, width=80, **facts):
    """A ramp from black at the left to white at the right."""
    pixels = np.tile(np.linspace(0, 1, width, dtype=np.float32), (height, 1))
    return Radiograph(pixels, "film.png", "ab" * 32, FilmHeader("PNG", 8), **facts)


def decoded(data, flag=cv2.IMREAD_UNCHANGED):
    return cv2.imdecode(np.frombuffer(data, np.uint8), flag)


def picture_of(figure):
    return decoded(base64.b64decode(figure.data[0].source.split(",", 1)[1]))


def test_the_full_window_shows_every_value_bright_where_dense():
    grey = GreyWindow().apply(np.array([[0.0, 0.5, 1.0]]))
    assert grey.tolist() == [[0, 127, 255]]


def test_values_outside_the_window_are_black_and_white():
    grey = GreyWindow(level=0.5, width=0.2).apply(np.array([[0.0, 0.39, 0.5, 0.61, 1.0]]))
    assert grey.tolist() == [[0, 0, 127, 255, 255]]


def test_inversion_turns_the_shown_values_over():
    values = np.linspace(0, 1, 11)[None]
    plain = GreyWindow(0.4, 0.5).apply(values)
    turned = GreyWindow(0.4, 0.5, invert=True).apply(values)
    assert np.abs(plain.astype(int) + turned - 255).max() <= 1


def css(chain, values):
    """Apply CSS filter functions (W3C Filter Effects 1, 6): each step clips to [0, 1]."""
    for name, argument in re.findall(r"(\w+)\(([\d.]+)\)", chain):
        amount = float(argument)
        if name == "brightness":
            values = values * amount
        else:
            assert name == "invert"
            values = amount - values * (2 * amount - 1)
        values = np.clip(values, 0, 1)
    return values


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("level", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("width", [0.05, 0.4, 1.0])
def test_the_browser_filter_shows_what_the_window_does(level, width, invert):
    window = GreyWindow(level, width, invert)
    values = np.linspace(0, 1, 256)
    np.testing.assert_allclose(
        255 * css(window.css_filter(), values), window.apply(values), atol=1.01
    )


def test_a_large_film_is_reduced_and_keeps_its_shape_and_brightness():
    big = film(1500, 3000)
    screen = screen_of(big)
    assert screen.pixels.shape == (600, SIDE)
    assert screen.film_shape == (1500, 3000)
    assert abs(float(screen.pixels.mean()) - 0.5) < 1e-3


def test_a_small_film_is_not_enlarged():
    assert screen_of(film()).pixels.shape == (60, 80)


def test_the_figure_holds_the_film_on_axes_of_film_pixels():
    figure = film_figure(screen_of(film(1500, 3000)), GreyWindow())
    assert picture_of(figure).shape == (600, 1200)
    assert tuple(figure.layout.xaxis.range) == (0, 3000)
    assert tuple(figure.layout.yaxis.range) == (1500, 0), "the first row is on top"
    assert figure.data[0].dx == figure.data[0].dy == 2.5
    assert "px" in figure.data[0].hovertemplate


def test_lengths_are_in_mm_only_where_the_spacing_is_calibrated():
    header = FilmHeader("DICOM", 12, pixel_spacing_mm=(0.2, 0.1))
    plain = film_figure(screen_of(replace(film(), header=header)), GreyWindow())
    assert "px" in plain.data[0].hovertemplate
    header = replace(header, spacing_calibrated=True)
    measured = film_figure(screen_of(replace(film(), header=header)), GreyWindow())
    assert "mm" in measured.data[0].hovertemplate
    assert tuple(measured.layout.xaxis.range) == (0, 8)
    assert tuple(measured.layout.yaxis.range) == (12, 0)


def test_a_phantom_is_labelled_in_the_figure_and_a_film_is_not():
    labelled = film_figure(screen_of(film(synthetic=True)), GreyWindow())
    assert [note.text for note in labelled.layout.annotations] == [SYNTHETIC]
    assert not film_figure(screen_of(film()), GreyWindow()).layout.annotations


def test_zoom_stays_while_the_film_is_the_same():
    a, b = (film_figure(screen_of(film()), GreyWindow(width=w)) for w in (1.0, 0.5))
    assert a.layout.uirevision == b.layout.uirevision == "ab" * 32


def test_the_exported_film_is_the_one_shown_with_a_strip_below():
    screen = screen_of(film(300, 600))
    saved = decoded(film_png(screen, GreyWindow(invert=True)))
    np.testing.assert_array_equal(saved[:300, :, 0], GreyWindow(invert=True).apply(screen.pixels))
    assert saved.shape[0] > 300
    assert saved[300:].max() > 100, "the strip has writing"


def test_a_phantom_says_so_in_the_exported_strip():
    plain = decoded(film_png(screen_of(film(300, 600)), GreyWindow()))
    marked = decoded(film_png(screen_of(film(300, 600, synthetic=True)), GreyWindow()))
    assert marked.shape[0] > plain.shape[0]


@pytest.mark.parametrize("synthetic", [False, True])
def test_the_exported_film_of_a_phantom_is_read_as_one_again(synthetic):
    screen = screen_of(film(300, 600, synthetic=synthetic))
    again = read_radiograph(film_png(screen, GreyWindow()), "film.png")
    assert again.synthetic is synthetic
    assert again.warnings == ()


def test_a_stamp_fits_the_narrowest_picture():
    picture = np.zeros((16, 16), np.uint8)
    stamped = stamp(picture, ("a line that is much wider than sixteen pixels would ever be",))
    strip = stamped[480:]
    assert stamped.shape[1] == 480
    assert strip[:, -8:].max() == 0, "nothing is cut off at the right"


def test_png_keeps_red_green_and_blue_apart():
    colour = np.zeros((4, 4, 3), np.uint8)
    colour[..., 0] = 200
    assert decoded(png(colour))[0, 0].tolist() == [0, 0, 200], "OpenCV gives blue, green, red"


def test_a_thumbnail_is_small_and_grey():
    small = decoded(thumbnail(film(900, 600)))
    assert small.shape == (THUMBNAIL, THUMBNAIL * 2 // 3)
