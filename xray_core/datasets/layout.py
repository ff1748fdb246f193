"""Which films a folder or archive holds, by their addresses alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from xray_core.datasets.class_names import class_named, label_of
from xray_core.datasets.label_maps import LABEL_MAPS
from xray_core.datasets.patients import patient_of
from xray_core.errors import DatasetError
from xray_core.labels import label_name

SPLITS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
    "testing": "test",
}
"""Spellings of the split level."""

FILM_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".tif", ".tiff", ".bmp", ".webp", ".dcm", ".dicom", ".ima"}
)
_JUNK = frozenset(
    {"thumbs.db", "desktop.ini", "readme", "license", "licence", "checksums", "sha256sums"}
)
_DEEPEST_CLASS_FOLDER = 1
_WRAPPERS = 2


@dataclass(frozen=True)
class Entry:
    """One film of a layout, before its bytes have been read.

    Attributes:
        path: address within the folder or archive, with `/`.
        label: name of its label, `""` where there is none.
        patient: patient key.
        split: `train`, `val`, `test`, or `""` where the layout has no split level.
    """

    path: str
    label: str
    patient: str
    split: str


def is_film(path: str) -> bool:
    """Tell whether a name may be a film's: it has an image or DICOM extension, or none at all."""
    parts = PurePosixPath(path).parts
    if any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return False
    name = parts[-1].lower()
    suffix = PurePosixPath(name).suffix
    # The last number of a DICOM UID is no extension.
    bare = not suffix or suffix[1:].isdigit()
    return name not in _JUNK and (bare or suffix in FILM_SUFFIXES)


def is_label_map(path: str) -> bool:
    """Tell whether a file is a label map by its name."""
    return PurePosixPath(path).name in LABEL_MAPS


def film_addresses(paths: Iterable[str]) -> list[str]:
    """Return the films among all files, sorted; without an extension only beside other films."""
    films = sorted(filter(is_film, paths))
    if any("/" in path for path in films):
        return [path for path in films if "/" in path or PurePosixPath(path).suffix]
    return films


def label_map_addresses(paths: Iterable[str]) -> list[str]:
    """Return the label maps among all files, sorted."""
    return sorted(filter(is_label_map, paths))


def find_layout(
    films: Sequence[str], numbers: Mapping[int, str], source: str, *, labelled: bool = True
) -> list[Entry]:
    """Read label, split and patient from the addresses of films.

    Args:
        films: addresses, sorted.
        numbers: the label map, number to class; empty where there is none.
        source: name of the data set.
        labelled: False lets a film whose class cannot be known have no label.

    Raises:
        DatasetError: a film is not in a class folder of a known layout.
    """
    depth = _wrapper_depth([PurePosixPath(path).parts for path in films])
    films = _without_copy(films, depth)
    return [_entry(path, depth, numbers, source, labelled) for path in films]


def _without_copy(films: Sequence[str], depth: int) -> Sequence[str]:
    """Leave out a folder that repeats all beside it, as Kaggle's copy of Kermany 2018 has."""
    inside: dict[str, dict[str, str]] = {}
    for path in (p for p in films if "/" in p.split("/", depth)[-1]):
        top, _, rest = path.split("/", depth)[-1].partition("/")
        inside.setdefault(top, {})[rest] = path
    for top, copy in inside.items():
        others = {f"{t}/{rest}" for t, held in inside.items() if t != top for rest in held}
        if others and others == set(copy):
            return sorted(set(films) - set(copy.values()))
    return films


def _wrapper_depth(parts: Sequence[tuple[str, ...]]) -> int:
    """Count the outer folders that hold everything and mean nothing, as archives have them."""
    for depth in range(_WRAPPERS):
        names = {part[depth] for part in parts}
        shallowest = min(map(len, parts))
        name = next(iter(names))
        meaningful = name.lower() in SPLITS or class_named(name) or name.isdecimal()
        if len(names) > 1 or shallowest < depth + 3 or meaningful:
            return depth
    return _WRAPPERS


def _entry(
    path: str, wrappers: int, numbers: Mapping[int, str], source: str, labelled: bool
) -> Entry:
    *folders, name = PurePosixPath(path).parts[wrappers:]
    split = SPLITS.get(folders[0].lower(), "") if folders else ""
    if split:
        folders = folders[1:]
    try:
        label = label_of(_class_folder(path, folders), name, numbers)
    except DatasetError:
        if labelled:
            raise
        label = frozenset()
    return Entry(path, label_name(label), patient_of(name, source, label), split)


def _class_folder(path: str, folders: Sequence[str]) -> str:
    if not folders:
        raise DatasetError(
            f"{path} is not in a class folder; allowed are folders named by class, "
            "with or without train, val and test above them."
        )
    if len(folders) > _DEEPEST_CLASS_FOLDER:
        raise DatasetError(
            f"{path} lies deeper than its class folder; allowed are folders named by class, "
            "with or without train, val and test above them."
        )
    return folders[0]
