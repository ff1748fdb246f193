"""From films and masks to a bundle that finds lungs, also when it was interrupted."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from trusting import trust

from xray_core.bundle import BundleManifest, find_bundle
from xray_core.cli import main
from xray_core.datasets.patients import published_key
from xray_core.errors import DatasetError, TrainingError
from xray_core.lungs import load_lung_finder
from xray_core.settings import settings
from xray_core.training.segmenter.config import SegmenterConfig
from xray_core.training.segmenter.films import load_masked_films
from xray_core.training.segmenter.fit import SegmenterEpoch, _key, fit_segmenter
from xray_core.training.segmenter.run import train_segmenter


def draw(seed: int, side: int = 96) -> tuple[np.ndarray, np.ndarray]:
    """Return a drawn chest, two dark ellipses in a bright body, and their mask."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] / side
    centre, reach = 0.5 + rng.uniform(-0.04, 0.04), rng.uniform(0.13, 0.16)
    mask = np.zeros((side, side), bool)
    for sign in (-1, 1):
        mask |= ((x - centre - sign * 0.2) / reach) ** 2 + ((y - 0.45) / 0.32) ** 2 < 1
    film = np.where(mask, 60, 190) + rng.normal(0, 12, mask.shape)
    return np.clip(film, 0, 255).astype(np.uint8), mask


def write_set(root: Path, name: str, count: int, first: int) -> None:
    for i in range(count):
        film, mask = draw(first + i)
        for kind, pixels in (("films", film), ("masks", mask.astype(np.uint8) * 255)):
            (root / name / kind).mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(root / name / kind / f"chest-{first + i}.png")


