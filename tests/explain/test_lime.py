"""LIME gives the weights of the `lime` package, and a clear answer where there is none."""

import json

import numpy as np
import pytest
from lime.lime_image import LimeImageExplainer
from sklearn.linear_model import Ridge

from xray_core.errors import ExplanationError
from xray_core.explain.explanation import trust_in_words
from xray_core.explain.lime import LimeSettings, explain_lime
from xray_core.explain.lime_fit import fit_lime
from xray_core.explain.perturbation import cosine_distances, draw_masks, hidden_film
from xray_core.explain.targets import target_scores
from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.labels import BINARY, FOUR_CLASSES, PNEUMONIA

SIDE = 64


@pytest.fixture(scope="module")
def film():
    pixels = draw_phantom(3, PhantomKind.LOBAR, size=128).pixels
    return InputGeometry.whole(pixels.shape, SIDE).to_input(pixels)


def score(films):
    """Probabilities of four classes by the detail in four places of the film, not linearly."""
    detail = films.astype(np.float64) ** 2
    places = detail.reshape(len(films), 2, SIDE // 2, 2, SIDE // 2).mean(axis=(2, 4))
    logits = 6 * np.sin(5 * places.reshape(len(films), 4))
    odds = np.exp(logits)
    return odds / odds.sum(axis=1, keepdims=True)


def quick(**changes):
    return LimeSettings(**{"samples": 200, "segments": 25, **changes})


def by_the_package(film, explanation, task=FOUR_CLASSES):
    """Return weights, R² and intercept by `LimeImageExplainer` itself."""
    settings = explanation.settings

    def target_only(rgb):
        films = np.ascontiguousarray(rgb[..., 0], dtype=np.float32)
        return target_scores(score(films), explanation.target, task)[:, None]

    found = LimeImageExplainer(random_state=settings.seed).explain_instance(
        film,
        target_only,
        labels=(0,),
        top_labels=None,
        hide_color=0 if settings.hide == "black" else None,
        num_features=settings.features or 100000,
        num_samples=settings.samples,
        segmentation_fn=lambda _: explanation.segments,
    )
    weights = np.zeros(len(explanation.weights))
    for superpixel, weight in found.local_exp[0]:
        weights[superpixel] = weight
    return weights, found.score, found.intercept[0]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"seed": 7},
        {"hide": "black"},
        {"features": 12},
        {"features": 5},
        {"segmentation": "slic"},
        {"segmentation": "quickshift", "seed": 3},
        {"segmentation": "felzenszwalb"},
        {"batch_size": 7},
        {"samples": 60, "features": 6},
    ],
    ids=str,
)
@pytest.mark.parametrize("target", ["BACTERIAL", PNEUMONIA])
def test_the_weights_are_those_of_the_lime_package(film, target, changes):
    explanation = explain_lime(score, film, target, quick(**changes), task=FOUR_CLASSES)
    weights, r2, intercept = by_the_package(film, explanation)
    assert np.abs(weights).max() > 1e-3
    np.testing.assert_allclose(explanation.weights, weights, atol=1e-6)
    assert explanation.r2_in_sample == pytest.approx(r2, abs=1e-6)
    assert explanation.r2 < explanation.r2_in_sample
    assert explanation.intercept == pytest.approx(intercept, abs=1e-6)


@pytest.mark.parametrize("features", [None, 8, 3])
def test_r2_is_that_of_a_fit_anew_without_each_sample(features):
    numbers = np.random.default_rng(3)
    shown = draw_masks(np.random.RandomState(0), 40, 12)
    labels = shown @ numbers.normal(0, 0.1, 12) + numbers.normal(0, 0.1, 40)
    fit = fit_lime(shown, labels, features)
    used = np.flatnonzero(fit.weights)
    kernel = np.exp(-(cosine_distances(shown) ** 2) / 0.25**2 / 2)
    missed = []
    for left_out in range(40):
        rest = np.arange(40) != left_out
        ridge = Ridge(alpha=1).fit(shown[rest][:, used], labels[rest], kernel[rest])
        missed.append(labels[left_out] - ridge.predict(shown[[left_out]][:, used])[0])
    spread = labels - np.average(labels, weights=kernel)
    expected = 1 - kernel @ np.square(missed) / (kernel @ spread**2)
    assert fit.r2 == pytest.approx(expected, abs=1e-9)


