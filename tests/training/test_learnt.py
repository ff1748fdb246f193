"""A model that has learnt nothing is written, and says so wherever it is met."""

from pathlib import Path
from typing import Any

import pytest

from xray_core.bundle import BundleManifest, find_bundle
from xray_core.training import fit as fitting
from xray_core.training.config import TrainingConfig
from xray_core.training.learnt import nothing_learnt
from xray_core.training.run import train


@pytest.mark.parametrize(
    ("metrics", "nothing"),
    [
        ({"validation": {"auc": 0.5}}, True),
        ({"validation": {"auc": 0.55}}, True),
        ({"validation": {"auc": 0.1}}, True),
        ({"validation": {"auc": 0.56}}, False),
        ({"validation": {"auc": None}}, False),
        ({}, False),
    ],
)
def test_guessing_on_the_validation_films_is_nothing(
    metrics: dict[str, Any], nothing: bool
) -> None:
    assert (nothing_learnt(metrics) is not None) == nothing


def test_its_bundle_is_written_and_the_log_and_the_card_say_what_to_try(
    home: Path, config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"network": "cnn-tiny", "input_size": 32, "epochs": 1, "films_per_epoch": 16}
    config = TrainingConfig.read(config_file).changed(few)
    compiled = fitting._compile

    def dead(model: Any, *rest: Any) -> None:
        """Let every unit before the last layer be off, as those of the tiny network may end."""
        for layer in model.layers[:-1]:
            if layer.weights:
                kernel, bias = layer.get_weights()
                layer.set_weights([kernel * 0, bias * 0 - 1])
        compiled(model, *rest)

    monkeypatch.setattr(fitting, "_compile", dead)
    said: list[str] = []
    folder = train(config, log=said.append)
    manifest = BundleManifest.read(folder)
    assert manifest.metrics["validation"]["auc"] == 0.5
    find_bundle("quick").verify()
    sentence = nothing_learnt(manifest.metrics)
    assert sentence is not None and sentence in said
    assert "AUC on the validation films is 0.500" in sentence
    assert "another seed, a lower rate or a larger network" in sentence
    card = (folder / "README.md").read_text()
    assert card.index(f"**{sentence}**") < card.index("## What it is for")
    assert "\n\n\n" not in card
