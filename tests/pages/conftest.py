"""Pages are run as Streamlit runs them, without a browser."""

import json
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from comparetools import KINDS
from pagetools import SECONDS
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from xray_core.settings import PROJECT_ROOT

FIGURES = {
    "n": 1042, "patients": 611, "auc": 0.9812, "auc_ci": [0.975, 0.9875],
    "sensitivity": 0.981, "sensitivity_ci": [0.967, 0.992],
    "auc_lungs_blanked": 0.5432, "auc_lungs_blanked_ci": [0.48, 0.61],
}  # fmt: skip
"""What the card of `other` says of its films."""

BINS = {
    "said": [0.1, 0.9], "true": [0.2, 0.8], "low": [0.1, 0.7], "high": [0.3, 0.9],
    "films": [500, 542],
}  # fmt: skip
"""What `other` said of them against what was true."""


@pytest.fixture(autouse=True)
def fresh_caches() -> Iterator[None]:
    """What one test has cached is not there for the next, which has another home."""
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture(scope="session", autouse=True)
def components_are_looked_for_once() -> Iterator[None]:
    """Every `AppTest` looks for Streamlit components in all installed packages, for a second."""
    with pytest.MonkeyPatch.context() as patch:
        scan = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(autouse=True)
def no_model_ahead_of_a_film(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model is loaded when a film needs it, not before, for caches are empty in every test.

    An app does so once; here every test that opens it would, whichever page it is of.
    """
    monkeypatch.setattr("pages.components.models.prepare", lambda: None)


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


@pytest.fixture
def tiny_and_stern(tiny_bundle: Path) -> Path:
    """A store of `tiny` and `stern`, the same network calling pneumonia from 0.9 on only."""
    from trusting import trust

    stern = shutil.copytree(tiny_bundle, tiny_bundle.parent / "stern")
    manifest = json.loads((stern / "bundle.json").read_text())
    manifest |= {"name": "stern", "temperature": 0.5}
    manifest["operating_points"][0]["threshold"] = 0.9
    manifest["training"] = {"history": [{"epoch": 1, "loss": 0.7}, {"epoch": 2, "loss": 0.5}]}
    (stern / "bundle.json").write_text(json.dumps(manifest))
    trust(stern)
    return tiny_bundle.parent


@pytest.fixture
def tiny_and_other(tiny_bundle: Path) -> Path:
    """The champion `tiny`, and `other` with figures, a list of films and a configuration."""
    from trusting import trust

    other = tiny_bundle.parent / "other"
    shutil.copytree(tiny_bundle, other)
    path = other / "bundle.json"
    content = json.loads(path.read_text()) | {
        "name": "other",
        "title": "Another network",
        "metrics": {
            "validation": FIGURES | {"auc": 0.999, "reliability": "damaged"},
            "internal_test": FIGURES | {"reliability": BINS},
        },
        "training": {
            "start": "tiny", "start_sha256": "ab" * 32, "seed": 7, "manifest": "patients.csv",
            "data": [{"source": "ward", "population": "Children of the ward"}],
            "history": [
                {"epoch": 1, "loss": 0.9, "validation_auc": 0.7},
                {"epoch": 2, "loss": 0.5, "validation_auc": 0.9},
            ],
        },
        "environment": {"keras": "3.15.1"},
    }  # fmt: skip
    path.write_text(json.dumps(content))
    (other / "films.csv").write_text(
        "sha256,phash,patient,source,label,role\n"
        f"{'a' * 64},,p1,ward,NORMAL,train\n"
        f"{'b' * 64},,p1,ward,NORMAL,train\n"
        f"{'c' * 64},,p2,ward,VIRAL,internal_test\n"
    )
    trust(other)
    return other


@pytest.fixture
def phantom(phantom_file: Callable[..., Path]) -> bytes:
    """The PNG of a phantom with pneumonia."""
    return phantom_file("lobar", seed=4, size=128).read_bytes()


@pytest.fixture
def phantoms(tmp_path: Path, phantom_file: Callable[..., Path]) -> Path:
    """A folder of four phantoms in each of three classes."""
    for kind, name in KINDS.items():
        folder = tmp_path / "films" / name
        folder.mkdir(parents=True)
        for seed in range(4):
            shutil.copy(phantom_file(kind, seed), folder)
    return tmp_path / "films"


@pytest.fixture
def leaky_set(tmp_path: Path, phantom_file: Callable[..., Path]) -> Path:
    """Two classes in two splits, one film in both."""
    root = tmp_path / "set"
    for i, (split, name) in enumerate(
        [("train", "NORMAL"), ("train", "PNEUMONIA"), ("test", "NORMAL"), ("test", "PNEUMONIA")]
    ):
        (root / split / name).mkdir(parents=True)
        data = phantom_file("normal", seed=i % 3).read_bytes()
        (root / split / name / f"film-{i}.png").write_bytes(data)
    return root


@pytest.fixture
def datasets_page(no_model: Path, open_page: Callable[[str], AppTest]) -> AppTest:
    """Datasets by its own address: no model is loaded, which the audit needs none of."""
    return open_page("pages/datasets.py")