def test_fewer_samples_do_not_raise_r2():
    def fit(samples):
        noise = np.random.default_rng(1).normal(0, 0.1, samples)
        return fit_lime(draw_masks(np.random.RandomState(0), samples, 40), noise, None)

    few, many = fit(60), fit(3000)
    assert few.r2_in_sample > 0.3 > many.r2_in_sample
    assert few.r2 < 0.05 and many.r2 < 0.05, "nothing but noise was fitted"


def test_an_answer_that_hardly_changes_is_not_explained(film):
    def nearly_still(films):
        p = 0.5 + 8e-4 * (films[:, :32].mean(axis=(1, 2)) - 0.5)
        return np.stack([1 - p, p], axis=1)

    explanation = explain_lime(nearly_still, film, PNEUMONIA, quick(), task=BINARY)
    assert not explanation.weights.any() and "nothing to explain" in explanation.note


def test_the_same_seed_gives_the_same_answer_and_another_seed_another(film):
    first, again, other = (
        explain_lime(score, film, "VIRAL", quick(seed=seed), task=FOUR_CLASSES)
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first.weights, again.weights)
    assert np.array_equal(first.segments, again.segments)
    assert not np.array_equal(first.weights, other.weights)


def test_the_superpixel_that_decides_is_found():
    def bright_corner(films):
        p = films[:, :16, :16].mean(axis=(1, 2))
        return np.stack([1 - p, p], axis=1)

    film = np.full((SIDE, SIDE), 0.1, np.float32)
    film[:16, :16] = 0.9
    settings = quick(segments=16, hide="black", samples=400)
    explanation = explain_lime(bright_corner, film, PNEUMONIA, settings, task=BINARY)
    assert explanation.prediction == pytest.approx(0.9)
    assert explanation.strongest(1)[0] == explanation.segments[8, 8]
    assert explanation.heat()[8, 8] > 0.3
    assert explanation.heat().shape == film.shape


def test_pneumonia_is_the_opposite_of_normal(film):
    normal, pneumonia = (
        explain_lime(score, film, target, quick(), task=FOUR_CLASSES)
        for target in ("NORMAL", PNEUMONIA)
    )
    np.testing.assert_allclose(normal.weights, -pneumonia.weights, atol=1e-12)


def test_a_blurred_film_hides_detail_but_not_brightness(film):
    segments = np.zeros((SIDE, SIDE), np.int32)
    blurred = hidden_film(film, segments, "blur")
    assert blurred.std() < film.std()
    assert blurred.mean() == pytest.approx(film.mean(), abs=0.02)
    explanation = explain_lime(score, film, PNEUMONIA, quick(hide="blur"), task=FOUR_CLASSES)
    assert np.abs(explanation.weights).max() > 1e-3


@pytest.mark.parametrize("segmentation", ["grid", "slic", "quickshift", "felzenszwalb"])
def test_a_flat_film_has_nothing_to_explain(segmentation):
    film = np.full((SIDE, SIDE), 0.5, np.float32)
    settings = quick(segmentation=segmentation)
    explanation = explain_lime(score, film, PNEUMONIA, settings, task=FOUR_CLASSES)
    assert not explanation.weights.any()
    assert explanation.r2 is None
    assert trust_in_words(explanation) == explanation.note
    assert "nothing to explain" in explanation.note


def test_a_single_superpixel_has_one_weight_and_no_fit():
    def brightness(films):
        p = films.mean(axis=(1, 2))
        return np.stack([1 - p, p], axis=1)

    film = np.full((SIDE, SIDE), 0.5, np.float32)
    settings = quick(segmentation="felzenszwalb", hide="black")
    explanation = explain_lime(brightness, film, PNEUMONIA, settings, task=BINARY)
    assert explanation.weights.shape == (1,)
    assert explanation.weights[0] > 0
    assert explanation.r2 is None
    assert "one single superpixel" in explanation.note


