"""Which patient a film is of, by its file name.

Rather one patient too few than a patient on both sides of a split: a number that a known collection
gives its patients is one patient whatever stands around it. A name that nothing is known of counts
within its class alone: `NORMAL/0.png` and `COVID/0.png` are two numberings, not one patient.
"""

import hashlib
import re
from pathlib import PurePosixPath

from xray_core.datasets.class_names import class_named
from xray_core.datasets.repeats import first_export
from xray_core.labels import COVID, Label, label_name

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

_PUBLISHED = re.compile(r".*/sha256-[0-9a-f]{16}")
"""What `published_key` gives: no name of a file is taken for it by chance."""

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
# Names that say who it is, in collections that are not known: the patient may have films of several
# classes, and several films of one.
_TOLD = re.compile(r"(patient|person|subject|case)[-_ ]?(\d+)", re.IGNORECASE)
# Numbers of a class, as the COVID-19 Radiography Database has them: `COVID-12`, `Normal-12`.
_OF_CLASS = re.compile(r"(.+?)[-_ ]?\d+")


def patient_of(file_name: str, source: str, label: Label = frozenset()) -> str:
    """Return the patient of a film.

    Names of the Kermany and NIH collections give the same patient from whichever folder they come;
    any other name means something only within its source, and within its class unless it names the
    patient (`patient12_3`) or the class (`Normal-12`). COVID-19 films are the one class whose names
    stand without it.

    Args:
        file_name: name of the file; folders before it are ignored.
        source: name of the data set.
        label: what the film shows; COVID-19 films lose the endings of their series.

    Returns:
        A key: `kermany/person-12`, `kermany/im-117`, `kermany/id-1008087`, `nih/nih-1299`,
        `<source>/patient-12`, `<source>/<stem>` or `<source>/<label>/<stem>`.
    """
    name = PurePosixPath(file_name).name
    for pattern, prefix in _NUMBERED:
        if match := pattern.match(name):
            return f"{prefix}{int(match[1])}"
    if match := _TOLD.match(name):
        return f"{source}/{match[1].lower()}-{int(match[2])}"
    stem = _stem(name)
    if label == {COVID}:
        return f"{source}/{first_export(_without_series_ending(stem))}"
    numbered = _OF_CLASS.fullmatch(stem)
    if not label or (numbered and class_named(numbered[1])):
        return f"{source}/{stem}"
    return f"{source}/{label_name(label)}/{stem}"


def published_key(patient: str, source: str) -> str:
    """Return the key of a patient as a list that may be published holds it.

    A file of a ward may bear the name or number of a person, and so does its key. Keys of the
    Kermany and NIH collections stay as they are: they are public, and the same in every folder.

    Args:
        patient: from `patient_of`, or from here: what is published stays as it is.
        source: name of the data set.

    Returns:
        `kermany/…` or `nih/…`, or `<source>/sha256-` and the first 16 hex digits of the SHA-256 of
        the key. That is a pseudonym: who has a name in mind can find out whether it is that one.
    """
    if _is_public(patient) or _PUBLISHED.fullmatch(patient):
        return patient
    # A name in no known encoding has surrogates.
    digest = hashlib.sha256(patient.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{source}/sha256-{digest[:16]}"


def person_of(patient: str, source: str) -> str:
    """Return the key by which a patient is known among films of several data sets and models.

    Keys of the Kermany and NIH collections are the same wherever their films come from; any other
    means something among films of one source alone. A key is known by its published form, so that
    a film meets its patient in lists of films of every version.

    Args:
        patient: from `patient_of` or `published_key`.
        source: name of the data set.
    """
    return patient if _is_public(patient) else f"{source}\t{published_key(patient, source)}"


def _is_public(patient: str) -> bool:
    """Tell a number of a known collection; a set that is called `nih` may hold other names."""
    return any(
        patient.startswith(prefix) and patient.removeprefix(prefix).isdigit()
        for _, prefix in _NUMBERED
    )


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
