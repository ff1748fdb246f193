"""The files that a bundle is made of, as they travel from one computer to another."""

import re
from collections.abc import Mapping
from pathlib import Path

from xray_core.bundle.store import JUNK
from xray_core.errors import BundleError
from xray_core.file_hash import file_sha256

MB = 2**20
LIMITS = {
    "README.md": 2 * MB,
    "bundle.json": 16 * MB,
    "classical.json": 64 * MB,
    "films.csv": 256 * MB,
    "model.keras": 2048 * MB,
    "model.tflite": 2048 * MB,
    "novelty.npz": 64 * MB,
}
"""Every file that a bundle may have, and how many bytes of it."""
REQUIRED = ("README.md", "bundle.json", "films.csv", "model.keras")
"""What each of them has: card, manifest, the films that were used, weights."""
SUMS, ATTRIBUTES, PROMOTIONS = "SHA256SUMS", ".gitattributes", "PROMOTIONS.md"
"""What an export adds: the hash of each file, which of them the Hub keeps as large files, and what
is said of a model whose gate was overridden. The bundle's hash covers none of them."""
LARGE_FILES = "".join(
    f"{name} filter=lfs diff=lfs merge=lfs -text\n"
    for name in ("*.keras", "*.tflite", "*.npz", "films.csv")
)


def bundle_files(folder: Path) -> dict[str, Path]:
    """Return the files of a bundle by name, sorted, junk of file managers left out.

    Raises:
        BundleError: there is one that no bundle has, or one is missing.
    """
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    files = {name: found[name] for name in sorted(found) if Path(name).name not in JUNK}
    check_names(folder.name, list(files))
    return files


def check_names(title: str, names: list[str]) -> None:
    """Check that these are the files of a bundle.

    Raises:
        BundleError: there is one that no bundle has, or one is missing.
    """
    if foreign := sorted(set(names) - set(LIMITS)):
        raise BundleError(
            f"{title}: it holds {foreign[0]!r}; allowed in a bundle are {', '.join(LIMITS)} alone."
        )
    if missing := [name for name in REQUIRED if name not in names]:
        raise BundleError(
            f"{title}: {', '.join(missing)} is missing; a bundle has {', '.join(REQUIRED)}."
        )


def write_sums(files: Mapping[str, Path]) -> str:
    """Return `SHA256SUMS`, which `sha256sum -c` reads.

    Its own SHA-256 is that of the bundle (`store.bundle_sha256`), so anybody can check it by hand.
    """
    hashes = {n: file_sha256(files[n]) for n in sorted(files)}
    return "".join(f"{sha256}  {name}\n" for name, sha256 in hashes.items())


def check_sums(title: str, text: str, files: Mapping[str, Path]) -> None:
    """Check the files against a `SHA256SUMS` that came with them.

    Raises:
        BundleError: one differs, or the list is of other files.
    """
    rows = [re.fullmatch(r"([0-9a-f]{64}) [ *](\S+)", line) for line in text.splitlines()]
    stated = {row[2]: row[1] for row in rows if row}
    if len(stated) < len(rows) or stated.keys() != files.keys():
        raise BundleError(f"{title}: {SUMS} does not list the files that are there, each once.")
    for name, path in files.items():
        found = file_sha256(path)
        if found != stated[name]:
            raise BundleError(
                f"{title}: {name} has SHA-256 {found[:12]}…, but {SUMS} says "
                f"{stated[name][:12]}…: it was damaged or changed on the way."
            )
