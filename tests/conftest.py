"""Fixtures that every test may use."""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import pytest

from xray_core.settings import PROJECT_ROOT, settings


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real X-rays: `XRAY_TEST_DATA`, or `../shared/data` beside the project."""
    folder = Path(os.environ.get("XRAY_TEST_DATA", PROJECT_ROOT.parent / "shared" / "data"))
    if not (folder / "chest_xray").is_dir():
        pytest.skip("the real X-rays are not here: no ../shared/data, and XRAY_TEST_DATA is unset")
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh `XRAY_HOME` for one test; the bundled models stay where they are."""
    monkeypatch.setenv("XRAY_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield tmp_path / "home"
    settings.cache_clear()
