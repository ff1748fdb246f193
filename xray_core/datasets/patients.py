"""Which patient a film is of, by its file name.

Rather one patient too few than a patient on both sides of a split: a number is one patient whatever
stands around it.
"""

import re
from pathlib import PurePosixPath

from xray_core.labels import COVID, Label

# Kermany et al. 2018, doi 10.17632/rscbjbr9sj: numbers run through both kinds of pneumonia
# (808 occur as bacteria and as virus), and IM numbers through two prefixes (211).
_PERSON = re.compile(r"person(\d+)_(?:bacteria|virus)_", re.IGNORECASE)
_IM = re.compile(r"(?:[a-z]+\d*-)?IM-(\d+)-\d+", re.IGNORECASE)
_RELABELLED = re.compile(r"(?:BACTERIA|VIRUS|NORMAL)-(\d+)-\d+", re.IGNORECASE)
# NIH ChestX-ray8 (Wang et al. 2017): patient, then the number of the visit.
_NIH = re.compile(r"(\d{8})_\d{3}(?!\d)")
_NUMBERED = (
    (_PERSON, "kermany/person-"),
    (_IM, "kermany/im-"),
    (_RELABELLED, "kermany/id-"),
    (_NIH, "nih/nih-"),
)

# Endings by which the films of one patient's series differ in covid-chestxray (Cohen et al. 2020).
# A bare number is not one of them: covid-19-pneumonia-12 and -15 are two patients.
_SERIES_ENDING = re.compile(
    r"""[-_.](?:
        day-?\d+ | \d+-(?:hours?|days?) | admission | discharge   # when
      | pa | ap | lat(?:eral)? | left | right | supine            # view
      | [a-z]\d?                                                  # letter of a part of a figure
    )$ | (?<=fig\d)[a-z]$ | (?<=fig\d\d)[a-z]$""",
    re.IGNORECASE | re.VERBOSE,
)
# Reports on one patient each whose figures are numbered: Holshue et al. 2020, the first case in the
# United States; Cheng et al. 2020, the first case in Taiwan.
_SINGLE_CASE_REPORTS = ("nejmoa2001191", "1-s2.0-S1684118220300608")
# One radiograph exported twice with other margins, so that its bytes differ (the correlation of
# thumbnails is 0.99): found by comparing all films of the collection.
_SAME_PATIENT = {
    "E63574A7-4188-4C8D-8D17-9D67A18A1AFA": "F4341CE7-73C9-45C6-99C8-8567A5484B63",
}


def patient_of(file_name: str, source: str, label: Label = frozenset()) -> str:
    """Return the patient of a film.

    Names of the Kermany and NIH collections give the same patient from whichever folder they come;
    any other name is taken to mean something only within its source.

    Args:
        file_name: name of the file; folders before it are ignored.
        source: name of the data set.
        label: what the film shows; COVID-19 films lose the endings of their series.

    Returns:
        A key: `kermany/person-12`, `kermany/im-117`, `kermany/id-1008087`, `nih/nih-1299` or
        `<source>/<stem>`.
    """
    name = PurePosixPath(file_name).name
    for pattern, prefix in _NUMBERED:
        if match := pattern.match(name):
            return f"{prefix}{int(match[1])}"
    stem = _stem(name)
    if label == {COVID}:
        stem = _without_series_ending(stem)
    return f"{source}/{_SAME_PATIENT.get(stem, stem)}"


def _stem(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    # `film.7` and DICOM UIDs have no extension: what follows the last dot there is a number.
    return name if suffix[1:].isdigit() else name.removesuffix(suffix)


def _without_series_ending(stem: str) -> str:
    for report in _SINGLE_CASE_REPORTS:
        if stem.startswith(report):
            return report
    while (shorter := _SERIES_ENDING.sub("", stem)) != stem:
        stem = shorter
    return stem
