"""Networks of one kind become one with their averaged weights; others are refused in a sentence."""

import json
import shutil
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from trusting import trust

from xray_core.bundle import BundleManifest, find_bundle
from xray_core.bundle.safety import load_keras_model
from xray_core.cli import main
from xray_core.errors import ConfigError
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_radiograph
from xray_core.inference import load_classifier
from xray_core.training.average.config import AverageConfig
from xray_core.training.average.run import average, train_average


@pytest.fixture
def config_of(
    phantom_folder: Path, settings_of_run: dict[str, Any], tiny_bundle: Path, tmp_path: Path
) -> Path:
    """A configuration of the average of `tiny` and `other`, three parts of it to one."""
    other = tiny_bundle.parent / "other"
    shutil.copytree(tiny_bundle, other)
    model = load_keras_model(other / "model.keras")
    rng = np.random.default_rng(0)
    model.set_weights(
        [w + rng.normal(0, 0.1, w.shape).astype(w.dtype) for w in model.get_weights()]
    )
    model.save(other / "model.keras")
    rename(other, "other")
    shared = {name: settings_of_run[name] for name in ("confounders", "operating_point")}
    content = shared | {
        "kind": "average",
        "name": "between",
        "title": "Between two",
        "models": ["tiny", "other"],
        "shares": [3, 1],
        "data": [settings_of_run["data"][0] | {"path": str(phantom_folder / "films")}],
        "manifest": str(phantom_folder / "patients.csv"),
    }
    path = tmp_path / "average.json"
    path.write_text(json.dumps(content))
    return path


def rename(folder: Path, name: str, **changes: Any) -> None:
    content = json.loads((folder / "bundle.json").read_text()) | changes | {"name": name}
    (folder / "bundle.json").write_text(json.dumps(content))
    trust(folder)


