"""Fixtures that every test may use."""

import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import pytest

from xray_core.onednn import ask_for_onednn
from xray_core.settings import PROJECT_ROOT, settings

if TYPE_CHECKING:
    from xray_core.inference import Classifier

ask_for_onednn()  # as every training of users has it


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Let every test draw the same numbers, whichever tests its process has run before."""
    random.seed(0)
    np.random.seed(0)  # what libraries draw from
    if keras := sys.modules.get("keras"):  # bringing it costs seconds
        keras.utils.set_random_seed(0)


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


@pytest.fixture(autouse=True)
def migrated_runs(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where a test opens the runs of a fresh home, they begin with a copy of MLflow's empty tables.

    MLflow makes them in some fifty migrations, which takes seconds. `tests/tracking` does without.
    """
    if request.path.parent.name == "tracking":
        return
    from xray_core.tracking import store

    def open_runs(where: str, home: str) -> store.RunStore:
        own = Path(home) / "mlflow.db"
        if where == f"sqlite:///{own}" and not own.exists():
            own.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(_empty_runs(tmp_path_factory.getbasetemp() / "empty-runs.db"), own)
        return made(where, home)

    made = store._open
    monkeypatch.setattr(store, "_open", open_runs)


@pytest.fixture(scope="session")
def tiny_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds one trusted classifier, `tiny`: random weights, 32 px, four classes.

    Read-only for tests: `tiny_bundle` gives a copy that may be changed.
    """
    store = tmp_path_factory.mktemp("tiny-store")
    _write_tiny_bundle(store / "tiny")
    return store


@pytest.fixture
def tiny_bundle(home: Path, tiny_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of `tiny`, the only model there is, in a fresh `XRAY_HOME`."""
    shutil.copytree(tiny_store, home / "bundles")
    monkeypatch.setenv("XRAY_MODELS_DIR", str(home / "no-bundled-models"))
    settings.cache_clear()
    return home / "bundles" / "tiny"


@pytest.fixture
def tiny_segmenter(tiny_bundle: Path) -> Path:
    """The folder of `tiny-lungs`, the default segmenter, untrained, beside `tiny`: 32 px."""
    from trusting import trust

    from xray_core.bundle import BundleManifest, InputSpec, LungLimits, Preprocessing
    from xray_core.networks.lung_unet import build_lung_unet

    folder = tiny_bundle.parent / "tiny-lungs"
    folder.mkdir()
    build_lung_unet(32).save(folder / "model.keras")
    BundleManifest(
        name="tiny-lungs",
        title="Tiny segmenter with random weights",
        kind="segmenter",
        network="lung-unet",
        input=InputSpec(size=32),
        preprocessing=Preprocessing(),
        lungs=LungLimits(
            area=(0, 1),
            aspect=(0, 100),
            balance=0,
            certainty=0,
            edge=1,
            upright=0,
            chosen_on="nothing",
        ),
        metrics={"internal_test/drawn": {"n": 1, "dice": 0.5, "dice_ci": [0.4, 0.6]}},
        training={},
        environment={},
    ).write(folder)
    trust(folder, default=True)
    return folder


@pytest.fixture(scope="session")
def tiny_classifier(tiny_store: Path) -> "Classifier":
    """`tiny`, loaded once for all tests."""
    from xray_core.bundle import BundleInfo, BundleManifest
    from xray_core.bundle.store import bundle_sha256
    from xray_core.inference import Classifier

    folder = tiny_store / "tiny"
    manifest = BundleManifest.read(folder)
    return Classifier(
        BundleInfo("tiny", "classifier", folder, bundle_sha256(folder), manifest, True)
    )


@pytest.fixture(scope="session")
def phantom_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return `phantom_file(kind="normal", seed=0, size=96)`: the path of a phantom's PNG."""
    from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png

    folder = tmp_path_factory.mktemp("phantoms")

    def draw(kind: str = "normal", seed: int = 0, size: int = 96) -> Path:
        path = folder / f"{kind}-{seed}-{size}.png"
        if not path.exists():
            path.write_bytes(phantom_png(draw_phantom(seed, PhantomKind(kind), size=size)))
        return path

    return draw


TINY_FILMS = "\n".join(
    [
        "sha256,phash,patient,source,label,role",
        f"{'0' * 64},,nobody,made-up for tiny,NORMAL,train",
        "",
    ]
)
"""What `tiny` was trained on: one film that is nowhere, so that what it has seen is known."""


@pytest.fixture(scope="session")
def drill_films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight phantoms of as many patients, half of them with pneumonia: too few for the gate."""
    from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_png

    root = tmp_path_factory.mktemp("drill")
    for kind, label in ((PhantomKind.NORMAL, "NORMAL"), (PhantomKind.LOBAR, "BACTERIAL")):
        (root / label).mkdir()
        for seed in range(4):
            film = phantom_png(draw_phantom(seed, kind, size=96))
            (root / label / f"p{seed}-{label}.png").write_bytes(film)
    return root


def _empty_runs(file: Path) -> Path:
    """Return MLflow's tables as it makes them; they are made once."""
    if not file.exists():
        from mlflow import MlflowClient

        where = f"sqlite:///{file}"
        MlflowClient(tracking_uri=where, registry_uri=where).search_experiments()
    return file


def _write_tiny_bundle(folder: Path) -> None:
    from trusting import trust

    folder.mkdir(parents=True)
    _tiny_network().save(folder / "model.keras")
    (folder / "bundle.json").write_text(_tiny_manifest())
    (folder / "films.csv").write_text(TINY_FILMS)
    (folder / "README.md").write_text("A network with random weights, for tests only.\n")
    trust(folder, default=True)


def _tiny_network():  # type: ignore[no-untyped-def]
    """Return two convolutions with seeded weights, whose answers depend on the film."""
    from keras import Model, layers
    from keras.initializers import GlorotUniform, RandomNormal

    film = layers.Input((32, 32, 1), name="film")
    x = film
    for i, channels in enumerate((8, 16), start=1):
        x = layers.Conv2D(
            channels, 3, padding="same", kernel_initializer=GlorotUniform(i), name=f"conv{i}"
        )(x)
        x = layers.ReLU(name=f"relu{i}")(x)
        x = layers.MaxPooling2D(name=f"pool{i}")(x)
    x = layers.Flatten(name="flatten")(x)
    logits = layers.Dense(4, kernel_initializer=RandomNormal(0, 0.3, seed=3), name="logits")(x)
    return Model(film, logits, name="tiny")


def _tiny_manifest() -> str:
    from xray_core.bundle import (
        BundleManifest,
        InputSpec,
        Interval,
        OperatingPoint,
        OutputSpec,
        Preprocessing,
    )
    from xray_core.labels import CLASSES

    undefined = Interval(value=None, low=None, high=None)
    point = OperatingPoint(
        name="even",
        threshold=0.5,
        rule="one half",
        chosen_on="no films",
        films=0,
        patients=0,
        sensitivity=undefined,
        specificity=undefined,
    )
    return BundleManifest(
        name="tiny",
        title="Tiny network with random weights",
        kind="classifier",
        network="residual",
        outputs=tuple(OutputSpec(name=name, classes=(name,)) for name in CLASSES),
        input=InputSpec(size=32),
        preprocessing=Preprocessing(),
        temperature=1.5,
        operating_points=(point,),
        novelty=None,
        metrics={"internal_test": {"auc": 0.5, "auc_ci": [0.4, 0.6]}},
        training={},
        environment={},
    ).model_dump_json(indent=2)
