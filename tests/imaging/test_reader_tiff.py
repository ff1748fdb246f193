"""TIFF files of kinds that libraries read in their own way: 32 bits, no numbers, bits turned."""

import io

import numpy as np
import pytest
import tifffile
from film_files import Film, encode, film, pixels, stretched

RAMP = np.linspace(0, 1, 96 * 128).reshape(96, 128)


def tiff(values: Film, photometric: str = "minisblack") -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, values, photometric=photometric)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "values",
    [(RAMP * (2**32 - 1)).astype(np.uint32), (RAMP * (2**32 - 1) - 2**31).astype(np.int32)],
    ids=["unsigned", "signed"],
)
def test_32_bits_reach_over_the_whole_of_their_range(values: Film) -> None:
    assert pixels(tiff(values)) == pytest.approx(stretched(values), abs=1e-6)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("photometric", ["minisblack", "miniswhite"])
def test_one_pixel_that_is_no_number_leaves_the_others_as_they_are(
    wrong: float, photometric: str
) -> None:
    values = (1000 * RAMP).astype(np.float32)
    whole = pixels(tiff(values, photometric))
    values[40, 40] = wrong
    found = pixels(tiff(values, photometric))
    others = np.ones_like(values, bool)
    others[40, 40] = False
    assert found[others] == pytest.approx(whole[others], abs=1e-4)


@pytest.mark.parametrize("compression", ["packbits", "tiff_adobe_deflate", "tiff_lzw"])
def test_a_film_whose_bits_are_stored_the_other_way_round_is_read(compression: str) -> None:
    """FillOrder 2 (TIFF 6.0, section 8)."""
    values = film(8)
    data = encode(values, "TIFF", compression=compression, tiffinfo={266: 2})
    assert data != encode(values, "TIFF", compression=compression)
    assert pixels(data) == pytest.approx(values / 255, abs=1e-6)
