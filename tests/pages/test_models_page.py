"""The page Models: champion, cards and lineage, and parts that are empty."""

import json

import pytest
from pagetools import failed, open_tab, text_of
from trusting import trust

from xray_core.bundle import find_bundle


def test_the_champion_stands_first_and_its_way_back_is_not_there_yet(tiny_and_other, open_page):
    app = open_page("pages/models.py")
    words = text_of(app)
    assert not failed(app)
    assert "**tiny** is the champion" in words and "There is no promotion to roll back" in words
    assert [option.split()[0] for option in app.radio[0].options] == ["tiny", "other"]


def test_a_model_shows_figures_with_intervals_and_those_kept_apart_first(tiny_and_other, open_page):
    app = open_page("pages/models.py")
    app.radio[0].set_value("other")
    words = text_of(app.run())
    assert not failed(app)
    assert "### Another network" in words and f"`{find_bundle('other').sha256}`" in words
    assert "| all | 1,042 (611) | 0.981 (0.975 to 0.988) | 0.543 (0.480 to 0.610) |" in words
    assert words.index("patients who chose nothing") < words.index("so the figures flatter")


def test_films_of_one_source_have_one_row(tiny_and_other, open_page):
    path = tiny_and_other / "bundle.json"
    content = json.loads(path.read_text())
    content["metrics"] |= {"internal_test/ward": content["metrics"]["internal_test"]}
    path.write_text(json.dumps(content))
    trust(tiny_and_other)
    app = open_page("pages/models.py")
    app.radio[0].set_value("other")
    words = text_of(app.run())
    assert not failed(app)
    kept_apart = words[: words.index("so the figures flatter")]
    assert "| ward | 1,042 (611) |" in kept_apart and "| all |" not in kept_apart


def test_a_model_shows_what_it_said_against_what_was_true(tiny_and_other, open_page):
    app = open_page("pages/models.py")
    assert "Calibration" not in text_of(app), "of tiny, which has no figures"
    app.radio[0].set_value("other")
    app = app.run()
    assert not failed(app)
    assert "Calibration: what it says against what is true" in text_of(app)
    (drawn,) = [e for e in app.get("plotly_chart") if "model-calibration" in str(e.proto)]
    names = [line.get("name") for line in json.loads(drawn.proto.spec)["data"]]
    assert names == ["calibrated", "internal test"], "what is damaged is left out"


def test_a_model_shows_how_its_training_went(tiny_and_other, open_page):
    app = open_page("pages/models.py")
    assert not [box for box in app.selectbox if box.label == "Figure of the training"], "of tiny"
    app.radio[0].set_value("other")
    app = app.run()
    assert not failed(app)
    (chosen,) = [box for box in app.selectbox if box.label == "Figure of the training"]
    assert list(chosen.options) == ["Validation AUC", "Training loss"]
    drawn = [e for e in app.get("plotly_chart") if "model-training" in str(e.proto)]
    assert len(drawn) == 1


def test_a_model_shows_what_it_was_made_from(tiny_and_other, open_page):
    app = open_page("pages/models.py")
    app.radio[0].set_value("other")
    app.session_state["model-other"] = "Lineage"
    words = text_of(app.run())
    assert not failed(app)
    assert "| ward | 2 (1) | none | 1 (1) | Children of the ward |" in words
    assert "**weights began as** tiny" in words and "**seed** 7" in words
    assert f"**made from** `tiny`, SHA-256 `{'ab' * 32}`" in words
    assert "**Run** none on this computer has written this very bundle." in words
    assert "keras 3.15.1" in words


def test_a_model_names_the_run_that_has_written_it(tiny_and_other, tmp_path, open_page):
    from xray_core.tracking.runs import create_run, set_tags
    from xray_core.tracking.tags import BUNDLE, BUNDLE_SHA256
    from xray_core.training.config import TrainingConfig

    config = TrainingConfig.model_validate(
        {
            "name": "other", "title": "Run of a test", "network": "residual", "balance": 0.5,
            "data": [{"path": tmp_path, "source": "set", "population": "x", "licence": "y"}],
            "confounders": "None that is known.", "operating_point": {"source": "set"},
        }
    )  # fmt: skip
    run = create_run(config, {})
    set_tags(run, {BUNDLE: str(tiny_and_other), BUNDLE_SHA256: find_bundle("other").sha256})
    app = open_page("pages/models.py")
    app.radio[0].set_value("other")
    app.session_state["model-other"] = "Lineage"
    words = text_of(app.run())
    assert f"**Run** `other@{run[:8]}`." in words


def test_the_figures_of_a_segmenter_are_explained_as_such(tiny_segmenter, open_page):
    app = open_page("pages/models.py")
    app.radio[0].set_value("tiny-lungs")
    words = text_of(app.run())
    assert not failed(app)
    assert "0.500 (0.400 to 0.600)" in words and "compare the lungs that are found" in words
    assert "lungs blanked" not in words


def test_a_model_that_was_changed_is_named_with_the_reason(tiny_and_other, open_page):
    (tiny_and_other / "README.md").write_text("another card")
    app = open_page("pages/models.py")
    (shown,) = failed(app)
    assert "model 'other' has SHA-256" in shown and "were changed" in shown
    assert not app.exception


def test_a_file_that_is_gone_while_the_store_is_read_takes_no_page_down(tiny_and_other, open_page):
    """A link to nowhere is listed and cannot be asked for its size, as a file just replaced."""
    (tiny_and_other.parent / "tiny" / "gone").symlink_to(tiny_and_other / "nowhere")
    app = open_page("pages/models.py")
    assert not failed(app) and "### Tiny network" in text_of(app)


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        ("Promote", "There is nobody to promote"),
        ("History", "No model was promoted yet"),
        ("Import", "Take in a model from elsewhere"),
    ],
)
def test_empty_parts_say_what_to_do(tiny_bundle, open_page, tab, said):
    app = open_tab(open_page("pages/models.py"), tab, "models-tabs")
    assert not failed(app) and said in text_of(app)


def test_without_a_model_it_says_how_to_get_one(no_model, open_page):
    app = open_page("pages/models.py")
    words = text_of(app)
    assert not failed(app)
    assert "no model gives opinions yet" in words and "No model is installed" in words
