"""Compare: from an empty page to a leaderboard, errors, films, pairs and files."""

import json
import shutil
import threading
import time

import pytest
from pagetools import failed, press, text_of
from streamlit.testing.v1 import AppTest

from xray_core.settings import PROJECT_ROOT

SECONDS = 180
KINDS = {"normal": "NORMAL", "lobar": "BACTERIAL", "interstitial": "VIRAL"}


@pytest.fixture
def two_models(tiny_bundle):
    """`tiny` and `stern`, the same network calling pneumonia from 0.9 on only."""
    from xray_core.bundle.store import trust

    stern = shutil.copytree(tiny_bundle, tiny_bundle.parent / "stern")
    manifest = json.loads((stern / "bundle.json").read_text())
    manifest |= {"name": "stern", "temperature": 0.5}
    manifest["operating_points"][0]["threshold"] = 0.9
    manifest["training"] = {"history": [{"epoch": 1, "loss": 0.7}, {"epoch": 2, "loss": 0.5}]}
    (stern / "bundle.json").write_text(json.dumps(manifest))
    trust(stern)
    return tiny_bundle.parent


@pytest.fixture
def phantoms(tmp_path, phantom_file):
    for kind, name in KINDS.items():
        folder = tmp_path / "films" / name
        folder.mkdir(parents=True)
        for seed in range(4):
            shutil.copy(phantom_file(kind, seed), folder)
    return tmp_path / "films"


def opened(data="", models=("tiny", "stern"), split=""):
    """The page by a link that carries a choice."""
    app = AppTest.from_file(str(PROJECT_ROOT / "pages" / "compare.py"), default_timeout=SECONDS)
    if data:
        app.query_params["model"] = list(models)
        app.query_params["data"] = str(data)
        app.query_params["split"] = split
    return app.run()


def until(app, there):
    """Run the page as its polling does, until something is there."""
    for _ in range(400):
        if failed(app) or there(app):
            return app
        time.sleep(0.05)
        app = app.run()
    raise AssertionError(f"it did not come; the page says: {text_of(app)}")


def compared(data, **more):
    return until(opened(data, **more), lambda app: len(app.dataframe))


def part(app, name):
    """Open a part below the leaderboard, as a click on its tab does."""
    app.session_state["compare-part"] = name
    return app.run()


def test_an_empty_page_says_what_to_do(two_models):
    app = opened()
    assert not failed(app)
    said = text_of(app)
    assert "2 models are installed: stern, tiny" in said or "tiny, stern" in said
    assert "press **Compare**" in said
    assert next(button for button in app.button if button.label == "Compare").disabled


def test_choosing_writes_the_choice_into_the_address(two_models, phantoms):
    app = opened()
    app.text_input(key="compare-data").set_value(str(phantoms))
    app = app.run()
    app = press(app, "Compare")
    assert set(app.query_params["model"]) == {"tiny", "stern"}
    assert app.query_params["data"] == str(phantoms)


def test_a_link_opens_the_comparison_with_every_part(two_models, phantoms):
    app = compared(phantoms)
    assert not failed(app)
    board = app.dataframe[0].value
    assert set(board["Model"]) == {"tiny", "stern"}
    assert list(board["Films"]) == [12, 12]
    assert any("Best" in standing for standing in board["Standing"])
    assert {"AUC", "AUC, lungs blanked", "AUC, frame blanked", "Seen"} <= set(board.columns)
    assert "synthetic phantoms" in text_of(app)
    for name, words in {
        "Errors": "The most probable class of each film",
        "Pairs": "a difference of",
        "Groups": "Age, sex and view",
        "Training": "not to be compared",
        "Cost": "Up and to the left",
        "Export": "hashes of the",
        "Curves": "Net benefit",
    }.items():
        app = part(app, name)
        assert not failed(app), name
        assert words in text_of(app), name


def test_the_errors_of_each_class_stand_below_those_of_the_threshold(two_models, phantoms):
    app = part(compared(phantoms), "Errors")
    table = next(d.value for d in app.dataframe if "Class" in d.value.columns)
    assert list(table["Films"]) == 2 * [4, 4, 4, 0]
    assert {"Precision", "Recall", "F1"} < set(table.columns)
    assert "Viral pneumonia" in set(table["Class"])


