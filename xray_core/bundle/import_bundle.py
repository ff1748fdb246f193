"""What a stranger's bundle says it is, found out before anything of it is loaded or trusted."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from xray_core.bundle.files import SUMS, check_sums
from xray_core.bundle.import_archive import Source, unpack
from xray_core.bundle.manifest import BundleManifest, Kind
from xray_core.bundle.store import bundle_sha256, find_bundle, installed, stores
from xray_core.datasets.splits import ROLES
from xray_core.errors import BundleError

FILM_COLUMNS = {"sha256", "phash", "patient", "source", "label", "role"}
_FORMS = {
    "sha256": (r"[0-9a-f]{64}", "64 hexadecimal digits"),
    "phash": (r"[0-9a-f]{16}|", "16 hexadecimal digits, or none"),
    "role": ("|".join(ROLES), ", ".join(ROLES)),
}
"""What is looked up later to tell whether a film was seen: its form, and the form in words."""


@dataclass(frozen=True)
class Incoming:
    """A bundle that was unpacked and read, and is not trusted.

    Attributes:
        folder: where it was unpacked; it is gone when `incoming` is left.
        sha256: its hash, which a person has to confirm.
        manifest: its `bundle.json`.
        sizes: bytes of each file.
    """

    folder: Path
    sha256: str
    manifest: BundleManifest
    sizes: dict[str, int]

    @property
    def name(self) -> str:
        """What it will be called."""
        return self.manifest.name

    @property
    def kind(self) -> Kind:
        """`classifier` or `segmenter`."""
        return self.manifest.kind


@contextmanager
def incoming(source: Source, title: str) -> Iterator[Incoming]:
    """Unpack a bundle into the user's own store, unseen there, and check all that is not weights.

    The weights are checked where they are tried, in a process of their own: see `promotion.trial`.

    Args:
        source: a folder, a zip, or an open zip.
        title: what it is called in messages.

    Raises:
        BundleError: see `import_archive.unpack`; or a hash differs, `bundle.json` or `films.csv` is
            not valid, its name is taken, or the lungs' segmenter that it needs is not installed.
    """
    store = stores()[1]
    try:
        store.mkdir(parents=True, exist_ok=True)
        scratch = TemporaryDirectory(prefix=".import-", dir=store)
    except OSError as error:
        raise BundleError(f"{store} cannot be written: {error.strerror}.") from error
    with scratch as where:
        folder = Path(where) / "bundle"
        folder.mkdir()
        yield _checked(source, title, folder)


def _checked(source: Source, title: str, folder: Path) -> Incoming:
    files = unpack(source, title, folder)
    sums = files.pop(SUMS, None)
    if sums is not None:
        check_sums(title, sums.read_text("utf-8", "replace"), files)
        sums.unlink()  # it is of the transport; the bundle's hash does not cover it
    manifest = BundleManifest.read(folder)
    _check_films(title, files["films.csv"])
    found = Incoming(
        folder,
        bundle_sha256(folder),
        manifest,
        {name: path.stat().st_size for name, path in files.items()},
    )
    _check_name(found)
    _check_finder(manifest)
    return found


def _check_films(title: str, path: Path) -> None:
    """Check the list of films by which it is known later what the model has seen."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, strict=True)
            columns = next(rows, [])
            if missing := sorted(FILM_COLUMNS - set(columns)):
                raise BundleError(f"{title}: films.csv has no column {', '.join(missing)}.")
            for row in rows:
                if row and (wrong := _wrong(columns, row)):
                    raise BundleError(f"{title}: line {rows.line_num} of films.csv {wrong}.")
    except (OSError, UnicodeError, csv.Error) as error:
        raise BundleError(f"{title}: films.csv cannot be read as a table.") from error


def _wrong(columns: list[str], row: list[str]) -> str:
    """Return what is wrong with a row of `films.csv`, and what is allowed; empty if nothing is."""
    if len(row) != len(columns):
        return f"has {len(row)} values; allowed are {len(columns)}, as many as there are columns"
    for name, (form, words) in _FORMS.items():
        value = row[columns.index(name)]
        if not re.fullmatch(form, value):
            return f"has the {name} {value[:80]!r}; allowed is {words}"
    return ""


def _check_name(found: Incoming) -> None:
    """Refuse a name that is taken: a bundle would hide another, the champion too."""
    taken = installed().get(found.name)
    if taken == found.sha256:
        raise BundleError(f"this very model, {found.name!r}, is installed already.")
    if taken or any((store / found.name).exists() for store in stores()):
        raise BundleError(
            f"another model called {found.name!r} is installed; a name that is free is allowed."
        )


def _check_finder(manifest: BundleManifest) -> None:
    """Check that the segmenter which the model was trained with is there."""
    lungs = manifest.preprocessing.lungs
    if manifest.preprocessing.crop == "none" or lungs is None:
        return
    try:
        there = find_bundle(lungs.name, "segmenter").sha256
    except BundleError:
        there = ""
    if there != lungs.sha256:
        raise BundleError(
            f"model {manifest.name!r} looks at the lungs that {lungs.name!r} (SHA-256 "
            f"{lungs.sha256[:12]}…) finds, and that is not installed: import it first."
        )