def test_nothing_is_written_to_the_terminal(film, capfd):
    explain_lime(score, film, PNEUMONIA, quick(), task=FOUR_CLASSES)
    assert capfd.readouterr() == ("", "")


def test_progress_is_told_after_each_batch(film):
    told = []
    explain_lime(
        score,
        film,
        PNEUMONIA,
        quick(batch_size=60),
        task=FOUR_CLASSES,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(60, 200), (120, 200), (180, 200), (200, 200)]


def test_the_record_is_json_with_one_weight_for_each_superpixel(film):
    explanation = explain_lime(score, film, "COVID-19", quick(seed=4), task=FOUR_CLASSES)
    record = json.loads(json.dumps(explanation.to_json()))
    assert record["class"] == "COVID-19"
    assert record["samples"] == 200
    assert record["segments"] == len(record["weights"]) == explanation.segments.max() + 1
    assert record["r2"] == explanation.r2
    assert record["settings"]["seed"] == 4
    assert record["seconds"] >= 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"segmentation": "voronoi"}, "segmentation 'voronoi' is not one of grid, slic, quick"),
        ({"hide": "noise"}, "hide 'noise' is not one of mean, black, blur"),
        ({"segments": 1}, "segments 1 is not a whole number from 2 to 400"),
        ({"samples": 5}, "samples 5 is not a whole number from 10 to 100000"),
        ({"samples": 20.5}, "samples 20.5 is not a whole number"),
        (
            {"samples": 100_000, "segments": 400},
            "100,000 samples of 400 .* 25,000 samples",
        ),
        ({"features": 0}, "features 0 is not a whole number from 1 to 400"),
        ({"seed": -1}, "seed -1 is not a whole number from 0"),
        ({"batch_size": None}, "batch size None is not a whole number"),
    ],
)
def test_settings_that_are_not_allowed_are_refused(changes, sentence):
    with pytest.raises(ExplanationError, match=sentence):
        LimeSettings(**changes)


@pytest.mark.parametrize(
    ("film", "sentence"),
    [
        (np.zeros((8, 8, 3), np.float32), r"array \(8, 8, 3\), not one grey image"),
        (np.full((8, 8), np.nan, np.float32), r"not in \[0, 1\]"),
        (np.full((8, 8), 2, np.float32), r"not in \[0, 1\]"),
        (np.zeros((0, 8), np.float32), "not one grey image"),
    ],
)
def test_a_film_that_is_none_is_refused(film, sentence):
    with pytest.raises(ExplanationError, match=sentence):
        explain_lime(score, film, PNEUMONIA, quick(), task=FOUR_CLASSES)


def test_a_class_that_the_model_does_not_know_is_refused(film):
    with pytest.raises(ExplanationError, match="'TB' is not one of PNEUMONIA, NORMAL, BACTERIAL"):
        explain_lime(score, film, "TB", quick(), task=FOUR_CLASSES)


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (lambda films: np.zeros(len(films)), "not .*classes"),
        (lambda films: np.zeros((1, 4)), "not .*classes"),
        (lambda films: np.full((len(films), 4), np.nan), "not a number"),
    ],
)
def test_a_model_that_does_not_answer_each_film_is_refused(film, bad, sentence):
    with pytest.raises(ExplanationError, match=sentence):
        explain_lime(bad, film, PNEUMONIA, quick(), task=FOUR_CLASSES)


@pytest.mark.real
def test_a_real_film_divides_and_explains_in_the_same_way(real_data):
    from xray_core.imaging.reader import read_radiograph

    path = min((real_data / "fullres_samples" / "PNEUMONIA").iterdir())
    radiograph = read_radiograph(path.read_bytes(), path.name)
    film = InputGeometry.whole(radiograph.shape, SIDE).to_input(radiograph.pixels)
    explanation = explain_lime(score, film, PNEUMONIA, quick(), task=FOUR_CLASSES)
    np.testing.assert_allclose(explanation.weights, by_the_package(film, explanation)[0], atol=1e-6)