def test_a_part_that_is_a_folder_and_a_role_is_offered_once(two_models, phantoms):
    for folder in ("train", "test"):
        (phantoms / folder).mkdir()
    for name in KINDS.values():
        shutil.copytree(phantoms / name, phantoms / "train" / name)
        (phantoms / name).rename(phantoms / "test" / name)
    app = opened()
    app.text_input(key="compare-data").set_value(str(phantoms))
    (field,) = [box for box in app.run().selectbox if box.label == "Part"]
    assert field.options == [
        "All films", "Folder test", "Folder train", "Validation (manifest of patients)",
        "Internal test (manifest of patients)",
    ]  # fmt: skip


def test_a_link_that_names_too_many_models_is_one_sentence(two_models, phantoms):
    (sentence,) = failed(opened(phantoms, models=[f"m{i}" for i in range(9)]))
    assert "names 9 models" in sentence and "allowed are 8" in sentence


def test_the_threshold_moves_both_errors_in_words(two_models, phantoms):
    app = part(compared(phantoms), "Errors")
    app.segmented_control(key="compare-threshold-kind").set_value("One for all")
    app = app.run()
    app.slider(key="compare-threshold").set_value(0.0)
    app = app.run()
    everything = text_of(app)
    assert everything.count("none is missed (0 of 8); of 100 without, 100 are called") == 2
    app.slider(key="compare-threshold").set_value(1.0)
    nothing = text_of(app.run())
    assert nothing.count("100 are missed (8 of 8); of 100 without, none is called") == 2


def test_a_threshold_that_was_set_stays_on_the_other_parts(two_models, phantoms):
    from pages.components import compare_threshold

    app = part(compared(phantoms), "Errors")
    app.segmented_control(key="compare-threshold-kind").set_value("One for all")
    app = app.run()
    app.slider(key="compare-threshold").set_value(0.6)
    app = part(app.run(), "Curves").run()
    assert app.session_state[compare_threshold.KEPT] == ("One for all", 0.6)
    app = part(app, "Errors")
    assert app.slider(key="compare-threshold").value == 0.6
    assert text_of(app).count("at 0.600") == 2


def test_films_that_moved_to_another_split_are_compared_anew(two_models, phantoms):
    for folder in ("test", "val"):
        for name in KINDS.values():
            (phantoms / folder / name).mkdir(parents=True)
    for name in KINDS.values():
        for k, film in enumerate(sorted((phantoms / name).iterdir())):
            film.rename(phantoms / ("val" if k else "test") / name / film.name)
        (phantoms / name).rmdir()
    app = compared(phantoms, models=("tiny",), split="test")
    assert list(app.dataframe[0].value["Films"]) == [3]
    for film in sorted((phantoms / "val").glob("*/*.png"))[:2]:
        film.rename(phantoms / "test" / film.parent.name / film.name)
    app = press(app, "Compare")
    app = until(app, lambda page: len(page.dataframe))
    assert list(app.dataframe[0].value["Films"]) == [5]


def test_an_explanation_that_fails_says_why(two_models, phantoms, monkeypatch):
    from pages.components import jobs
    from xray_core.errors import ExplanationError

    def fail(*_, **__):
        raise ExplanationError("the film has no pixels to explain.")

    monkeypatch.setattr(jobs, "explain_lime", fail)
    app = part(compared(phantoms), "Films")
    if not [b for b in app.button if b.label == "Open"]:
        app.segmented_control(key="compare-gallery").set_value("Surest mistakes")
        app = app.run()
    app = press(press(app, "Open"), "Explain both")
    app = until(app, failed)
    assert "has no pixels to explain" in text_of(app) + " ".join(failed(app))


