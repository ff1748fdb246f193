"""DICOM: one film, however it is stored."""

from dataclasses import asdict

import numpy as np
import pytest
from film_files import FILES, LOSSLESS, Film, dicom, encode, film, without_preamble
from pydicom.dataset import Dataset
from pydicom.uid import JPEGBaseline8Bit

from xray_core.errors import UnsuitableFilm
from xray_core.imaging.dicom_header import age_in_years
from xray_core.imaging.reader import read_radiograph

DEPTHS = (8, 10, 12, 14, 16)


def stretched(values: Film) -> Film:
    low, high = float(values.min()), float(values.max())
    return (values.astype(np.float64) - low) / (high - low)


def pixels(data: bytes) -> Film:
    return read_radiograph(data, "film.dcm").pixels


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


# Value of interest (PS3.3, C.11.2.1.2: y = ((x − (c − 0.5)) / (w − 1) + 0.5) for LINEAR).


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


def test_a_lut_that_uses_fewer_bits_than_it_declares_is_not_dark() -> None:
    values = film(12)
    found = pixels(dicom(values, bits=12, VOILUTSequence=lut(list(range(4096)), 0, 16)))

    np.testing.assert_allclose(found, values / 4095, atol=1e-6)


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


# The header.


def test_only_what_identifies_nobody_is_kept() -> None:
    data = dicom(
        film(12),
        bits=12,
        PatientAge="034Y",
        PatientSex="F",
        ViewPosition="PA",
        BodyPartExamined="CHEST",
        InstitutionName="Hospital",
        AccessionNumber="8642",
    )
    header = asdict(read_radiograph(data, "film.dcm").header)

    assert header == {
        "format": "DICOM",
        "bits": 12,
        "modality": "CR",
        "photometric": "MONOCHROME2",
        "view": "PA",
        "body_part": "CHEST",
        "age_years": 34.0,
        "sex": "F",
        "pixel_spacing_mm": None,
        "spacing_calibrated": False,
    }


@pytest.mark.parametrize(
    ("text", "years"),
    [("034Y", 34.0), ("006M", 0.5), ("026W", 0.498), ("010D", 0.027), ("", None), ("old", None)],
)
def test_ages(text: str, years: float | None) -> None:
    assert age_in_years(text) == years


@pytest.mark.parametrize(
    ("attributes", "spacing", "calibrated"),
    [
        (
            {"PixelSpacing": [0.14, 0.15], "PixelSpacingCalibrationType": "FIDUCIAL"},
            (0.14, 0.15),
            True,
        ),
        ({"PixelSpacing": [0.14, 0.14]}, (0.14, 0.14), False),
        ({"ImagerPixelSpacing": [0.2, 0.2]}, (0.2, 0.2), False),
        ({"ImagerPixelSpacing": [0, 0]}, None, False),
        ({}, None, False),
    ],
)
def test_spacing_is_calibrated_only_where_the_file_says_how(  # type: ignore[no-untyped-def]
    attributes, spacing, calibrated
) -> None:
    header = read_radiograph(dicom(film(12), bits=12, **attributes), "film.dcm").header

    assert header.pixel_spacing_mm == spacing
    assert header.spacing_calibrated is calibrated


def test_a_phantom_is_known_by_its_comment() -> None:
    data = dicom(film(12), bits=12, ImageComments="SYNTHETIC phantom, seed 3")

    assert read_radiograph(data, "film.dcm").synthetic


# What is not a frontal chest radiograph.


@pytest.mark.parametrize(
    ("modality", "name"),
    [("CT", "a CT"), ("MR", "an MR"), ("US", "an ultrasound"), ("MG", "a mammography")],
)
def test_other_modalities_are_refused(modality: str, name: str) -> None:
    with pytest.raises(UnsuitableFilm, match=f"this DICOM file is {name} image; .*CR or DX"):
        pixels(dicom(film(12), bits=12, Modality=modality))


@pytest.mark.parametrize("modality", ["CR", "DX"])
def test_radiographs_need_no_warning(modality: str) -> None:
    assert read_radiograph(dicom(film(12), bits=12, Modality=modality), "f").warnings == ()


@pytest.mark.parametrize("modality", ["OT", None])
def test_an_unstated_modality_is_read_with_a_warning(modality: str | None) -> None:
    read = read_radiograph(dicom(film(12), bits=12, Modality=modality), "film.dcm")

    assert read.warnings == ("The DICOM file does not say that it is a radiograph.",)


@pytest.mark.parametrize("view", ["LL", "RL", "LATERAL", "LAO", "LLD"])
def test_other_views_are_refused(view: str) -> None:
    with pytest.raises(UnsuitableFilm, match=f"'{view}' view; a frontal one"):
        pixels(dicom(film(12), bits=12, ViewPosition=view))


def test_a_lateral_view_may_be_stated_by_its_code_alone() -> None:
    code = Dataset()
    code.CodeValue, code.CodeMeaning = "R-10236", "left lateral"

    with pytest.raises(UnsuitableFilm, match="'LATERAL' view"):
        pixels(dicom(film(12), bits=12, ViewCodeSequence=[code]))


@pytest.mark.parametrize("part", ["KNEE", "ABDOMEN", "HAND", "TSPINE", "THORACIC SPINE"])
def test_other_body_parts_are_refused(part: str) -> None:
    with pytest.raises(UnsuitableFilm, match=f"body part '{part}'; a film of the chest"):
        pixels(dicom(film(12), bits=12, BodyPartExamined=part))


@pytest.mark.parametrize("part", ["CHEST", "PORT CHEST", "Thorax", "TORAX", "LUNG", "", None])
def test_the_chest_has_many_names(part: str | None) -> None:
    attributes = {} if part is None else {"BodyPartExamined": part}

    assert pixels(dicom(film(12), bits=12, **attributes)).shape == (96, 80)


def test_no_pixel_data_is_refused() -> None:
    with pytest.raises(UnsuitableFilm, match="no pixel data"):
        pixels(dicom(film(12), bits=12, PixelData=None))


def test_colour_is_refused() -> None:
    rgb = np.zeros((96, 80, 3), np.uint8)
    data = dicom(rgb, bits=8, photometric="RGB", SamplesPerPixel=3, PlanarConfiguration=0)

    with pytest.raises(UnsuitableFilm, match=r"in colour \(RGB\)"):
        pixels(data)