@pytest.fixture(scope="module")
def config_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn chests with masks, without the heart, without masks, and a configuration."""
    root = tmp_path_factory.mktemp("chests")
    write_set(root, "one", 24, 0)
    write_set(root, "two", 16, 100)
    (root / "one" / "masks" / "chest-3.png").unlink()
    write_set(root, "three", 12, 200)
    folder = {"population": "nobody: drawn", "licence": "Apache-2.0", "share": 0.3}
    content = {
        "kind": "segmenter",
        "name": "quick-lungs",
        "title": "Quick",
        "limits": "Drawn ellipses; nobody has such lungs.",
        "input_size": 32,
        "data": [
            {"films": "one/films", "masks": "one/masks", "source": "one", "heart": "inside"}
            | folder,
            {"films": "two/films", "masks": "two/masks", "source": "two", "heart": "left out"}
            | folder,
            {"films": "three/films", "source": "three"} | folder,
        ],
        "epochs": 2,
        "films_per_epoch": 32,
        "batch": 8,
        "changes": {
            "gentle": 0.3,
            **{"turned": 0.1, "cut": 0.1, "shrunk": 0.1, "inverted": 0.1, "opacified": 0.1},
            **{"hidden": 0.1, "frame": 0.1, "blur": 0.1, "noise": 0.1, "no_chest": 0.1},
        },
        "default": True,
    }
    path = root / "lungs.json"
    path.write_text(json.dumps(content))
    return path


@pytest.fixture(scope="module")
def trained(config_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a bundle that the command trained, in an `XRAY_HOME` of this module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XRAY_HOME", str(tmp_path_factory.mktemp("home")))
        settings.cache_clear()
        assert main(["train", "--config", str(config_file)]) == 0
        yield settings().home / "bundles" / "quick-lungs"
    settings.cache_clear()


@pytest.mark.slow
def test_a_configuration_becomes_the_default_segmenter(trained: Path) -> None:
    info = find_bundle(kind="segmenter")
    assert (info.name, info.path) == ("quick-lungs", trained)
    assert [record["epoch"] for record in info.manifest.training["history"]] == [1, 2]
    finder = load_lung_finder()
    assert finder.sha256 == info.sha256
    assert finder.find(draw(500)[0].astype(np.float32) / 255).mask.shape == (96, 96)


def test_a_lung_finder_that_another_run_has_made_is_refused(
    config_file: Path, tiny_segmenter: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tiny_segmenter.parent / "quick-lungs"
    shutil.copytree(tiny_segmenter, other)
    manifest = BundleManifest.read(other)
    manifest.model_copy(update={"name": "quick-lungs"}).write(other)
    trust(other)
    assert main(["train", "--config", str(config_file)]) == 2
    assert "'quick-lungs' is an installed model that this training" in capsys.readouterr().err


@pytest.mark.slow
def test_figures_are_of_the_role_and_the_set_that_they_name(trained: Path) -> None:
    metrics = BundleManifest.read(trained).metrics
    listed = pd.read_csv(trained / "films.csv", dtype=str)
    films = listed[(listed["role"] == "validation") & (listed["source"] == "two")]
    assert "dice" in metrics["internal_test/one"]
    assert "dice" not in metrics["internal_test/two"]
    assert "covered" in metrics["internal_test/two"]
    assert "covered" not in metrics["internal_test/three"]
    assert metrics["internal_test/three"]["plausible"] is not None
    assert metrics["validation/two"]["n"] == len(films)
    assert {"trial/upside down", "trial/photograph", "trial/unchanged"} <= set(metrics)
    assert metrics["cost"]["model_bytes"] == (trained / "model.keras").stat().st_size


@pytest.mark.slow
def test_every_film_but_those_that_lack_a_mask_is_listed_with_its_role(trained: Path) -> None:
    films = pd.read_csv(trained / "films.csv", dtype=str)
    assert len(films) == 23 + 16 + 12
    assert set(films["role"]) == {"train", "validation", "internal_test"}
    patients = set(films["patient"])
    assert published_key("one/chest-4", "one") in patients
    assert published_key("one/chest-3", "one") not in patients


@pytest.mark.slow
def test_the_card_shows_figures_terms_and_trials(trained: Path) -> None:
    card = (trained / "README.md").read_text()
    metrics = BundleManifest.read(trained).metrics
    assert card.startswith("---\nlicense:")
    assert f"{metrics['internal_test/one']['dice']:.3f}" in card
    assert "Apache-2.0" in card
    assert "| upside down |" in card
    assert "Research use only" in card
    assert "Drawn ellipses; nobody has such lungs." in card and "Montgomery" not in card


@pytest.mark.slow
def test_an_interrupted_run_goes_on(home: Path, config_file: Path, tmp_path: Path) -> None:
    config = SegmenterConfig.read(config_file)
    films = load_masked_films(config)

    class PowerCut(Exception):
        pass

    def cut(record: SegmenterEpoch, _: int) -> None:
        raise PowerCut

    with pytest.raises(PowerCut):
        fit_segmenter(config, films, tmp_path, cut)
    resumed: list[int] = []
    _, pieced = fit_segmenter(
        config, films, tmp_path, lambda record, _: resumed.append(record.epoch)
    )
    assert resumed == [2]
    _, whole = fit_segmenter(config, films, tmp_path / "whole")
    assert [r.loss for r in pieced] == pytest.approx([r.loss for r in whole], abs=1e-4)

    done = (tmp_path / "history.json").read_bytes()
    other = config.model_copy(update={"rate": 1e-4, "epochs": 1})
    anew: list[int] = []
    fit_segmenter(other, films, tmp_path, lambda record, _: anew.append(record.epoch))
    assert anew == [1]
    assert (tmp_path / "before-1" / "history.json").read_bytes() == done


def test_films_with_other_masks_are_another_run(config_file: Path, tmp_path: Path) -> None:
    config = SegmenterConfig.read(config_file)
    masks = tmp_path / "masks"
    shutil.copytree(config_file.parent / "one" / "masks", masks)
    elsewhere = config.data[0].model_copy(update={"masks": masks})
    moved = config.model_copy(update={"data": (elsewhere, *config.data[1:])})
    before = _key(config, load_masked_films(config))
    assert _key(moved, load_masked_films(moved)) == before
    corrected = np.asarray(Image.open(masks / "chest-5.png")).copy()
    corrected[corrected.any(axis=1).argmax()] = 0
    Image.fromarray(corrected).save(masks / "chest-5.png")
    assert _key(moved, load_masked_films(moved)) != before


def shared_set(config: SegmenterConfig, root: Path, *, manifest: str = "") -> SegmenterConfig:
    """Return a run on the films of `one` twice, the second time under other names.

    Args:
        config: of `config_file`.
        root: where to write the second folder.
        manifest: role of all patients of the first; by default they are drawn.
    """
    one, names = config.data[0], [f"chest-{i}" for i in range(24) if i != 3]
    (root / "again").mkdir()
    for name in names:
        shutil.copy(one.films / f"{name}.png", root / "again" / f"{name}-copy.png")
    again = config.data[2].model_copy(update={"films": root / "again", "source": "again"})
    if manifest:
        rows = [f"one,one/{name},{manifest}" for name in names]
        (root / "patients.csv").write_text("\n".join(["source,patient,role", *rows, ""]))
        one = one.model_copy(update={"manifest": root / "patients.csv"})
    return config.model_copy(update={"data": (one, again)})


def test_a_film_of_two_folders_has_one_role(config_file: Path, tmp_path: Path) -> None:
    shared = shared_set(SegmenterConfig.read(config_file), tmp_path)
    films = pd.concat([found.table for found in load_masked_films(shared).values()])
    roles = films.groupby("sha256")["role"]
    assert roles.size().tolist() == [2] * 23
    assert roles.nunique().max() == 1


def test_a_film_that_would_train_by_a_manifest_and_test_by_chance_is_refused(
    config_file: Path, tmp_path: Path
) -> None:
    shared = shared_set(SegmenterConfig.read(config_file), tmp_path, manifest="train")
    with pytest.raises(
        DatasetError, match=r"films have more than one role, .* under one/chest-\d+ and again/"
    ):
        load_masked_films(shared)


def test_a_patient_who_would_train_by_a_manifest_and_test_by_chance_is_refused(
    config_file: Path, tmp_path: Path
) -> None:
    """Names of the Kermany collection are one patient whatever the folder."""
    config = SegmenterConfig.read(config_file)
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    for i in range(8):
        for k, name in enumerate(("first", "second")):
            Image.fromarray(draw(900 + 2 * i + k)[0]).save(
                tmp_path / name / f"person{i}_virus_{k}.jpeg"
            )
    rows = [f"first,kermany/person-{i},train" for i in range(8)]
    (tmp_path / "patients.csv").write_text("\n".join(["source,patient,role", *rows, ""]))
    first, second = (
        config.data[2].model_copy(update={"films": tmp_path / name, "source": name})
        for name in ("first", "second")
    )
    first = first.model_copy(update={"manifest": tmp_path / "patients.csv"})
    with pytest.raises(
        DatasetError, match=r"patients have more than one role, .* under kermany/person-\d,"
    ):
        load_masked_films(config.model_copy(update={"data": (first, second)}))


def test_a_mask_that_does_not_fit_its_film_is_named(config_file: Path, tmp_path: Path) -> None:
    config = SegmenterConfig.read(config_file)
    (tmp_path / "masks").mkdir()
    Image.fromarray(np.full((80, 80), 255, np.uint8)).save(tmp_path / "masks" / "chest-0.png")
    folder = config.data[0].model_copy(update={"masks": tmp_path / "masks"})
    with pytest.raises(DatasetError, match=r"mask of chest-0\.png has 80×80 px"):
        load_masked_films(config.model_copy(update={"data": (folder,)}))


def test_masks_under_other_names_are_none(config_file: Path, tmp_path: Path) -> None:
    config = SegmenterConfig.read(config_file)
    folder = config.data[0].model_copy(update={"masks": tmp_path})
    with pytest.raises(DatasetError, match="no mask for any film"):
        load_masked_films(config.model_copy(update={"data": (folder,)}))


def test_a_store_that_cannot_be_written_is_found_out_first(
    home: Path, config_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    config = SegmenterConfig.read(config_file).model_copy(update={"store": tmp_path / "file"})
    with pytest.raises(TrainingError, match="cannot be written"):
        train_segmenter(config)
