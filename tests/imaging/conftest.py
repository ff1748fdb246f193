"""Limits for one test."""

from collections.abc import Iterator

import pytest

from xray_core.settings import settings


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Set limits by their variables for one test; decoder processes inherit them."""
    settings.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    settings.cache_clear()
