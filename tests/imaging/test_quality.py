"""Films that cannot be read are refused, and what is wrong with others is said."""

import numpy as np
import pytest
from film_files import encode
from numpy.typing import NDArray

from xray_core.errors import UnsuitableFilm
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png, phantom_radiograph
from xray_core.imaging.quality import SYNTHETIC, Quality, check_quality
from xray_core.imaging.radiograph import FilmHeader, Radiograph
from xray_core.imaging.reader import read_radiograph

CHEST = draw_phantom(5, PhantomKind.NORMAL, size=320).pixels


def radiograph(pixels: NDArray[np.generic], **changes: object) -> Radiograph:
    return Radiograph(
        np.asarray(pixels, np.float32), "film.png", "0" * 64, FilmHeader("PNG", 8), **changes
    )


def test_a_good_film_needs_no_words() -> None:
    assert check_quality(radiograph(CHEST)) == Quality()


@pytest.mark.parametrize("shape", [(63, 200), (200, 63), (1, 1)])
def test_too_small(shape: tuple[int, int]) -> None:
    with pytest.raises(UnsuitableFilm, match="at least 64 on each side are needed"):
        check_quality(radiograph(np.resize(CHEST, shape)))


@pytest.mark.parametrize("shape", [(100, 260), (260, 100)])
def test_too_long(shape: tuple[int, int]) -> None:
    with pytest.raises(UnsuitableFilm, match=r"at most 2\.5 times as long as it is wide"):
        check_quality(radiograph(np.resize(CHEST, shape)))


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_blank(value: float) -> None:
    noise = np.random.default_rng(1).normal(0, 0.005, (300, 300))
    with pytest.raises(UnsuitableFilm, match="blank or nearly so"):
        check_quality(radiograph(np.clip(value + noise, 0, 1)))


def test_text_and_drawings() -> None:
    page = np.ones((400, 300))
    for row in range(20, 380, 12):
        page[row : row + 5, 20:280] = np.random.default_rng(row).integers(0, 2, 260)
    with pytest.raises(UnsuitableFilm, match="almost only black and white"):
        check_quality(radiograph(page))


def test_an_inverted_film_is_noticed() -> None:
    (warning,) = check_quality(radiograph(1 - CHEST)).warnings

    assert "may be inverted" in warning


def test_low_resolution() -> None:
    (warning,) = check_quality(radiograph(CHEST[::2, ::2])).warnings

    assert warning == "The resolution is low: 160×160 pixels, where 224 each way are normal."


def test_low_contrast() -> None:
    assert "The contrast is very low." in check_quality(radiograph(0.4 + 0.2 * CHEST)).warnings


def test_the_readers_warnings_come_first() -> None:
    film = radiograph(CHEST[::2, ::2], warnings=("The film is tinted.",))

    warnings = check_quality(film).warnings

    assert warnings[0] == "The film is tinted."
    assert len(warnings) == 2


def test_a_phantom_is_always_called_one() -> None:
    phantom = draw_phantom(3, PhantomKind.LOBAR, size=320)

    assert SYNTHETIC in check_quality(phantom_radiograph(phantom)).warnings
    assert SYNTHETIC in check_quality(read_radiograph(phantom_png(phantom), "film.png")).warnings


def test_a_photograph_in_grey_is_not_judged_here() -> None:
    import skimage.data

    # Whether it looks like a chest is for the model that would read it.
    check_quality(read_radiograph(encode(skimage.data.camera(), "PNG"), "camera.png"))
