"""From the name of a class folder, and of a film in it, to what the film shows; never a guess."""

import re
from collections.abc import Mapping

from xray_core.errors import DatasetError
from xray_core.labels import BACTERIAL, COVID, NORMAL, PNEUMONIA, PNEUMONIA_CLASSES, VIRAL, Label

_SPELLINGS: dict[str, str] = {
    **dict.fromkeys(("normal", "healthy"), NORMAL),
    **dict.fromkeys(("covid-19", "covid19", "covid"), COVID),
    "pneumonia": PNEUMONIA,
}
for _class, _words in ((BACTERIAL, ("bacterial", "bacteria")), (VIRAL, ("viral", "virus"))):
    for _word in _words:
        _SPELLINGS |= dict.fromkeys((_word, f"{_word}-pneumonia", f"pneumonia-{_word}"), _class)

_KIND = re.compile(r"person\d+_(bacteria|virus)_|(bacteria|virus)-\d+-\d+", re.IGNORECASE)

ALLOWED = "NORMAL, PNEUMONIA, BACTERIAL, VIRAL or COVID-19"


def class_named(name: str) -> str | None:
    """Return the class, or PNEUMONIA, that a name stands for in one of its usual spellings."""
    return _SPELLINGS.get(re.sub(r"[\s_-]+", "-", name.strip()).lower())


def label_of(folder: str, file_name: str, numbers: Mapping[int, str]) -> Label:
    """Return what a film shows.

    In a folder PNEUMONIA the file name may tell the kind, as in `person12_virus_9.jpeg` (Kermany
    2018) and `VIRUS-1008087-0001.jpeg` (the relabelled version); else all three are allowed.

    Args:
        folder: name of the class folder, as spelled or as a number.
        file_name: name of the film in it.
        numbers: the label map, number to class; empty where there is none.

    Raises:
        DatasetError: the folder's name is neither a class nor a number of the label map.
    """
    name = class_named(folder)
    if name is None and folder.isdecimal():
        name = numbers.get(int(folder))
        if name is None:
            raise DatasetError(_number_unknown(folder, numbers))
    if name is None:
        raise DatasetError(f"folder {folder!r} is not named by a class; allowed are {ALLOWED}.")
    if name != PNEUMONIA:
        return frozenset({name})
    return _kind_of(file_name)


def _kind_of(file_name: str) -> Label:
    match = _KIND.match(file_name)
    if match is None:
        return PNEUMONIA_CLASSES
    kind = (match[1] or match[2]).lower()
    return frozenset({BACTERIAL if kind == "bacteria" else VIRAL})


def _number_unknown(folder: str, numbers: Mapping[int, str]) -> str:
    if numbers:
        known = ", ".join(map(str, sorted(numbers)))
        return f"class folder {folder!r} is not in the label map, which names {known}."
    return (
        f"class folder {folder!r} is a number and there is no label map beside it (labels.json, "
        "label_map.json, classes.json or classes.txt) to say what it means."
    )
