"""DICOM: modality LUT, VOI LUT, window and padding.

PS3.3, C.11.2.1.2: y = ((x − (c − 0.5)) / (w − 1) + 0.5) for LINEAR.
"""

from typing import Any

import numpy as np
import pytest
from film_files import LOSSLESS, dicom, film, pixels, stretched
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian

from xray_core.imaging.reader import read_radiograph


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("LINEAR", lambda x: np.clip((x - 1499.5) / 1999 + 0.5, 0, 1)),
        ("LINEAR_EXACT", lambda x: np.clip((x - 1500) / 2000 + 0.5, 0, 1)),
        ("SIGMOID", lambda x: 1 / (1 + np.exp(-4 * (x - 1500) / 2000))),
    ],
)
def test_the_window_becomes_the_whole_range(function: str, expected) -> None:  # type: ignore[no-untyped-def]
    values = film(12)
    found = pixels(
        dicom(values, bits=12, WindowCenter=1500, WindowWidth=2000, VOILUTFunction=function)
    )

    np.testing.assert_allclose(found, expected(values.astype(float)), atol=1e-5)


def test_the_first_of_several_windows_counts() -> None:
    values = film(12)

    np.testing.assert_array_equal(
        pixels(dicom(values, bits=12, WindowCenter=[1500, 9], WindowWidth=[2000, 3])),
        pixels(dicom(values, bits=12, WindowCenter=1500, WindowWidth=2000)),
    )


@pytest.mark.parametrize("width", [0, -5])
def test_a_window_without_width_is_as_none(width: int) -> None:
    values = film(12)

    np.testing.assert_array_equal(
        pixels(dicom(values, bits=12, WindowCenter=1500, WindowWidth=width)),
        pixels(dicom(values, bits=12)),
    )


def test_a_window_that_shows_nothing_is_ignored_with_a_warning() -> None:
    values = film(12)
    read = read_radiograph(dicom(values, bits=12, WindowCenter=50_000, WindowWidth=10), "film.dcm")

    np.testing.assert_allclose(read.pixels, stretched(values), atol=1e-6)
    assert "window stored in the file shows nothing" in read.warnings[0]


@pytest.mark.parametrize(
    "header",
    [
        {"WindowCenter": "1e39", "WindowWidth": "1e39"},
        {"RescaleSlope": "1e300", "RescaleIntercept": "0"},
        {"RescaleSlope": "1", "RescaleIntercept": "1e39", "WindowCenter": 100, "WindowWidth": 50},
    ],
)
def test_a_header_beyond_all_numbers_leaves_a_film_of_numbers(header: dict[str, Any]) -> None:
    values = film(12)
    found = pixels(dicom(values, bits=12, **header))
    if "WindowCenter" in header and "RescaleSlope" in header:
        assert np.isfinite(found).all()  # its own window is left, and counts
    else:
        np.testing.assert_allclose(found, stretched(values), atol=1e-6)


def lut(entries: list[int], first: int, bits: int) -> list[Dataset]:
    item = Dataset()
    item.LUTDescriptor = [len(entries), first, bits]
    item.LUTData = entries
    item["LUTDescriptor"].VR = "US"
    item["LUTData"].VR = "US"
    return [item]


def test_a_voi_lut_goes_before_a_window() -> None:
    values = film(10)
    curve = [round(1023 * (i / 1023) ** 2) for i in range(1024)]
    found = pixels(
        dicom(
            values,
            bits=10,
            VOILUTSequence=lut(curve, 0, 10),
            WindowCenter=5,
            WindowWidth=3,
        )
    )

    np.testing.assert_allclose(found, np.asarray(curve)[values] / 1023, atol=1e-6)


def test_a_voi_lut_keeps_its_ends_outside_its_domain() -> None:
    values = film(10)
    found = pixels(dicom(values, bits=10, VOILUTSequence=lut([0, 100, 255], 500, 8)))

    expected = np.where(values <= 500, 0, np.where(values == 501, 100, 255)) / 255
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("declared", [8, 10, 16])
def test_a_lut_that_uses_other_bits_than_it_declares_is_neither_dark_nor_white(
    declared: int,
) -> None:
    values = film(12)
    found = pixels(dicom(values, bits=12, VOILUTSequence=lut(list(range(4096)), 0, declared)))

    np.testing.assert_allclose(found, values / 4095, atol=1e-6)


def words(entries: list[int], order: str = "<") -> list[Dataset]:
    """Make a table of words (VR OW), which pydicom leaves as the bytes of the file."""
    (item,) = lut(entries, 0, 16)
    item.add_new("LUTData", "OW", np.asarray(entries, f"{order}u2").tobytes())
    return [item]


