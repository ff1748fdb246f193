"""DICOM: what says of itself that it is no frontal chest radiograph."""

import numpy as np
import pytest
from film_files import dicom, film, pixels
from pydicom.dataset import Dataset

from xray_core.errors import UnsuitableFilm
from xray_core.imaging.reader import read_radiograph


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


@pytest.mark.parametrize("orientation", [["A", "F"], ["P", "F"], ["AL", "FP"]])
@pytest.mark.parametrize("view", ["", "UNKNOWN", None])
def test_a_lateral_view_may_be_stated_by_its_orientation_alone(
    orientation: list[str], view: str | None
) -> None:
    stated = {} if view is None else {"ViewPosition": view}

    with pytest.raises(UnsuitableFilm, match="'LATERAL' view"):
        pixels(dicom(film(12), bits=12, PatientOrientation=orientation, **stated))


@pytest.mark.parametrize("orientation", [["L", "F"], ["R", "F"], ["LA", "F"], "PA", "", ["", "A"]])
def test_a_frontal_orientation_is_read(orientation: list[str] | str) -> None:
    read = read_radiograph(dicom(film(12), bits=12, PatientOrientation=orientation), "film.dcm")

    assert read.header.view is None


def test_a_view_that_is_stated_goes_before_the_orientation() -> None:
    data = dicom(film(12), bits=12, PatientOrientation=["A", "F"], ViewPosition="PA")

    assert read_radiograph(data, "film.dcm").header.view == "PA"


@pytest.mark.parametrize(
    "part", ["BRUSTWIRBELSÄULE", "BRUSTWIRBELS", "RACHIS THORACIQU", "THORAX DORSAL",
             "COLUMNA TORÁCICA", "COLUMNA TORAX", "COLUNA TORAX", "COLONNE THORAX",
             "VERTEBRE THORAX", "THORAXWERVEL"],
)  # fmt: skip
def test_the_thoracic_spine_is_refused_in_other_languages(part: str) -> None:
    with pytest.raises(UnsuitableFilm, match="a film of the chest"):
        pixels(dicom(film(12), bits=12, BodyPartExamined=part, SpecificCharacterSet="ISO_IR 100"))


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
