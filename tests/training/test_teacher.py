"""A network learns what a teacher says of its films; no film that made the teacher judges it."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import softmax
from trusting import trust

from xray_core.bundle import BundleManifest, find_bundle
from xray_core.bundle.lineage import lineage_of
from xray_core.bundle.safety import load_keras_model
from xray_core.errors import BundleError, ConfigError, TrainingError
from xray_core.training.batches import EpochBatches
from xray_core.training.config import TrainingConfig
from xray_core.training.films import TRAIN, FilmSet, load_films
from xray_core.training.fit import fit
from xray_core.training.loss import PartialLabelLoss
from xray_core.training.run import train
from xray_core.training.run_state import key_of
from xray_core.training.state_folder import HISTORY
from xray_core.training.teacher import Teacher

K = 4


@pytest.fixture
def taught(quick_config: TrainingConfig, tiny_bundle: Path) -> TrainingConfig:
    """A run that `tiny` teaches."""
    return quick_config.changed({"teacher": "tiny"})


@pytest.fixture
def milder(tiny_bundle: Path) -> Path:
    """A second teacher: `tiny`, but less sure of everything."""
    folder = shutil.copytree(tiny_bundle, tiny_bundle.parent / "milder")
    path = folder / "bundle.json"
    path.write_text(
        json.dumps({**json.loads(path.read_text()), "name": "milder", "temperature": 9.0})
    )
    trust(folder)
    return folder


def test_a_teacher_tells_its_calibrated_probabilities(
    taught: TrainingConfig, tiny_bundle: Path
) -> None:
    films = np.random.default_rng(0).random((5, 32, 32, 1)).astype(np.float32)
    logits = load_keras_model(tiny_bundle / "model.keras").predict(films, verbose=0)
    temperature = BundleManifest.read(tiny_bundle).temperature
    np.testing.assert_allclose(
        Teacher(taught)(films), softmax(logits / temperature, axis=1), atol=1e-5
    )


def test_of_several_teachers_the_mean_opinion_is_taught(
    quick_config: TrainingConfig, milder: Path
) -> None:
    films = np.random.default_rng(0).random((5, 32, 32, 1)).astype(np.float32)
    one, other, both = (
        Teacher(quick_config.changed({"teacher": names}))(films)
        for names in ("tiny", "milder", "tiny+milder")
    )
    assert not np.allclose(one, other)
    np.testing.assert_allclose(both, (one + other) / 2, atol=1e-6)
    assert both.dtype == np.float32


def test_it_is_asked_of_each_film_as_it_is_shown_but_not_of_hidden_lungs(
    drawn_films: dict[str, FilmSet], taught: TrainingConfig
) -> None:
    how = taught.augmentation.model_copy(update={"hide_lungs": 0.5, "mixup": 0.4})
    config = taught.changed({"augmentation": how.model_dump(), "imbalance": "class-weights"})
    teacher = Teacher(config)
    asked = 0
    for batch in range(2):
        films, targets, _ = EpochBatches(drawn_films[TRAIN], config, 0, teacher)[batch]
        assert targets.shape == (config.batch, 3 * K + 1)
        told = targets[:, 2 * K + 1 :]
        hidden = np.ptp(films[:, 8:-8, 8:-8, 0], axis=(1, 2)) == 0
        np.testing.assert_allclose(told[~hidden], teacher(films)[~hidden], atol=1e-5)
        assert not told[hidden].any()
        asked += int((~hidden).sum())
    assert 0 < asked < 2 * config.batch


def test_the_loss_asks_for_the_teachers_opinion_by_its_share() -> None:
    log_p = np.log(np.float32([[0.1, 0.2, 0.3, 0.4]] * 2))
    label, told = [[1, 0, 0, 0]] * 2, np.float32([[0.4, 0.3, 0.2, 0.1], [0, 0, 0, 0]])
    targets = np.hstack([label, label, [[1], [1]], told]).astype(np.float32)
    found = np.asarray(PartialLabelLoss(taught=0.7).call(targets, log_p))
    by_label, by_teacher = -log_p[0, 0], -(told[0] * log_p[0]).sum()
    assert found == pytest.approx([0.3 * by_label + 0.7 * by_teacher, by_label], rel=1e-5)


@pytest.mark.slow
def test_a_pupil_comes_nearer_to_its_teacher_than_one_that_learns_labels_alone(
    drawn_films: dict[str, FilmSet], taught: TrainingConfig, tmp_path: Path
) -> None:
    plain = {"mixup": 0, "hide_lungs": 0}
    one = taught.changed({"teacher_share": 1.0, "augmentation": plain, "epochs": 6, "rate": 3e-3})
    views = drawn_films["validation"].images[..., None]
    told = Teacher(one)(views)

    def distance(config: TrainingConfig) -> float:
        """Return the mean cross-entropy of the teacher's opinion with the network's."""
        model, _ = fit(config.changed({"best": "last"}), drawn_films, tmp_path / config.name)
        log_p = np.log(softmax(model.predict(views, verbose=0), axis=1))
        return float(-(told * log_p).sum(axis=1).mean())

    alone = one.changed({"teacher": "", "name": "alone"})
    assert distance(one) < distance(alone) - 0.1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"input_size": 48}, "teacher 'tiny' tells .* at 32 px; allowed is one .* at 48 px"),
        ({"task": "binary"}, "allowed is one of this run's normal, pneumonia at 32 px"),
        (
            {"preprocessing": {"clahe": 2.0}},
            "'tiny' sees grey values otherwise, clahe is 0.0; allowed is .* 2.0",
        ),
    ],
)
def test_a_teacher_of_other_films_or_outputs_is_refused(
    taught: TrainingConfig, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ConfigError, match=f"(?i){sentence}"):
        Teacher(taught.changed(changes))


@pytest.mark.parametrize("names", ["tiny+tiny", "tiny+", "tiny + milder", "+"])
def test_teachers_that_are_no_names_are_told_by_the_configuration_itself(
    quick_config: TrainingConfig, names: str
) -> None:
    quick_config.changed({"teacher": "tiny+milder"}).check()
    with pytest.raises(ConfigError, match=r"teacher is '.*'; allowed are models' names joined by"):
        quick_config.changed({"teacher": names}).check()


def test_a_teacher_that_is_not_there_is_told_before_films_are_read(
    quick_config: TrainingConfig, tiny_bundle: Path
) -> None:
    def fail(done: int, of: int) -> None:
        raise AssertionError("films were read")

    for names in ("nobody", "tiny+nobody"):
        with pytest.raises(BundleError, match="nobody"):
            train(quick_config.changed({"teacher": names}), on_load=fail)


def test_another_teacher_is_another_run_and_none_is_what_it_always_was(
    drawn_films: dict[str, FilmSet], taught: TrainingConfig, tiny_bundle: Path, tmp_path: Path
) -> None:
    before = key_of(taught, drawn_films)
    (tiny_bundle / "README.md").write_text("Another one of this name.")
    trust(tiny_bundle)
    assert key_of(taught, drawn_films) != before
    alone = taught.changed({"teacher": ""})
    assert key_of(alone, drawn_films) == key_of(alone.changed({"teacher_share": 0.9}), drawn_films)
    fit(alone.changed({"epochs": 1}), drawn_films, tmp_path)
    settings = json.loads((tmp_path / HISTORY).read_text())["settings"]
    assert not {"teacher", "teacher_share"} & set(settings), "as before there were teachers"


def test_a_film_that_made_one_of_the_teachers_may_not_judge_the_pupil(
    taught: TrainingConfig, milder: Path
) -> None:
    judge = load_films(taught)["internal_test"].table["sha256"].iloc[0]
    listed = milder / "films.csv"
    listed.write_text(listed.read_text().replace("0" * 64, judge))
    trust(milder)
    with pytest.raises(TrainingError, match="used to make 'milder', which this model is made from"):
        train(taught.changed({"teacher": "tiny+milder"}))


def test_a_bundle_says_who_taught_it_and_lists_the_films_that_made_the_teacher(
    taught: TrainingConfig, tiny_bundle: Path
) -> None:
    folder = train(taught.changed({"name": "pupil", "epochs": 1}))
    pupil, teacher = find_bundle("pupil"), find_bundle("tiny")
    assert pupil.manifest.training["teacher_sha256"] == teacher.sha256
    assert lineage_of(pupil).parents == (("tiny", teacher.sha256),)
    assert "0" * 64 in (folder / "films.csv").read_text()
    card = (folder / "README.md").read_text()
    assert "50% asks for what `tiny` says of the same film" in card


def test_a_bundle_names_each_of_its_teachers_with_its_hash(
    taught: TrainingConfig, milder: Path
) -> None:
    folder = train(taught.changed({"name": "pupil", "epochs": 1, "teacher": "tiny+milder"}))
    hashes = [find_bundle(name).sha256 for name in ("tiny", "milder")]
    assert lineage_of(find_bundle("pupil")).parents == (("tiny", hashes[0]), ("milder", hashes[1]))
    assert "what `tiny` and `milder` say on average" in (folder / "README.md").read_text()