@pytest.mark.parametrize(
    ("syntax", "order"),
    [(LOSSLESS["explicit"], "<"), (LOSSLESS["implicit"], "<"), (ExplicitVRBigEndian, ">")],
)
def test_a_lut_of_words_is_in_the_byte_order_of_the_file(syntax: str, order: str) -> None:
    values = film(10)
    curve = [round(1023 * (i / 1023) ** 2) for i in range(1024)]
    found = pixels(dicom(values, bits=10, syntax=syntax, VOILUTSequence=words(curve, order)))

    np.testing.assert_allclose(found, np.asarray(curve)[values] / 1023, atol=1e-6)


@pytest.mark.parametrize(
    ("syntax", "order"), [(LOSSLESS["implicit"], "<"), (ExplicitVRBigEndian, ">")]
)
def test_a_lut_may_have_two_entries_in_a_word(syntax: str, order: str) -> None:
    values = film(8).astype(np.uint16)
    curve = [round(255 * (i / 255) ** 2) for i in range(256)]
    (item,) = words(curve)
    item.LUTData = np.asarray(curve, np.uint8).view("<u2").astype(f"{order}u2").tobytes()
    found = pixels(dicom(values, bits=8, syntax=syntax, VOILUTSequence=[item]))

    np.testing.assert_allclose(found, np.asarray(curve)[values] / 255, atol=1e-6)


def test_a_lut_of_a_signed_film_may_have_more_entries_than_a_signed_number_holds() -> None:
    values = film(12).astype(np.int16) * 8
    table = words([*range(0, 60_000, 3), *[60_000] * 20_000])
    found = pixels(dicom(values, syntax=LOSSLESS["implicit"], VOILUTSequence=table))

    np.testing.assert_allclose(found, np.minimum(values * 3.0, 60_000) / 65_535, atol=1e-6)


def test_rescaling_comes_before_the_window() -> None:
    values = film(12)
    found = pixels(
        dicom(
            values,
            bits=12,
            RescaleSlope=2,
            RescaleIntercept=-100,
            WindowCenter=3900.5,
            WindowWidth=4001,
        )
    )

    np.testing.assert_allclose(
        found, np.clip((values * 2.0 - 100 - 3900) / 4000 + 0.5, 0, 1), atol=1e-5
    )


def test_a_modality_lut_comes_first() -> None:
    values = film(10)
    root = [round(65535 * (i / 1023) ** 0.5) for i in range(1024)]
    found = pixels(dicom(values, bits=10, ModalityLUTSequence=lut(root, 0, 16)))

    np.testing.assert_allclose(found, stretched(np.asarray(root)[values]), atol=1e-6)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_black_and_does_not_count(photometric: str) -> None:
    values = film(12) // 2 + 500
    padded = values.copy()
    padded[:10] = 4095
    found = pixels(dicom(padded, bits=12, photometric=photometric, PixelPaddingValue=4095))

    inside = stretched(values[10:])
    assert (found[:10] == 0).all()
    expected = 1 - inside if photometric == "MONOCHROME1" else inside
    np.testing.assert_allclose(found[10:], expected, atol=1e-6)


def test_padding_of_a_signed_film_may_be_stated_as_unsigned() -> None:
    values = film(12).astype(np.int16) - 1000
    values[:10] = -2000
    signed = dicom(values, PixelPaddingValue=-2000)
    unsigned = signed.replace(b"\x28\0\x20\1SS", b"\x28\0\x20\1US")  # 63,536
    assert unsigned != signed

    np.testing.assert_array_equal(pixels(unsigned), pixels(signed))
    np.testing.assert_allclose(pixels(signed)[10:], stretched(values[10:]), atol=1e-6)


def test_padding_of_an_unsigned_film_may_be_stated_as_signed() -> None:
    values = film(12)
    values[:10] = 63_536
    unsigned = dicom(values, PixelPaddingValue=63_536)
    signed = unsigned.replace(b"\x28\0\x20\1US", b"\x28\0\x20\1SS")  # -2,000
    assert unsigned != signed

    np.testing.assert_array_equal(pixels(signed), pixels(unsigned))


def test_a_window_that_shows_nothing_but_padding_is_ignored_with_a_warning() -> None:
    values = (film(12) // 5).astype(np.uint16)
    values[:10] = 4095
    data = dicom(values, bits=12, PixelPaddingValue=4095, WindowCenter=3000, WindowWidth=1000)
    read = read_radiograph(data, "film.dcm")

    assert (read.pixels[:10] == 0).all()
    np.testing.assert_allclose(read.pixels[10:], stretched(values[10:]), atol=1e-6)
    assert "window stored in the file shows nothing" in read.warnings[0]