def test_the_weights_lie_between_those_of_the_models(
    config_of: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--config", str(config_of)]) == 0
    folder = Path(capsys.readouterr().out.splitlines()[0])
    names = ("tiny", "other")
    mine, theirs, between = (
        load_keras_model(path / "model.keras").get_weights()
        for path in (*(tiny_bundle.parent / name for name in names), folder)
    )
    for a, b, c in zip(mine, theirs, between, strict=True):
        # Weights are rounded to ten bits when they are released.
        np.testing.assert_allclose(c, 0.75 * a + 0.25 * b, rtol=1e-3, atol=1e-6)

    made_of = BundleManifest.read(folder).training["average"]
    assert [(part["model"], part["share"]) for part in made_of] == [("tiny", 0.75), ("other", 0.25)]
    assert {part["sha256"] for part in made_of} == {find_bundle(name).sha256 for name in names}
    card = (folder / "README.md").read_text()
    assert "averaged, each with its share" in card and "`other`: its card says how" in card
    assert "the shares were given" in card
    assert find_bundle().name == "tiny", "the champion stays"
    film = phantom_radiograph(draw_phantom(5, PhantomKind.LOBAR))
    assert load_classifier("between").predict(film).probabilities is not None


def changed(path: Path, **changes: Any) -> AverageConfig:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return AverageConfig.read(path)


def other_way(tiny_bundle: Path, **how: Any) -> None:
    """Let `other` see films in another way than `tiny`."""
    mine = BundleManifest.read(tiny_bundle).preprocessing.model_dump(mode="json")
    rename(tiny_bundle.parent / "other", "other", preprocessing=mine | how)


@pytest.mark.parametrize("how", [{"clahe": 2.0}, {"longest": 224}], ids=["contrast", "size"])
def test_models_that_see_films_in_other_ways_are_not_averaged(
    config_of: Path, tiny_bundle: Path, how: dict[str, Any]
) -> None:
    other_way(tiny_bundle, **how)
    with pytest.raises(ConfigError, match="'tiny' and 'other' differ in their preprocessing"):
        train_average(AverageConfig.read(config_of))


def test_where_they_differ_in_it_the_average_sees_films_as_the_one_that_was_named(
    config_of: Path, tiny_bundle: Path
) -> None:
    other_way(tiny_bundle, clahe=2.0)
    folder = train_average(changed(config_of, sees_as="other"))
    assert BundleManifest.read(folder).preprocessing.clahe == 2.0
    card = (folder / "README.md").read_text()
    assert "shown films as `other` is; not all of the others were" in card


def test_an_average_can_be_shown_large_films_made_small(config_of: Path, tiny_bundle: Path) -> None:
    folder = train_average(changed(config_of, longest=96))
    mine, theirs = (BundleManifest.read(f).preprocessing for f in (folder, tiny_bundle))
    assert mine == theirs.model_copy(update={"longest": 96}) != theirs
    assert "side of over 96 px are first made so small" in (folder / "README.md").read_text()


def test_limits_of_size_may_differ_where_the_average_has_one_of_its_own(
    config_of: Path, tiny_bundle: Path
) -> None:
    other_way(tiny_bundle, longest=224)
    folder = train_average(changed(config_of, longest=320))
    assert BundleManifest.read(folder).preprocessing.longest == 320


def test_networks_of_two_sizes_of_input_become_one_that_sees_films_as_was_said() -> None:
    layers = keras.layers
    models = [
        keras.Sequential(
            [keras.Input((s, s, 1)), layers.Conv2D(3, 3), layers.GlobalAveragePooling2D()]
        )
        for s in (8, 16)
    ]
    mean = [0.25 * a + 0.75 * b for a, b in zip(*(m.get_weights() for m in models), strict=True)]
    found = average(models, (0.25, 0.75), models[1])
    assert found.input_shape == (None, 16, 16, 1)
    for weights, expected in zip(found.get_weights(), mean, strict=True):
        np.testing.assert_allclose(weights, expected, rtol=1e-6)


def test_networks_whose_weights_differ_in_shape_are_refused_in_a_sentence() -> None:
    sizes = (8, 16)  # a dense layer after all pixels: its weights follow the size of the input
    models = [
        keras.Sequential([keras.Input((s, s, 1)), keras.layers.Flatten(), keras.layers.Dense(2)])
        for s in sizes
    ]
    with pytest.raises(ConfigError, match="differ in shape"):
        average(models, (0.5, 0.5), models[0])


def test_it_can_see_films_only_as_one_of_its_models(
    config_of: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(config_of, sees_as="third", models=["tiny", "absent"])
    assert main(["train", "--config", str(config_of)]) == 2
    said = capsys.readouterr().err
    assert "as 'third'; allowed is one of its models: tiny, absent" in said


def test_shares_and_models_must_go_together(config_of: Path) -> None:
    with pytest.raises(ConfigError, match="3 shares for 2 models"):
        train_average(changed(config_of, shares=[1, 1, 1]))
    with pytest.raises(ConfigError, match="one above 0 each"):
        train_average(changed(config_of, shares=[1, 0]))
    assert changed(config_of, shares=None).parts() == (0.5, 0.5)


@pytest.mark.slow
def test_models_that_are_not_installed_are_trained_first(
    config_of: Path,
    settings_of_run: dict[str, Any],
    phantom_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    films = settings_of_run["data"][0] | {"path": str(phantom_folder / "films")}
    quick = {"data": [films], "manifest": str(phantom_folder / "patients.csv"), "epochs": 1}
    for seed, name in enumerate(("first", "second")):
        content = settings_of_run | quick | {"name": name, "seed": seed}
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    names = ["first", "second"]
    changed(config_of, models=names, made_by={name: f"{name}.json" for name in names})

    assert main(["train", "--config", str(config_of)]) == 0
    between = find_bundle("between")
    made_of = between.manifest.training["average"]
    assert [part["model"] for part in made_of] == names
    assert [part["training"]["seed"] for part in made_of] == [0, 1]
    assert "`second`: Network `cnn-deep`" in (between.path / "README.md").read_text()
    assert "between needs first, which is not installed" in capsys.readouterr().err
    assert AverageConfig.read(config_of).missing() == []
    assert "It is shown films as" not in (between.path / "README.md").read_text()


def test_a_file_that_makes_another_model_is_refused_before_anything_is_trained(
    config_of: Path, settings_of_run: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "wrong.json").write_text(json.dumps(settings_of_run))
    config = changed(config_of, models=["tiny", "absent"], made_by={"absent": "wrong.json"})
    with pytest.raises(ConfigError, match="makes 'quick'; allowed is one of 'absent'"):
        config.missing()


def test_the_name_of_the_champion_is_refused_before_anything_is_trained(
    config_of: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(config_of, name="tiny", models=["tiny", "absent"], made_by={"absent": "absent.json"})
    assert main(["train", "--config", str(config_of)]) == 2
    assert "'tiny' is the champion" in capsys.readouterr().err


def test_a_model_that_another_run_has_made_is_refused_before_anything_is_trained(
    config_of: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(tiny_bundle, tiny_bundle.parent / "between")
    rename(tiny_bundle.parent / "between", "between")
    changed(config_of, models=["tiny", "absent"], made_by={"absent": "absent.json"})
    assert main(["train", "--config", str(config_of)]) == 2
    assert "'between' is an installed model that this training has not" in capsys.readouterr().err


@pytest.mark.slow
def test_what_a_model_starts_from_may_itself_be_an_average_that_is_made_first(
    config_of: Path,
    settings_of_run: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    average = json.loads(config_of.read_text())
    films = {name: average[name] for name in ("data", "manifest")}
    runs = {
        "first": settings_of_run | films | {"epochs": 1},
        "second": settings_of_run | films | {"epochs": 1, "seed": 1},
        "between": average | {"models": ["first", "second"]},
        "polished": settings_of_run | films | {"epochs": 1, "start": "between"},
    }
    for name, content in runs.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content | {"name": name}))
    made_by = {name: f"{name}.json" for name in runs}
    last = average | {"name": "last", "models": ["between", "polished"], "made_by": made_by}
    (tmp_path / "last.json").write_text(json.dumps(last))

    assert main(["train", "--config", str(tmp_path / "last.json")]) == 0
    said = capsys.readouterr().err
    places = [said.index(f"last needs {name}, which is not installed") for name in runs]
    assert places == sorted(places)
    start = find_bundle("polished").manifest.training["start_sha256"]
    assert start == find_bundle("between").sha256
