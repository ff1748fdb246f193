"""Pages are run as Streamlit runs them, without a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from xray_core.settings import PROJECT_ROOT

# The first run imports TensorFlow, which takes long on a busy machine.
SECONDS = 180


@pytest.fixture(autouse=True)
def fresh_caches() -> Iterator[None]:
    """What one test has cached is not there for the next, which has another home."""
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture(autouse=True)
def no_audit_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choosing films on Train starts no audit: only the tests of that wait for its verdict."""
    monkeypatch.setattr("pages.components.train_audit._begin", lambda path: None)


@pytest.fixture
def no_model(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without any model."""
    from xray_core.settings import settings

    monkeypatch.setenv("XRAY_MODELS_DIR", str(home / "no-models"))
    settings.cache_clear()
    return home


@pytest.fixture
def open_page() -> Callable[[str], AppTest]:
    """Return `open_page(path)`: a file of the project, run once as the main script."""

    def run(path: str = "app.py") -> AppTest:
        return AppTest.from_file(str(PROJECT_ROOT / path), default_timeout=SECONDS).run()

    return run
