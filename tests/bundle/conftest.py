"""A bundle that has gone out."""

import shutil
from pathlib import Path

import pytest

from xray_core.bundle import find_bundle
from xray_core.bundle.export import export_bundle


@pytest.fixture
def exported(tiny_bundle: Path, tmp_path: Path) -> Path:
    """The zip of `tiny`, which is then taken away, so that it may come in again."""
    path = export_bundle(find_bundle("tiny"), tmp_path / "out" / "tiny.zip")
    shutil.rmtree(tiny_bundle)
    return path
