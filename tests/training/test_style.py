"""Films whose style speaks for the other class are found, and count more."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.training import style as style_module
from xray_core.training.config import TrainingConfig
from xray_core.training.films import TRAIN, FilmSet, load_films, sampling_weights, style_weights
from xray_core.training.fit import fit
from xray_core.training.style import FEWEST, StyleReader, read_styles, style_features
from xray_core.training.style_transfer import _quantiles, borrow_style


def phantom_view(seed: int, blurred: bool) -> np.ndarray:
    view = np.rint(draw_phantom(seed, PhantomKind.NORMAL, size=64).pixels * 255).astype(np.uint8)
    return cv2.GaussianBlur(view, (0, 0), 1.5) if blurred else view


@pytest.fixture(scope="module")
def blurred_when_normal() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Styles, kinds and patients of 80 films: the normal ones are blurred, but for one in ten."""
    normal = np.arange(80) % 2 == 0
    odd = np.arange(80) % 20 < 2
    style = np.stack(
        [
            style_features(phantom_view(i, n != o))
            for i, (n, o) in enumerate(zip(normal, odd, strict=True))
        ]
    )
    return style, normal, odd


def test_style_tells_the_kind_except_where_it_misleads(
    blurred_when_normal: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    style, normal, odd = blurred_when_normal
    reader = StyleReader(style, normal, np.arange(80).astype(str).astype(object))
    assert np.median(reader.of_training[odd]) < 0.3
    assert np.median(reader.of_training[~odd]) > 0.7
    again = np.stack([style_features(phantom_view(1000 + i, blurred=True)) for i in range(10)])
    assert np.median(reader.probability(again, np.full(10, True))) > 0.7
    assert np.median(reader.probability(again, np.full(10, False))) < 0.3


def test_what_style_says_is_learnt_once_for_the_same_films(
    home: Path,
    blurred_when_normal: tuple[np.ndarray, np.ndarray, np.ndarray],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    style, normal, _ = blurred_when_normal
    patients = np.arange(80).astype(str).astype(object)
    half = slice(0, 40)
    reader = StyleReader(style, normal, patients)
    first = read_styles((style, normal), patients, [(style[half], normal[half])])
    np.testing.assert_array_equal(first[0], reader.of_training)
    np.testing.assert_array_equal(first[1], reader.probability(style[half], normal[half]))

    monkeypatch.delattr(style_module, "StyleReader")
    again = read_styles((style, normal), patients, [(style[half], normal[half])])
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(NameError):  # other films are learnt of anew
        read_styles((style, ~normal), patients, [(style[half], normal[half])])
    monkeypatch.setattr(style_module, "FORM", style_module.FORM + 1)
    with pytest.raises(NameError):  # and the same by a reader that learns otherwise
        read_styles((style, normal), patients, [(style[half], normal[half])])


def test_of_too_few_patients_nothing_is_learnt(
    blurred_when_normal: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    style, normal, _ = blurred_when_normal
    patients = (np.arange(80) % (FEWEST - 1)).astype(str).astype(object)
    reader = StyleReader(style, normal, patients)
    np.testing.assert_array_equal(reader.of_training, 1.0)
    np.testing.assert_array_equal(reader.probability(style, normal), 1.0)


@hypothesis_settings(max_examples=50, deadline=None)
@given(
    told=st.lists(st.floats(0, 1), min_size=2, max_size=40),
    floor=st.floats(0.05, 1),
)
def test_a_source_and_label_is_drawn_as_often_as_before(told: list[float], floor: float) -> None:
    n = len(told)
    table = pd.DataFrame({"source": "a", "label": ["NORMAL", "VIRAL"] * n}).iloc[:n]
    films = FilmSet(table, np.zeros((n, 1, 1)), np.ones((n, 4), bool), by_style=np.array(told))
    weights = style_weights(films, floor)
    for label in set(table["label"]):
        rows = (table["label"] == label).to_numpy()
        assert weights[rows].mean() == pytest.approx(1)
        order = np.argsort(np.array(told)[rows])
        assert (np.diff(weights[rows][order]) <= 1e-9).all()
        assert weights[rows].max() <= weights[rows].min() / floor * (1 + 1e-9)


def test_a_borrowed_style_changes_sharpness_and_leaves_what_is_shown() -> None:
    sharp, soft = phantom_view(1, blurred=False), phantom_view(2, blurred=True)

    def edges(film: np.ndarray) -> float:
        return float(cv2.Laplacian(film.astype(np.float32), cv2.CV_32F).std())

    softened = [borrow_style(sharp, soft, np.random.default_rng(seed)) for seed in range(8)]
    sharpened = [borrow_style(soft, sharp, np.random.default_rng(seed)) for seed in range(8)]
    assert np.mean([edges(film) for film in softened]) < 0.9 * edges(sharp)
    assert np.mean([edges(film) for film in sharpened]) > 1.1 * edges(soft)
    for film in softened:
        coarse = [
            cv2.resize(f, (8, 8), interpolation=cv2.INTER_AREA).ravel() for f in (film, sharp)
        ]
        assert np.corrcoef(coarse)[0, 1] > 0.98
    np.testing.assert_array_equal(sharp, phantom_view(1, blurred=False))


def test_a_flat_film_stays_a_film() -> None:
    flat = np.full((32, 32), 7, np.uint8)
    for film, other in ((flat, phantom_view(1, False)[:32, :32]), (flat, flat)):
        assert borrow_style(film, other, np.random.default_rng(0)).dtype == np.uint8


@given(
    film=arrays(
        np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 255)
    )
)
def test_grey_values_are_ranked_as_numpy_does_it(film: np.ndarray) -> None:
    assert _quantiles(film) == pytest.approx(np.quantile(film, np.linspace(0, 1, 33)), abs=1e-9)


@pytest.mark.slow
def test_a_run_against_style_says_how_it_does_there(
    phantom_folder: Path, settings_of_run: dict[str, Any], tmp_path: Path
) -> None:
    path = phantom_folder / "against-style.json"
    against = {"name": "against-style", "style_floor": 0.2, "epochs": 1}
    changes = {"augmentation": {"style": 1.0}, "phantoms": {"films": 8, "share": 0.1}}
    path.write_text(json.dumps(settings_of_run | against | changes))
    config = TrainingConfig.read(path)
    films = load_films(config)
    told = films[TRAIN].by_style
    assert told is not None
    assert ((told >= 0) & (told <= 1)).all()
    assert sampling_weights(films[TRAIN], config).sum() == pytest.approx(1)
    _, history = fit(config, films, tmp_path)
    assert history[0].styled_loss is not None
    assert history[0].worst_loss >= history[0].styled_loss
