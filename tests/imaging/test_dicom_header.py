"""DICOM: what the header may tell."""

from dataclasses import asdict

import pytest
from film_files import dicom, film

from xray_core.imaging.dicom_header import age_in_years
from xray_core.imaging.reader import read_radiograph


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
