"""Which layers are trained under each strategy, and from when on."""

import numpy as np
import pytest
from keras import Model, layers
from pydantic import ValidationError

from xray_core.errors import ConfigError
from xray_core.networks.registry import network
from xray_core.networks.transfer import ALL, HELP, TransferStrategy, apply_strategy


@pytest.fixture
def model() -> Model:
    film = layers.Input((8, 8, 1), name="film")
    x = layers.Conv2D(2, 3, name="first_conv")(film)
    x = layers.BatchNormalization(name="first_bn")(x)
    x = layers.ReLU(name="first_relu")(x)
    x = layers.Conv2D(2, 3, name="second_conv")(x)
    x = layers.BatchNormalization(name="second_bn")(x)
    x = layers.GlobalAveragePooling2D(name="features")(x)
    x = layers.BatchNormalization(name="features_bn")(x)
    return Model(film, layers.Dense(2, name="logits")(x), name="two-convs")


def trained(model: Model) -> set[str]:
    return {layer.name for layer in model.layers if layer.trainable_weights}


HEAD = {"features_bn", "logits"}
EVERY = {"first_conv", "first_bn", "second_conv", "second_bn", *HEAD}


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (ALL, EVERY),
        (TransferStrategy(kind="frozen"), HEAD),
        (TransferStrategy(kind="frozen-but-last", layers=2), HEAD | {"second_conv"}),
        (TransferStrategy(kind="frozen-but-last", layers=1), HEAD),
        (
            TransferStrategy(kind="frozen-but-last", layers=2, norms=True),
            HEAD | {"second_conv", "second_bn"},
        ),
        (TransferStrategy(kind="frozen", norms=True), HEAD),
        (TransferStrategy(kind="all-but-last", layers=2), HEAD | {"first_conv"}),
        (TransferStrategy(kind="frozen-then-all", unfreeze_epoch=1), HEAD),
    ],
    ids=lambda value: value.kind if isinstance(value, TransferStrategy) else "",
)
def test_these_layers_are_trained(model, strategy, expected):
    apply_strategy(model, strategy, 0)
    assert trained(model) == expected


def test_all_is_trained_from_the_epoch_that_is_named_at_a_smaller_rate(model):
    strategy = TransferStrategy(kind="frozen-then-all", unfreeze_epoch=2, fine_rate_factor=0.01)
    changed = [apply_strategy(model, strategy, epoch) for epoch in range(4)]
    assert changed == [True, False, True, False]
    assert trained(model) == HEAD | {"first_conv", "second_conv"}
    assert [strategy.rate_factor(epoch) for epoch in range(4)] == [1, 1, 0.01, 0.01]


def test_nothing_has_changed_where_all_is_trained_anyway(model):
    assert not apply_strategy(model, ALL, 0)


def test_the_statistics_of_the_backbone_stay_while_it_is_trained_further(model):
    apply_strategy(model, TransferStrategy(kind="all-but-last", layers=1), 0)
    before = {layer.name: layer.get_weights() for layer in model.layers}
    model.compile("sgd", "mse", run_eagerly=True)
    films = np.random.default_rng(0).random((4, 8, 8, 1), dtype=np.float32)
    model.train_on_batch(films, np.ones((4, 2), np.float32))
    for name in ("first_bn", "second_bn"):
        for old, new in zip(before[name], model.get_layer(name).get_weights(), strict=True):
            np.testing.assert_array_equal(old, new)
    # Its variance: where no unit of the last convolution answers, the mean stays 0 as it was.
    assert not np.array_equal(
        before["features_bn"][3], model.get_layer("features_bn").get_weights()[3]
    )


def test_a_network_without_a_backbone_cannot_be_frozen():
    model = network("ann-10").build(32, 2)
    apply_strategy(model, ALL, 0)
    with pytest.raises(ConfigError, match=r"'ann-10' has no backbone .* allowed is .* 'all'"):
        apply_strategy(model, TransferStrategy(kind="frozen"), 0)


def test_more_layers_than_there_are_is_one_sentence(model):
    strategy = TransferStrategy(kind="frozen-but-last", layers=7)
    with pytest.raises(ConfigError, match="names 7 layers; the backbone of 'two-convs' has 6"):
        apply_strategy(model, strategy, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "frozen-but-last"},
        {"kind": "frozen", "layers": 3},
        {"kind": "frozen-then-all"},
        {"kind": "all", "unfreeze_epoch": 2},
        {"kind": "frozen", "fine_rate_factor": 0.1},
        {"kind": "thawed"},
        {"kind": "all", "surprise": 1},
    ],
)
def test_a_strategy_that_does_not_hold_together_is_refused(fields):
    with pytest.raises(ValidationError):
        TransferStrategy(**fields)


def test_every_field_says_what_it_means() -> None:
    said = {name: field.description for name, field in TransferStrategy.model_fields.items()}
    assert all(said.values())
    for kind, words in HELP.items():
        assert f"{kind}: {words}" in (said["kind"] or "")
