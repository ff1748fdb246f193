"""Compare: from an empty page, a choice or a link to a leaderboard of models and runs."""

import json
import shutil
import threading

import pytest
from comparetools import KINDS, compared, opened, part, until
from pagetools import SECONDS, failed, press, text_of

from pages.components import compare_models
from pages.components.jobs import Cancelled
from xray_core.tracking.run_bundles import find_run_bundle


def test_an_empty_page_says_what_to_do(tiny_and_stern):
    app = opened()
    assert not failed(app)
    said = text_of(app)
    assert "Installed: tiny, stern." in said
    assert "press **Compare**" in said
    assert next(button for button in app.button if button.label == "Compare").disabled


def test_choosing_writes_the_choice_into_the_address(tiny_and_stern, phantoms):
    app = opened()
    app.text_input(key="compare-data").set_value(str(phantoms))
    app = app.run()
    app = press(app, "Compare")
    assert set(app.query_params["model"]) == {"tiny", "stern"}
    assert app.query_params["data"] == str(phantoms)


def test_a_link_opens_the_comparison_with_every_part(tiny_and_stern, phantoms):
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


def test_a_part_that_is_a_folder_and_a_role_is_offered_once(tiny_and_stern, phantoms):
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


def test_a_link_that_names_too_many_models_is_one_sentence(tiny_and_stern, phantoms):
    (sentence,) = failed(opened(phantoms, models=[f"m{i}" for i in range(9)]))
    assert "names 9 models" in sentence and "allowed are 8" in sentence


def test_films_that_moved_to_another_split_are_compared_anew(tiny_and_stern, phantoms):
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


@pytest.mark.parametrize(
    ("models", "data", "words"),
    [(("gone",), None, "is not installed"), (("tiny",), "/no/such/folder", "cannot be opened")],
)
def test_a_link_to_what_is_not_there_is_one_sentence(tiny_and_stern, phantoms, models, data, words):
    app = opened(data or phantoms, models=models)
    (sentence,) = failed(app)
    assert words in sentence


@pytest.mark.parametrize("again", ["Go on", "Compare"])
def test_scoring_is_watched_cancelled_and_goes_on(tiny_and_stern, phantoms, monkeypatch, again):
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


def test_intervals_are_watched_and_cancelled_and_the_next_comparison_does_not_wait(
    tiny_and_stern, phantoms, monkeypatch
):
    from pages.components import compare_work

    go, drawing, ended = threading.Event(), threading.Event(), threading.Event()
    real = compare_work.compare

    def slow(contenders, films, *, split, step):
        if drawing.is_set():
            return real(contenders, films, split=split, step=step)
        step(0.25)
        drawing.set()
        assert go.wait(SECONDS)
        with pytest.raises(Cancelled):
            step(0.5)
        ended.set()
        raise Cancelled

    monkeypatch.setattr(compare_work, "compare", slow)
    app = opened(phantoms)
    assert drawing.wait(SECONDS)
    app = app.run()
    (bar,) = app.get("progress")
    assert bar.proto.text == "Drawing patients for the intervals … 25%" and bar.proto.value == 62
    app = press(app, "Cancel")
    assert "What was scored is kept." in text_of(app)
    go.set()
    assert ended.wait(20)
    app = compared(phantoms, models=("tiny",))
    assert len(app.dataframe[0].value) == 1


def test_without_a_model_the_page_says_how_to_get_one(no_model):
    app = opened()
    assert not failed(app)
    assert "No model is installed." in text_of(app)


@pytest.fixture
def trial(tiny_and_stern, tmp_path):
    """A finished run whose bundle lies outside the store; its name on the page, and its folder."""
    from trusting import trust

    from xray_core.bundle.store import bundle_sha256
    from xray_core.tracking.runs import create_run, set_tags
    from xray_core.tracking.tags import BUNDLE, BUNDLE_SHA256
    from xray_core.training.config import TrainingConfig

    folder = shutil.copytree(tiny_and_stern / "stern", tmp_path / "elsewhere" / "trial")
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


def test_a_run_is_compared_without_being_copied_into_the_store(tiny_and_stern, phantoms, trial):
    name, _ = trial
    app = opened()
    (field,) = app.multiselect
    assert field.label == "Models, and runs of trainings"
    assert any(option.startswith(f"{name} · run of") for option in field.options)
    app = compared(phantoms, models=("tiny", name))
    assert set(app.dataframe[0].value["Model"]) == {"tiny", name}
    assert sorted(path.name for path in tiny_and_stern.iterdir() if path.is_dir()) == [
        "stern",
        "tiny",
    ]


def test_the_files_of_a_run_are_hashed_again_only_when_they_have_changed(
    tiny_and_stern, phantoms, trial, monkeypatch
):
    name, folder = trial
    app = compared(phantoms, models=("tiny", name))
    looked_up = []

    def find(asked):
        looked_up.append(asked)
        return find_run_bundle(asked)

    monkeypatch.setattr(compare_models, "find_run_bundle", find)
    app = app.run()
    assert not failed(app) and not looked_up
    (folder / "README.md").write_text("Another card.")
    (sentence,) = failed(app.run())
    assert "replaced or changed since it wrote them" in sentence and looked_up == [name]


def test_runs_are_read_again_when_one_has_ended_and_not_at_every_click(
    tiny_and_stern, trial, monkeypatch
):
    from xray_core.tracking.runs import RunStatus, list_runs, set_status

    reads, real = [], compare_models.run_bundles
    monkeypatch.setattr(compare_models, "run_bundles", lambda: reads.append(1) or real())
    app = opened()
    compare_models._last_ended.clear()  # as it is forgotten after some seconds
    app = app.run()
    assert not failed(app) and len(reads) == 1
    set_status(list_runs()[0].id, RunStatus.FINISHED)
    compare_models._last_ended.clear()
    app = app.run()
    assert not failed(app) and len(reads) == 2


def test_a_run_whose_files_are_gone_says_so(tiny_and_stern, phantoms, trial):
    name, folder = trial
    shutil.rmtree(folder)
    app = opened(phantoms, models=("tiny", name))
    (sentence,) = failed(app)
    assert f"the files of run '{name}' are gone" in sentence.replace("\\", "")
    assert any(option.endswith("files gone") for option in app.multiselect[0].options)
