"""The figure beside a model's name never stands without what it knows of films with no lungs."""

import pytest

from xray_core.bundle import BundleManifest
from xray_core.bundle.headline import headline

AUC = {"auc": 0.9812, "auc_ci": [0.975, 0.9875]}
BLANKED = {"auc_lungs_blanked": 0.394, "auc_frame_blanked": 0.968}


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        (
            {"validation": {"auc": 0.999}, "internal_test": AUC | BLANKED},
            "AUC 0.981 (0.975 to 0.988), lungs blanked 0.39, frame blanked 0.97",
        ),
        (
            {"internal_test": AUC},
            "AUC 0.981 (0.975 to 0.988), not measured with lungs or frame blanked",
        ),
        ({"internal_test": {"auc": None}, "internal_test/ward": {"dice": 0.5}}, "Dice 0.500"),
        ({"validation": AUC}, ""),
        ({}, ""),
    ],
)
def test_the_figure_is_of_films_that_chose_nothing(tiny_store, metrics, said):
    manifest = BundleManifest.read(tiny_store / "tiny")
    assert headline(manifest.model_copy(update={"metrics": metrics})) == said
