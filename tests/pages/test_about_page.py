"""What About says of the software and of its model."""

from pathlib import Path
from typing import Any

from pagetools import failed, text_of
from trusting import trust

from xray_core.bundle import BundleManifest

FIGURES = {
    "n": 1042,
    "patients": 611,
    "auc": 0.9812,
    "auc_ci": [0.975, 0.9875],
    "sensitivity": 0.981,
    "sensitivity_ci": [0.967, 0.992],
    "specificity": None,
    "accuracy": 0.95,
    "accuracy_ci": None,
}


SHORTCUTS = {
    "auc_lungs_blanked": 0.5432,
    "auc_lungs_blanked_ci": [0.48, 0.61],
    "auc_frame_blanked": None,
    "auc_frame_blanked_ci": None,
}
STRESSED = {
    "validation": {"auc": 0.9951},
    "stressed_validation": {"auc": 0.9871, "auc_ci": [0.98, 0.993]},
}


def measured(bundle: Path, **metrics: dict[str, Any]) -> None:
    """Give the bundle figures on its internal test patients, and a card."""
    manifest = BundleManifest.read(bundle)
    found = {"internal_test": FIGURES, **metrics}
    manifest.model_copy(update={"metrics": found}).write(bundle)
    (bundle / "README.md").write_text("---\nlicense: other\n---\n# A card\n\nWith words.\n")
    trust(bundle, default=True)


def test_it_says_what_is_out_of_scope_and_whose_films_were_used(tiny_bundle, open_page):
    words = text_of(open_page("pages/about.py"))
    for said in ("lung cancer", "not a medical device", "laboratory test", "Apache License 2.0"):
        assert said in words
    for cited in ("10.17632/rscbjbr9sj", "10.1109/CVPR.2017.369", "arXiv:2003.11597"):
        assert cited in words


def test_the_card_is_shown_without_its_head_for_catalogues(tiny_bundle, open_page):
    measured(tiny_bundle)
    app = open_page("pages/about.py")
    words = text_of(app)
    assert not failed(app)
    assert "# A card\n\nWith words." in words and "license: other" not in words


def test_figures_stand_with_their_interval_and_their_films(tiny_bundle, open_page):
    measured(tiny_bundle)
    app = open_page("pages/about.py")
    shown = {metric.label: metric.value for metric in app.metric}
    words = text_of(app)
    assert shown["AUC, normal against pneumonia"] == "0.981"
    assert shown["Sensitivity"] == "98.1 %"
    assert shown["Specificity"] == "undefined"
    assert "95 % interval 0.975 to 0.988" in words and "96.7 to 99.2 %" in words
    assert "1,042 films of 611 patients" in words


def test_what_it_knows_without_lungs_stands_with_what_that_means(tiny_bundle, open_page):
    measured(tiny_bundle, internal_test=FIGURES | SHORTCUTS, **STRESSED)
    app = open_page("pages/about.py")
    shown = {metric.label: metric.value for metric in app.metric}
    words = text_of(app)
    assert not failed(app)
    assert shown["AUC, lungs blanked"] == "0.543"
    assert shown["AUC, frame blanked"] == "undefined"
    assert shown["AUC, stressed"] == "0.987"
    assert "0.480 to 0.610. Without lungs the model should know nothing: 0.5." in words
    assert "No interval. Without the frame it should lose nothing: as the AUC." in words
    assert "0.980 to 0.993. Other frames, markers and exposures should change nothing" in words
    assert "as on validation films, 0.995." in words


def test_an_older_model_says_that_its_shortcuts_were_not_measured(tiny_bundle, open_page):
    measured(tiny_bundle)
    app = open_page("pages/about.py")
    assert not failed(app)
    assert len(app.metric) == 4
    assert "was not measured with the lungs or the frame blanked" in text_of(app)


def test_a_model_that_was_not_measured_shows_no_figures(tiny_bundle, open_page):
    app = open_page("pages/about.py")
    assert not failed(app) and not app.metric
    assert "has not been measured" in text_of(app)


def test_without_a_model_it_says_how_to_get_one(no_model, open_page):
    words = text_of(open_page("pages/about.py"))
    assert "There is no card yet" in words and "on the page Train" in words
