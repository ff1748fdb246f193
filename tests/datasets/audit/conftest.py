"""Small data sets with known faults."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from xray_core.settings import settings


@pytest.fixture(scope="module")
def module_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An `XRAY_HOME` that the tests of a file share."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("audit-home")
        patch.setenv("XRAY_HOME", str(home))
        settings.cache_clear()
        yield home
    settings.cache_clear()


@pytest.fixture
def write_set(tmp_path: Path) -> Callable[[Mapping[str, bytes]], Path]:
    """Return `write_set({address: bytes})`: the folder that holds them."""

    def write(files: Mapping[str, bytes]) -> Path:
        for address, data in files.items():
            path = tmp_path / "films" / address
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return tmp_path / "films"

    return write
