"""LIME with shared features is LIME, only quicker."""

import copy
import traceback

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import Model, layers, utils

from xray_core.bundle.lite import LITE_FILE, LiteNetwork, write_lite
from xray_core.explain.lime import LimeSettings, explain_lime
from xray_core.explain.local import plan, shared_features
from xray_core.explain.perturbation import perturbed_films, score_batches
from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.inference.halves import Halves
from xray_core.labels import BINARY, PNEUMONIA

SIDE = 48
FILM = InputGeometry.whole((256, 256), SIDE).to_input(
    draw_phantom(3, PhantomKind.LOBAR, size=256).pixels
)


def _odds(logits):
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def lite(tmp_path_factory):
    utils.set_random_seed(3)
    film = layers.Input((SIDE, SIDE, 1))
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(film)
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2D(16, 9, padding="same", activation="relu")(x)
    x = layers.GlobalMaxPooling2D()(x)
    path = tmp_path_factory.mktemp("local") / LITE_FILE
    write_lite(Model(film, layers.Dense(2)(x)), path)
    return LiteNetwork(path)


@pytest.fixture(scope="module")
def halves(lite):
    return tuple(Halves(half, _odds) for half in lite.halves)


@pytest.fixture(scope="module")
def score(lite):
    return lambda films: _odds(lite(films[..., None]))


@pytest.mark.parametrize("segmentation", ["grid", "slic", "quickshift", "felzenszwalb"])
@pytest.mark.parametrize("hide", ["mean", "black", "blur"])
def test_the_explanation_is_the_same(score, halves, segmentation, hide):
    settings = LimeSettings(
        segmentation=segmentation, segments=9, samples=400, hide=hide, batch_size=33
    )
    whole = explain_lime(score, FILM, PNEUMONIA, settings, task=BINARY)
    assert plan(halves, whole.segments, settings.samples)
    used = []

    def never(films):
        used.append(len(films))
        return score(films)

    shared = explain_lime(never, FILM, PNEUMONIA, settings, task=BINARY, halves=halves)
    assert not used
    np.testing.assert_allclose(shared.weights, whole.weights, atol=1e-5)
    assert shared.prediction == pytest.approx(whole.prediction, abs=1e-5)
    assert np.ptp(whole.weights) > 1e-3


def test_it_tells_how_far_it_is(score, halves):
    told = []
    settings = LimeSettings(segments=9, samples=400)
    how = {"task": BINARY, "halves": halves}
    explain_lime(score, FILM, PNEUMONIA, settings, progress=lambda *now: told.append(now), **how)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[0] == (0, 400)
    assert told[-1] == (400, 400)


@pytest.mark.parametrize("when", [0, 100, 400])
def test_work_that_is_stopped_does_not_keep_the_features(score, halves, when):
    def stop(done, _):
        if done >= when:
            raise KeyboardInterrupt

    settings = LimeSettings(segments=9, samples=400, batch_size=4)
    with pytest.raises(KeyboardInterrupt) as stopped:
        explain_lime(score, FILM, PNEUMONIA, settings, task=BINARY, halves=halves, progress=stop)
    frames = [frame for frame, _ in traceback.walk_tb(stopped.tb)]
    kept = [v for f in frames for v in f.f_locals.values() if isinstance(v, np.ndarray)]
    shared = plan(halves, next(f.f_locals["segments"] for f in frames[1:2]), 400)
    features = len(shared.shown) * len(shared.seen) * shared.halves.channels
    assert not any(array.size >= features for array in kept)
    assert not any(frame.f_code.co_name == "shared_features" for frame in frames)


def test_few_samples_are_scored_whole(score, halves):
    segments = explain_lime(
        score, FILM, PNEUMONIA, LimeSettings(segments=9, samples=10), task=BINARY
    ).segments
    assert plan(halves, segments, 10) is None
    assert plan((), segments, 10_000) is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_shared_films_show_every_combination_of_what_a_place_sees(halves, seed, count):
    points = np.random.default_rng(seed).integers(0, SIDE, (count, 2))
    y, x = np.mgrid[:SIDE, :SIDE]
    nearest = ((y[..., None] - points[:, 0]) ** 2 + (x[..., None] - points[:, 1]) ** 2).argmin(-1)
    segments = np.unique(nearest, return_inverse=True)[1].reshape(SIDE, SIDE).astype(np.int32)
    shared = plan(halves, segments, 100_000)
    if shared is None:
        return
    for seen in np.unique(shared.seen, axis=0):
        combinations = np.unique(shared.shown[:, seen], axis=0)
        assert len(combinations) == 2 ** seen.sum()
    assert shared.cost < 1


def test_superpixels_beyond_number_in_one_place_are_no_way_to_share(halves):
    all_seen = copy.copy(halves[0])
    all_seen.rows = np.tile([0, SIDE - 1], (len(all_seen.rows), 1))
    all_seen.columns = np.tile([0, SIDE - 1], (len(all_seen.columns), 1))
    segments = np.arange(SIDE * SIDE, dtype=np.int32).reshape(SIDE, SIDE) // 2
    assert plan((all_seen,), segments, 1000) is None


def test_superpixels_that_no_place_sees_change_nothing(tmp_path):
    film = layers.Input((SIDE, SIDE, 1))
    x = layers.Conv2D(8, 3, strides=2, activation="relu")(film)  # which leaves out the last row
    x = layers.Conv2D(16, 9, padding="same", activation="relu")(x)
    write_lite(Model(film, layers.Dense(2)(layers.GlobalMaxPooling2D()(x))), tmp_path / LITE_FILE)
    lite = LiteNetwork(tmp_path / LITE_FILE)
    segments = np.zeros((SIDE, SIDE), np.int32)
    segments[:, SIDE // 2 :], segments[-1] = 1, 2
    shared = plan(tuple(Halves(half, _odds) for half in lite.halves), segments, 1000)
    assert shared and shared.vectors.tolist() == [1, 2, 0]
    shown = np.array([[s >> i & 1 for i in range(3)] for s in range(8)], bool)
    perturbed = FILM, np.zeros_like(FILM), segments, shown, 3
    whole = score_batches(lambda f: _odds(lite(f[..., None])), perturbed_films(*perturbed), 8)
    pieced = score_batches(shared.halves.late, shared_features(shared, *perturbed), 8)
    np.testing.assert_allclose(pieced, whole, atol=1e-5)
