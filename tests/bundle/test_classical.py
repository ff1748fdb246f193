"""A classical model is numbers in a file: evaluated exactly, and refused where they do not fit."""

import json

import numpy as np
import pytest
from keras import Model, layers
from trusting import trust

from xray_core.bundle.classical import (
    CLASSICAL_FILE,
    ClassicalModel,
    FeaturesFrom,
    Forest,
    Linear,
    read_classical,
)
from xray_core.errors import BundleError
from xray_core.explain.activations import layers_of
from xray_core.inference import Status, load_classifier
from xray_core.inference.reading import read_path

FROM = FeaturesFrom(model="tiny", sha256="0" * 64, layer="flatten", count=2)
LINEAR = Linear(mean=(1, 0), scale=(2, 1), weights=((1, 0), (0, 3)), bias=(0.5, 0))
# Two trees: the first adds 1 to output 0 where feature 1 is at most 0, else −1; the second always
# adds 2 to output 1.
FOREST = Forest(
    roots=(0, 3),
    outputs=(0, 1),
    feature=(1, -1, -1, -1),
    threshold=(0.0, 0.0, 0.0, 0.0),
    left=(1, 1, 2, 3),
    right=(2, 1, 2, 3),
    value=(0.0, 1.0, -1.0, 2.0),
)


def linear() -> ClassicalModel:
    return ClassicalModel(kind="logistic-regression", features=FROM, outputs=2, linear=LINEAR)


def trees() -> ClassicalModel:
    return ClassicalModel(kind="boosted-trees", features=FROM, outputs=2, forest=FOREST)


def test_a_linear_model_scales_and_adds_up():
    np.testing.assert_allclose(
        linear().logits(np.array([[3, 1], [1, -1]], np.float32)), [[1.5, 3], [0.5, -3]]
    )


def test_trees_are_walked_down_to_their_leaves():
    features = np.array([[0, -1], [0, 0], [0, 1e-6]], np.float32)
    np.testing.assert_array_equal(trees().logits(features), [[1, 2], [1, 2], [-1, 2]])


@pytest.mark.parametrize("make", [linear, trees])
def test_no_film_gives_no_logits(make):
    assert make().logits(np.zeros((0, 2), np.float32)).shape == (0, 2)


@pytest.mark.parametrize("make", [linear, trees])
def test_what_is_written_is_read(make, tmp_path):
    make().write(tmp_path)
    assert read_classical(tmp_path) == make()


def test_a_bundle_without_one_has_none(tmp_path):
    assert read_classical(tmp_path) is None


@pytest.mark.parametrize(
    "change",
    [
        {"left": [0, 1, 2, 3]},  # in a circle
        {"right": [9, 1, 2, 3]},
        {"right": [2, 2, 2, 3]},  # a leaf that goes on
        {"feature": [2, -1, -1, -1]},
        {"feature": [-2, -1, -1, -1]},
        {"roots": [0, 4]},
        {"roots": [0, -1]},
        {"roots": [], "outputs": []},
        {"outputs": [0, 2]},
        {"value": [0.0]},
    ],
)
def test_trees_that_lead_nowhere_are_refused(tmp_path, change):
    trees().write(tmp_path)
    path = tmp_path / CLASSICAL_FILE
    content = json.loads(path.read_text())
    content["forest"] |= change
    path.write_text(json.dumps(content))
    with pytest.raises(BundleError, match=r"classical\.json is not valid: .* are not those of"):
        read_classical(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"linear": {"scale": [0, 1]}},
        {"linear": {"bias": [0]}},
        {"linear": {"weights": [[1, 0]]}},
        {"kind": "boosted-trees"},
        {"kind": "pickle"},
        {"outputs": 1},
        {"surprise": 1},
    ],
)
def test_numbers_that_do_not_fit_are_refused(tmp_path, change):
    linear().write(tmp_path)
    path = tmp_path / CLASSICAL_FILE
    content = json.loads(path.read_text())
    content["linear"] |= change.pop("linear", {})
    path.write_text(json.dumps(content | change))
    with pytest.raises(BundleError, match=r"classical\.json is not valid"):
        read_classical(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x80\x04N.", b"[]"])
def test_what_is_no_model_is_refused(tmp_path, content):
    (tmp_path / CLASSICAL_FILE).write_bytes(content)
    with pytest.raises(BundleError, match=r"classical\.json is not valid"):
        read_classical(tmp_path)


@pytest.fixture
def classical_bundle(tiny_bundle):
    """`tiny`, whose last layer is written as a linear model on the features before it."""
    from keras.models import load_model

    whole = load_model(tiny_bundle / "model.keras")
    weights, bias = whole.layers[-1].get_weights()
    count = len(weights)
    Model(whole.inputs, whole.layers[-1].input).save(tiny_bundle / "model.keras")
    ClassicalModel(
        kind="logistic-regression",
        features=FeaturesFrom(model="tiny", sha256="0" * 64, layer="flatten", count=count),
        outputs=4,
        linear=Linear(
            mean=(0.0,) * count,
            scale=(1.0,) * count,
            weights=tuple(map(tuple, weights.tolist())),
            bias=tuple(bias.tolist()),
        ),
    ).write(tiny_bundle)
    trust(tiny_bundle, default=True)
    return tiny_bundle


def test_it_gives_opinions_as_the_network_that_it_is_written_from(
    classical_bundle, tiny_classifier, phantom_file
):
    classifier = load_classifier("tiny")
    path = phantom_file("lobar", size=256)
    mine, theirs = (read_path(c, path).prediction for c in (classifier, tiny_classifier))
    assert mine.status is theirs.status is Status.OK
    assert mine.probabilities == pytest.approx(theirs.probabilities, abs=1e-5)
    assert [info.name for info in layers_of(classifier.model)][:2] == ["conv1", "relu1"]


def test_one_of_another_task_is_refused(classical_bundle):
    path = classical_bundle / CLASSICAL_FILE
    content = json.loads(path.read_text())
    content["outputs"] = 2
    content["linear"]["bias"] = [0, 0]
    content["linear"]["weights"] = [row[:2] for row in content["linear"]["weights"]]
    path.write_text(json.dumps(content))
    trust(classical_bundle, default=True)
    with pytest.raises(BundleError, match=r"which is not what its bundle\.json says"):
        load_classifier("tiny")


def test_one_of_other_features_is_refused(classical_bundle):
    film = layers.Input((32, 32, 1), name="film")
    other = Model(film, layers.Dense(7)(layers.Flatten()(film)))
    other.save(classical_bundle / "model.keras")
    trust(classical_bundle, default=True)
    with pytest.raises(BundleError, match=r"which is not what its bundle\.json says"):
        load_classifier("tiny")
