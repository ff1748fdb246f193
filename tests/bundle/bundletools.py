"""Changes the zip of a bundle on its way, and reads why it may not come in."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xray_core.bundle.import_bundle import incoming
from xray_core.bundle.store import stores
from xray_core.errors import BundleError

NAMES = ["README.md", "bundle.json", "films.csv", "model.keras"]


def rewritten(path: Path, change: Callable[[dict[str, Any]], object]) -> io.BytesIO:
    """Return the zip with its members (name → bytes) changed; `None` leaves one out."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            if content is not None:
                archive.writestr(name, content)
    buffer.seek(0)
    return buffer


def refusal(source: Path | io.BytesIO) -> str:
    """Return the sentence with which a zip or a folder is refused, of which nothing may stay."""
    with pytest.raises(BundleError) as caught, incoming(source, "from-afar.zip"):
        pass
    assert not list(stores()[1].glob(".import-*")), "nothing stays"
    return str(caught.value)
