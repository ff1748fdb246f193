"""`index.json` of a store: which bundles are trusted, and which is the default of its kind."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xray_core.bundle.manifest import Kind
from xray_core.bundle.part import NAME
from xray_core.errors import BundleError

INDEX = "index.json"
_DEFAULT = {"classifier": "default", "segmenter": "segmenter"}


class Index(BaseModel):
    """Content of `index.json`: the store's defaults, and the trusted hash of each bundle.

    Attributes:
        default: the champion.
        segmenter: what finds the lungs.
        bundles: trusted SHA-256 by name.
        promotion: SHA-256 of the line of the record that made the champion, see `promotion.record`;
            None where no promotion did, or one of an earlier version.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    default: str | None = None
    segmenter: str | None = None
    bundles: dict[Annotated[str, Field(pattern=NAME)], str] = {}
    promotion: str | None = None

    def default_of(self, kind: Kind) -> str | None:
        """Return the name of the default bundle of a kind: of classifiers, the champion."""
        name: str | None = getattr(self, default_field(kind))
        return name


def default_field(kind: Kind) -> str:
    """Return the field that names the default bundle of a kind."""
    return _DEFAULT[kind]


def read_index(store: Path) -> Index:
    """Return the index of a store; an empty one where there is none.

    Raises:
        BundleError: it is damaged.
    """
    path = store / INDEX
    if not path.exists():
        return Index()
    try:
        return Index.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BundleError(f"{INDEX} of the folder {store.name!r} is not a valid index.") from error


def write_index(store: Path, index: Index) -> None:
    """Write the index of a store, whole or not at all.

    Raises:
        BundleError: it cannot be written.
    """
    partial = store / f".{INDEX}.partial"
    try:
        store.mkdir(parents=True, exist_ok=True)
        # Earlier versions refuse a field that they do not know: without a promotion there is none.
        unset = {"promotion"} if index.promotion is None else None
        partial.write_text(index.model_dump_json(indent=2, exclude=unset) + "\n")
        partial.replace(store / INDEX)
    except OSError as error:
        raise BundleError(f"{store / INDEX} cannot be written: {error.strerror}.") from error
