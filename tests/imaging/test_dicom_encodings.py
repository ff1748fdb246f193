"""DICOM: one film, however it is stored."""

import numpy as np
import pytest
from film_files import FILES, LOSSLESS, dicom, encode, film, pixels, stretched, without_preamble
from pydicom.uid import JPEGBaseline8Bit

from xray_core.errors import UnreadableFilm
from xray_core.imaging.reader import read_radiograph

DEPTHS = (8, 10, 12, 14, 16)


@pytest.mark.parametrize("syntax", LOSSLESS)
@pytest.mark.parametrize("bits", DEPTHS)
def test_every_lossless_encoding_gives_the_same_film(syntax: str, bits: int) -> None:
    values = film(bits)

    found = pixels(dicom(values, bits=bits, syntax=LOSSLESS[syntax]))
    np.testing.assert_allclose(found, stretched(values), atol=1e-6)


@pytest.mark.parametrize("syntax", LOSSLESS)
@pytest.mark.parametrize("bits", [10, 12, 16])
def test_signed_pixels(syntax: str, bits: int) -> None:
    values = (film(bits).astype(int) - 2 ** (bits - 1)).astype(np.int16)

    found = pixels(dicom(values, bits=bits, syntax=LOSSLESS[syntax]))
    np.testing.assert_allclose(found, stretched(values), atol=1e-6)


@pytest.mark.parametrize("name", ["jpeg-lossless", "jpeg-ls"])
@pytest.mark.parametrize("sign", ["", "-signed"])
def test_jpeg_lossless_and_jpeg_ls(name: str, sign: str) -> None:
    found = pixels((FILES / f"{name}{sign}.dcm").read_bytes())

    np.testing.assert_allclose(found, stretched(film(12)), atol=1e-6)


def test_jpeg_baseline_is_close() -> None:
    values = film(8)

    found = pixels(dicom(values, bits=8, syntax=JPEGBaseline8Bit))
    assert np.abs(found - stretched(values)).mean() < 0.01


@pytest.mark.parametrize("syntax", LOSSLESS)
@pytest.mark.parametrize("bits", DEPTHS)
def test_monochrome_1_and_2_are_the_same_film(syntax: str, bits: int) -> None:
    values = film(bits)
    inverted = (2**bits - 1 - values).astype(values.dtype)

    two = pixels(dicom(values, bits=bits, syntax=LOSSLESS[syntax]))
    one = pixels(dicom(inverted, bits=bits, syntax=LOSSLESS[syntax], photometric="MONOCHROME1"))
    np.testing.assert_allclose(one, two, atol=1e-6)


def test_windows_of_monochrome_1_are_in_stored_values() -> None:
    values = film(12)
    inverted = (4095 - values).astype(np.uint16)

    two = pixels(dicom(values, bits=12, WindowCenter=1500, WindowWidth=2001))
    one = pixels(
        dicom(inverted, bits=12, photometric="MONOCHROME1", WindowCenter=2596, WindowWidth=2001)
    )
    np.testing.assert_allclose(one, two, atol=1e-6)


def test_the_same_film_as_png_and_as_dicom() -> None:
    values = film(16)

    from_png = read_radiograph(encode(values, "PNG"), "film.png").pixels
    np.testing.assert_array_equal(pixels(dicom(values)), from_png)


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_without_preamble_and_without_extension(syntax: str) -> None:
    data = dicom(film(12), bits=12, syntax=LOSSLESS[syntax])

    bare = read_radiograph(without_preamble(data), "IM000001").pixels
    np.testing.assert_array_equal(bare, pixels(data))


def test_without_any_meta_information() -> None:
    data = dicom(film(12), bits=12, syntax=LOSSLESS["implicit"])
    start = data.index(b"\x08\x00\x16\x00")

    np.testing.assert_array_equal(pixels(data[start:]), pixels(data))


def test_unused_bits_do_not_count() -> None:
    # Old scanners keep an overlay in the four bits that the film does not use.
    values = film(12)
    with_overlay = values | (np.indices(values.shape).sum(0) % 2 << 15).astype(np.uint16)

    np.testing.assert_array_equal(
        pixels(dicom(with_overlay, bits=12)), pixels(dicom(values, bits=12))
    )


@pytest.mark.parametrize("syntax", ["explicit", "implicit", "RLE"])
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("high", [13, 15])
def test_a_picture_above_the_lowest_bits_is_read_where_it_is(
    syntax: str, signed: bool, high: int
) -> None:
    values = film(12).astype(np.int16) - 2048 * signed
    noise = np.indices(values.shape).sum(0) % 2  # in the unused bits, below and above
    stored = (values << high - 11) + noise.astype(np.int16)
    if high < 15:
        stored ^= (noise << 15).astype(np.int16)
    data = dicom(
        stored if signed else stored.view(np.uint16),
        bits=12,
        HighBit=high,
        syntax=LOSSLESS[syntax],
    )

    np.testing.assert_allclose(pixels(data), stretched(values), atol=1e-6)


@pytest.mark.parametrize(
    ("syntax", "high", "allowed"),
    [("explicit", 10, "11 to 15"), ("RLE", 16, "11 to 15"), ("JPEG 2000", 15, "11")],
)
def test_a_high_bit_that_cannot_be_is_refused(syntax: str, high: int, allowed: str) -> None:
    data = dicom(film(12), bits=12, HighBit=high, syntax=LOSSLESS[syntax])

    said = f"a High Bit of {high} for 12 bits stored in 16; allowed is {allowed}\\."
    with pytest.raises(UnreadableFilm, match=said):
        pixels(data)


def test_without_a_high_bit_the_picture_is_in_the_lowest_bits() -> None:
    values = film(12)

    found = pixels(dicom(values, bits=12, HighBit=None))
    np.testing.assert_allclose(found, stretched(values), atol=1e-6)
