"""A network that crops to the lungs is used with the very finder that it was trained with."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from xray_core.bundle import Preprocessing, find_bundle
from xray_core.errors import BundleError
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_radiograph
from xray_core.inference import classifier, load_classifier
from xray_core.lungs import load_lung_finder
from xray_core.settings import settings
from xray_core.training.config import TrainingConfig
from xray_core.training.run import train

FILM = phantom_radiograph(draw_phantom(5, PhantomKind.NORMAL))


@pytest.fixture(scope="module", autouse=True)
def cropped(config_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The bundle `cropped` in an `XRAY_HOME` of this module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XRAY_HOME", str(tmp_path_factory.mktemp("home")))
        settings.cache_clear()
        config = TrainingConfig.read(config_file)
        how = Preprocessing(crop="lungs")
        train(config.model_copy(update={"name": "cropped", "epochs": 1, "preprocessing": how}))
        yield
    settings.cache_clear()


def test_the_bundle_states_the_finder_and_sees_the_box_of_the_lungs() -> None:
    finder = load_lung_finder()
    used = find_bundle("cropped").manifest.preprocessing.lungs
    assert used is not None
    assert (used.name, used.sha256) == (finder.name, finder.sha256)
    view = load_classifier("cropped").see(FILM)
    box = finder.find(FILM.pixels).box
    assert box is not None
    top, left, bottom, right = view.geometry.box
    assert 0 < top <= box[0] < box[2] <= bottom < FILM.shape[0]
    assert 0 < left <= box[1] < box[3] <= right < FILM.shape[1]


def test_a_film_without_upright_lungs_is_seen_whole_and_not_decided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upside_down = replace(FILM, pixels=FILM.pixels[::-1].copy())
    model = load_classifier("cropped")
    monkeypatch.setattr(model, "_novelty", None)  # a run of minutes refuses it sooner
    examination = model.examine(upside_down)
    assert examination.abstain
    assert examination.view.geometry.box == (0, 0, *FILM.shape)
    assert any("upside down" in reason for reason in examination.reasons)


def test_with_another_finder_it_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    other = SimpleNamespace(sha256="0" * 64)
    monkeypatch.setattr(classifier, "load_lung_finder", lambda name: other)
    with pytest.raises(BundleError, match="trained with another version of 'kerley-lungs-1'"):
        load_classifier("cropped")
