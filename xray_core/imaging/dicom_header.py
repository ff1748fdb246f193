"""What a DICOM header may tell: de-identified, and whether the film is a frontal chest film."""

import math
import re
from contextlib import suppress

from pydicom.dataset import Dataset

from xray_core.errors import UnsuitableFilm
from xray_core.imaging.radiograph import FilmHeader

# Names, numbers and dates are not among them, and are therefore never even parsed.
HEADER_TAGS = (
    "SpecificCharacterSet",
    "Modality",
    "PresentationIntentType",
    "BodyPartExamined",
    "ViewPosition",
    "ViewCodeSequence",
    "PatientOrientation",
    "PatientAge",
    "PatientSex",
    "PixelSpacing",
    "PixelSpacingCalibrationType",
    "ImagerPixelSpacing",
    "NominalScannedPixelSpacing",
    "ImageComments",
    "PhotometricInterpretation",
    "BitsStored",
    "BitsAllocated",
)

_RADIOGRAPHS = frozenset({"CR", "DX", "RG"})
_UNSTATED = frozenset({"", "OT", "UNKNOWN", "OTHER", "NA", "NONE"})
_MODALITIES = {
    "CT": "a CT",
    "MR": "an MR",
    "US": "an ultrasound",
    "MG": "a mammography",
    "NM": "a nuclear medicine",
    "PT": "a PET",
    "XA": "an angiography",
    "RF": "a fluoroscopy",
    "IO": "an intra-oral",
    "PX": "a panoramic dental",
    "DG": "a diaphanography",
    "ES": "an endoscopy",
    "SM": "a slide microscopy",
    "XC": "a photography",
    "SR": "a structured report",
}
# As scanners write it in several languages; the thoracic spine has it in its name too.
_CHEST = ("CHEST", "THORA", "TORAX", "TORACE", "LUNG", "PULM", "BRUST", "POUMON", "PECHO", "RIB")
_NOT_CHEST = (
    "SPINE", "SPINA", "LUMB", "DORSAL", "VERTEB", "WIRBEL", "WERVEL", "RACHI",
    "COLUMN", "COLUNA", "COLONN",
)  # fmt: skip
_NOT_FRONTAL = frozenset({"LL", "RL", "L", "R", "LLD", "RLD", "LLO", "RLO"})
_OBLIQUE = frozenset({"LAO", "RAO", "LPO", "RPO"})
_YEARS = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}


def read_header(dataset: Dataset) -> FilmHeader:
    """Return what may be kept of the header; values that are not valid count as absent."""
    spacing, calibrated = _spacing(dataset)
    sex = code(dataset, "PatientSex")
    return FilmHeader(
        format="DICOM",
        bits=int(dataset.get("BitsStored") or dataset.BitsAllocated),
        modality=code(dataset, "Modality") or None,
        photometric=code(dataset, "PhotometricInterpretation") or None,
        view=_view(dataset) or None,
        body_part=code(dataset, "BodyPartExamined") or None,
        age_years=age_in_years(code(dataset, "PatientAge")),
        sex=sex if sex in ("F", "M", "O") else None,
        pixel_spacing_mm=spacing,
        spacing_calibrated=calibrated,
    )


def check_radiograph(dataset: Dataset, source: str) -> tuple[str, ...]:
    """Refuse what says of itself that it is no frontal chest radiograph; return warnings.

    Raises:
        UnsuitableFilm: another modality, another body part, a lateral or oblique view.
    """
    modality = code(dataset, "Modality")
    if modality not in _RADIOGRAPHS | _UNSTATED:
        name = _MODALITIES.get(modality, f"a '{modality}'" if len(modality) < 5 else "another")
        raise UnsuitableFilm(
            source, f"this DICOM file is {name} image; a chest radiograph (CR or DX) is needed."
        )
    part = code(dataset, "BodyPartExamined")
    if part not in _UNSTATED and not _is_chest(part):
        raise UnsuitableFilm(
            source, f"this DICOM film is of the body part '{part}'; a film of the chest is needed."
        )
    view = _view(dataset)
    if view in _NOT_FRONTAL | _OBLIQUE or "LAT" in view or "OBL" in view:
        raise UnsuitableFilm(
            source, f"this film is a '{view}' view; a frontal one (PA or AP) is needed."
        )
    warnings = []
    if modality not in _RADIOGRAPHS:
        warnings.append("The DICOM file does not say that it is a radiograph.")
    if code(dataset, "PresentationIntentType") == "FOR PROCESSING":
        warnings.append("The film is raw detector data ('FOR PROCESSING'), not made for reading.")
    return tuple(warnings)


def code(dataset: Dataset, keyword: str) -> str:
    """Return a code string in capitals, at most 16 long as DICOM has it, or an empty string.

    Only the characters that codes are made of: nothing else may travel in these fields.
    """
    value: object = ""
    with suppress(Exception):  # values are converted when they are asked for, and may be damaged
        value = dataset.get(keyword) or ""
    return re.sub(r"[^A-Z0-9 _-]", "", str(value).upper())[:16].strip()


def _is_chest(part: str) -> bool:
    """Tell whether a body part is the chest, alone or with its neighbours."""
    return any(word in part for word in _CHEST) and not any(word in part for word in _NOT_CHEST)


def age_in_years(text: str) -> float | None:
    """Return the years that a DICOM age string (PS3.5, 6.2: nnnD, nnnW, nnnM, nnnY) means."""
    found = re.fullmatch(r"(\d{1,3})([DWMY])", text)
    return round(int(found[1]) * _YEARS[found[2]], 3) if found else None


def _view(dataset: Dataset) -> str:
    """Return the view position, or else what the view code means or the orientation shows.

    The first value of Patient Orientation is where the rows run to (PS3.3, C.7.6.1.1.1): to the
    patient's front or back (A or P) in a lateral view, to a side in a frontal one.
    """
    view = code(dataset, "ViewPosition")
    if view not in _UNSTATED:
        return view
    with suppress(Exception):
        meaning = str(dataset.ViewCodeSequence[0].CodeMeaning).lower()
        for word, name in (("lateral", "LATERAL"), ("oblique", "OBLIQUE")):
            if word in meaning:
                return name
        frontal = {"postero-anterior": "PA", "antero-posterior": "AP"}
        if meaning in frontal:
            return frontal[meaning]
    with suppress(Exception):
        stated = dataset["PatientOrientation"]
        if stated.VM == 2 and re.fullmatch("[AP][LRHF]*", str(stated.value[0]).upper()):
            return "LATERAL"
    return view


def _spacing(dataset: Dataset) -> tuple[tuple[float, float] | None, bool]:
    """Return (row, column) mm per pixel, and whether they are those of the patient.

    PS3.3, 10.7.1.3: Imager Pixel Spacing is that of the detector, and so is Pixel Spacing unless a
    calibration type stands beside it; a patient's chest is up to a fifth smaller than its shadow.
    """
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        with suppress(Exception):
            row, column = (float(value) for value in dataset[keyword].value)
            if all(math.isfinite(v) and 0.001 < v < 100 for v in (row, column)):
                calibrated = keyword == "PixelSpacing" and bool(
                    code(dataset, "PixelSpacingCalibrationType")
                )
                return (row, column), calibrated
    return None, False