def test_films_on_which_models_differ_open_with_both_opinions_and_explanations(
    two_models, phantoms
):
    app = part(compared(phantoms), "Films")
    assert not failed(app)
    if not [b for b in app.button if b.label == "Open"]:
        app.segmented_control(key="compare-gallery").set_value("Surest mistakes")
        app = app.run()
    app = press(app, "Open")
    assert not failed(app)
    assert {"**tiny**", "**stern**"} <= {element.value for element in app.markdown}
    app = press(app, "Explain both")
    app = until(app, lambda page: "The difference" in text_of(page))
    assert not failed(app)
    assert "Blue" in text_of(app)
    app = press(app, "Back to the films")
    assert not failed(app)
    assert "Explain both" not in [button.label for button in app.button]


@pytest.mark.parametrize(
    ("models", "data", "words"),
    [(("gone",), None, "is not installed"), (("tiny",), "/no/such/folder", "cannot be opened")],
)
def test_a_link_to_what_is_not_there_is_one_sentence(two_models, phantoms, models, data, words):
    app = opened(data or phantoms, models=models)
    (sentence,) = failed(app)
    assert words in sentence


@pytest.mark.parametrize("again", ["Go on", "Compare"])
def test_scoring_is_watched_cancelled_and_goes_on(two_models, phantoms, monkeypatch, again):
    from pages.components import compare_work

    go, scored, real = threading.Event(), threading.Event(), compare_work.contend_all

    def slow(classifiers, films, *, progress):
        progress(3, 24)
        scored.set()
        assert go.wait(SECONDS)
        progress(4, 24)
        return real(classifiers, films, progress=progress)

    monkeypatch.setattr(compare_work, "contend_all", slow)
    app = opened(phantoms)
    assert scored.wait(SECONDS)
    app = app.run()
    assert "kept when this is cancelled" in text_of(app)
    app = press(app, "Cancel")
    assert "What was scored is kept." in text_of(app)
    go.set()
    app = press(app, again)
    assert len(until(app, lambda page: len(page.dataframe)).dataframe[0].value) == 2


def test_without_a_model_the_page_says_how_to_get_one(no_model):
    app = opened()
    assert not failed(app)
    assert "No model is installed." in text_of(app)


@pytest.fixture
def trial(two_models, tmp_path):
    """A finished run whose bundle lies outside the store; its name on the page, and its folder."""
    from xray_core.bundle.store import bundle_sha256, trust
    from xray_core.tracking.runs import create_run, set_tags
    from xray_core.tracking.tags import BUNDLE, BUNDLE_SHA256
    from xray_core.training.config import TrainingConfig

    folder = shutil.copytree(two_models / "stern", tmp_path / "elsewhere" / "trial")
    path = folder / "bundle.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"name": "trial"}))
    trust(folder)
    config = TrainingConfig.model_validate(
        {
            "name": "trial", "title": "A trial", "network": "residual", "balance": 0.5,
            "data": [{"path": tmp_path, "source": "set", "population": "x", "licence": "y"}],
            "confounders": "None that is known.", "operating_point": {"source": "set"},
        }
    )  # fmt: skip
    run = create_run(config, {})
    set_tags(run, {BUNDLE: str(folder), BUNDLE_SHA256: bundle_sha256(folder)})
    return f"trial@{run[:8]}", folder


def test_a_run_is_compared_without_being_copied_into_the_store(two_models, phantoms, trial):
    name, _ = trial
    app = opened()
    (field,) = app.multiselect
    assert field.label == "Models, and runs of trainings"
    assert any(option.startswith(f"{name} · run of") for option in field.options)
    app = compared(phantoms, models=("tiny", name))
    assert set(app.dataframe[0].value["Model"]) == {"tiny", name}
    assert sorted(path.name for path in two_models.iterdir() if path.is_dir()) == ["stern", "tiny"]


def test_a_run_whose_files_are_gone_says_so(two_models, phantoms, trial):
    name, folder = trial
    shutil.rmtree(folder)
    app = opened(phantoms, models=("tiny", name))
    (sentence,) = failed(app)
    assert f"the files of run '{name}' are gone" in sentence.replace("\\", "")
    assert any(option.endswith("files gone") for option in app.multiselect[0].options)
