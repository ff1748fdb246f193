"""A run started from a preset stands beside the figures that were published of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from xray_core.bundle import BundleManifest
from xray_core.cli import main
from xray_core.labels import CLASSES
from xray_core.training.beside_published import OTHER_FILMS, SAME_FOLDER, beside_published
from xray_core.training.card_published import published_section, published_table
from xray_core.training.config import TrainingConfig
from xray_core.training.division import Division
from xray_core.training.preset_choices import choices_of
from xray_core.training.presets import PRESETS

AT_HALF = {
    "threshold": 0.5,
    "accuracy": 0.875,
    "accuracy_ci": [0.8, 0.93],
    "sensitivity": 0.9,
    "sensitivity_ci": [0.85, 0.95],
    "specificity": 0.8,
    "specificity_ci": [0.7, 0.9],
    "confusion": [[16, 4], [3, 29]],
    "precision": 0.88,
    "f1": 0.89,
    "normal_f1": 0.82,
}
FIGURES = {
    "n": 52,
    "patients": 40,
    "auc": 0.95,
    "auc_ci": [0.9, 0.99],
    "threshold": 0.12,
    "accuracy": 0.6,
    "accuracy_ci": [0.5, 0.7],
    "sensitivity": 0.985,
    "sensitivity_ci": [0.95, 1.0],
    "specificity": 0.2,
    "specificity_ci": [0.1, 0.3],
    "confusion": [[4, 16], [1, 31]],
    "at_half": AT_HALF,
    "per_class": {name: {"precision": 0.4, "recall": 0.5, "support": 13} for name in CLASSES},
}


@pytest.fixture
def made(tiny_store: Path, quick_config: TrainingConfig) -> Any:
    """Return `made(preset, metrics, **changes)`: the manifest of a run started from a preset."""

    def make(name: str, metrics: dict[str, Any] | None = None, **changes: Any) -> BundleManifest:
        choices = choices_of(name, 1000, Division(by="random")) if name else {}
        config = quick_config.changed(choices | changes)
        chosen_on = FIGURES | {"at_half": AT_HALF | {"accuracy": 0.7}}
        found = {"validation": chosen_on, "internal_test": FIGURES}
        update = {"metrics": metrics or found, "training": config.portable()}
        return BundleManifest.read(tiny_store / "tiny").model_copy(update=update)

    return make


def test_published_and_new_figures_stand_in_one_row_with_their_films(made: Any) -> None:
    found = beside_published(made("cnn-strided"))
    rows = {row.figure: row for row in found.rows}
    accuracy = rows["accuracy"]
    assert (accuracy.published, accuracy.published_on) == (0.859, "624 test films")
    assert (accuracy.here, accuracy.interval) == (0.875, (0.8, 0.93))
    assert accuracy.here_on == "52 internal test films of 40 patients"
    assert rows["recall"].published is None and rows["recall"].here == 0.9
    assert rows["AUC"].published is None and rows["AUC"].interval == (0.9, 0.99)
    chosen_on = rows["accuracy, validation"]
    assert (chosen_on.published, chosen_on.here) == (0.906, 0.7)
    assert chosen_on.here_on == "52 validation films of 40 patients"
    assert found.films == OTHER_FILMS
    assert found.changed == ()


def test_what_a_project_left_to_be_counted_is_counted_and_said(made: Any) -> None:
    found = beside_published(made("cnn-rmsprop"))
    rows = {row.figure: row.published for row in found.rows}
    assert rows["accuracy"] == pytest.approx((74 + 386) / 622)
    assert rows["recall"] == pytest.approx(386 / 388)
    assert rows["recall of normal films"] == pytest.approx(74 / 234)
    assert "counted from its confusion matrix" in found.remark
    matrix = found.confusion
    assert (matrix.published, matrix.here) == (((74, 160), (2, 386)), ((16, 4), (3, 29)))
    assert "| 74, 160; 2, 386 | 622 test films | 16, 4; 3, 29 | 52 internal" in published_table(
        found
    )
    missed = beside_published(made("cnn-deep"))
    assert {r.figure: r.published for r in missed.rows}["recall"] == pytest.approx(387 / 390)


def test_both_are_scored_at_one_threshold_and_the_sentence_names_the_other(made: Any) -> None:
    found = beside_published(made("cnn-deep-augmented"))
    rows = {row.figure: (row.published, row.here) for row in found.rows}
    assert rows["recall"] == (0.99, 0.9)
    assert rows["F1"] == (0.93, 0.89)
    assert rows["recall of normal films"] == (0.76, 0.8)
    assert rows["F1 of normal films"] == (0.86, 0.82)
    assert "from a probability of 0.5; the threshold of this model is 0.120" in found.decided
    assert found.decided in published_table(found)
    assert {r.figure for r in beside_published(made("cnn-separable")).rows} >= {"precision", "F1"}


def test_a_model_that_was_not_scored_there_says_at_which_threshold_its_figures_are(
    made: Any,
) -> None:
    older = {key: value for key, value in FIGURES.items() if key != "at_half"}
    found = beside_published(made("cnn-deep-augmented", {"internal_test": older}))
    rows = {row.figure: row.here for row in found.rows}
    assert rows["recall"] == 0.985 and "F1" not in rows
    assert "those of this run from its threshold 0.120" in found.decided


def test_four_classes_are_compared_as_four_classes(made: Any) -> None:
    rows = {row.figure: row for row in beside_published(made("resnet50-four-class")).rows}
    assert (rows["accuracy, 4 classes"].published, rows["accuracy, 4 classes"].here) == (0.82, 0.5)
    assert (rows["recall of VIRAL"].published, rows["recall of VIRAL"].here) == (0.5, 0.5)
    viral = rows["precision of VIRAL"]
    assert (viral.published, viral.here) == (1.0, 0.4)
    assert "AUC" not in rows


def test_without_a_test_the_validation_films_are_named(made: Any) -> None:
    found = beside_published(made("ann-10-sgd", {"validation": FIGURES}))
    assert {row.here_on for row in found.rows} == {"52 validation films of 40 patients"}


def test_a_run_that_was_changed_says_in_what(made: Any) -> None:
    found = beside_published(made("cnn-separable", epochs=3, rate=0.5))
    assert found.changed == ("epochs", "rate")
    assert "Settings that are not those of the published run: epochs, rate." in published_table(
        found
    )


def test_what_could_not_yet_be_chosen_then_is_no_change(made: Any) -> None:
    older = made("cnn-separable")
    del older.training["augmentation"]["mix_style"]
    assert beside_published(older).changed == ()
    older.training["augmentation"]["flip"] = 0.25
    assert beside_published(older).changed == ("augmentation",)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("preprocessing", {"crop": "none", "normalisation": "none", "clahe": 2.0}),
        ("clip_norm", 1.0),
        ("weight_decay", 0.01),
        ("momentum", 0.9),
        ("style_floor", 0.1),
        ("phantoms", {"films": 40, "share": 0.1}),
        ("teacher", "one"),
    ],
)
def test_what_no_published_run_had_is_a_change_too(made: Any, setting: str, value: Any) -> None:
    found = beside_published(made("cnn-separable", **{setting: value}))
    assert found.changed == (setting.replace("_", " "),)


def test_the_same_test_folder_is_not_called_other_films(made: Any) -> None:
    metrics = {"internal_test": FIGURES | {"n": 624}}
    own = beside_published(made("cnn-separable", metrics, division={"by": "own"}))
    assert own.films == SAME_FOLDER
    assert beside_published(made("cnn-separable", metrics)).films == OTHER_FILMS


@pytest.mark.parametrize("name", [row.name for row in PRESETS])
def test_every_preset_gives_a_section_of_the_card(made: Any, name: str) -> None:
    section = published_section(made(name))
    assert section.startswith("\n## Beside the published run\n")
    assert f"`{name}`" in section
    assert "| figure | published | of | this run | of |" in section
    assert "Settings that are not" not in section


def test_a_run_of_no_preset_has_no_section(made: Any) -> None:
    assert beside_published(made("")) is None
    assert published_section(made("")) == ""


def test_the_command_line_and_the_card_carry_the_table(
    home: Path, phantom_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    films = str(phantom_folder / "films")
    arguments = ["--preset", "ann-10-sgd", "--epochs", "1", "--name", "again", "--json"]
    assert main(["train", films, *arguments]) == 0
    out = json.loads(capsys.readouterr().out)
    first = out["published"]["rows"][0]
    mine = out["metrics"]["internal_test"]["at_half"]
    assert (first["figure"], first["published"], first["here"]) == (
        "accuracy",
        0.822,
        mine["accuracy"],
    )
    assert first["interval"] == mine["accuracy_ci"]
    assert out["published"]["changed"][:1] == ["epochs"]
    card = (Path(out["bundle"]) / "README.md").read_text()
    assert "| accuracy | 0.822 | 624 test films |" in card
    assert card.index("## Figures on the validation") < card.index("## Beside the published run")
    assert "\n\n## Shortcuts\n" in card and "\n\n\n" not in card
