"""The films of a folder: read one by one, through links, past pipes, and none too large."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from xray_core.datasets.open import open_dataset
from xray_core.errors import DatasetError
from xray_core.labels import NORMAL
from xray_core.settings import settings


def test_a_dataset_reads_its_films(folder, film):
    dataset = open_dataset(folder("NORMAL/a.png", "NORMAL/b.png"))
    assert dataset.film_bytes(1) == film(1)
    assert dataset.table["sha256"][1] == hashlib.sha256(film(1)).hexdigest()
    radiograph = dataset.read(1)
    assert (radiograph.source, radiograph.shape) == ("b.png", (96, 96))
    assert radiograph.sha256 == dataset.table["sha256"][1]


def test_a_film_that_has_gone_is_one_sentence(folder):
    root = folder("NORMAL/a.png")
    dataset = open_dataset(root)
    (root / "NORMAL/a.png").unlink()
    with pytest.raises(DatasetError, match=r"NORMAL/a\.png cannot be read"):
        dataset.film_bytes(0)


@pytest.mark.parametrize("rows_", [[2, 0], np.array([2, 0])])
def test_a_subset_keeps_the_order_it_is_given(folder, film, rows_):
    subset = open_dataset(folder("NORMAL/a.png", "NORMAL/b.png", "NORMAL/c.png")).subset(rows_)
    assert [subset.film_bytes(i) for i in range(len(subset))] == [film(2), film(0)]


def test_a_subset_by_mask(folder, film):
    dataset = open_dataset(folder("COVID/a.png", "NORMAL/b.png"))
    subset = dataset.subset(np.array(dataset.table["label"] == NORMAL))
    assert len(subset) == 1
    assert subset.film_bytes(0) == film(1)
    assert len(dataset.subset([])) == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_film_whose_name_is_no_text_is_read(folder, film):
    root = folder("NORMAL/a.png")
    Path(os.fsdecode(os.fsencode(root) + b"/NORMAL/\xff.png")).write_bytes(film(1))
    strange = Path(os.fsdecode(os.fsencode(root) + b"/NORM\xe4L"))
    dataset = open_dataset(root)
    assert dataset.table["path"].tolist() == ["NORMAL/\\xff.png", "NORMAL/a.png"]
    assert dataset.film_bytes(0) == film(1)
    assert dataset.table["sha256"][0] == hashlib.sha256(film(1)).hexdigest()
    (root / "NORMAL").rename(strange)
    dataset = open_dataset(root, labelled=False)
    assert dataset.table["path"].tolist() == ["NORM\\xe4L/\\xff.png", "NORM\\xe4L/a.png"]
    assert dataset.film_bytes(0) == film(1)
    (strange / "a.png").unlink()
    with pytest.raises(DatasetError, match=r"a\.png cannot be read"):
        dataset.film_bytes(1)


@pytest.mark.skipif(os.name == "nt", reason="links need rights of their own on Windows")
def test_links_are_followed_and_a_circle_ends(folder, tmp_path):
    root = folder("elsewhere/a.png", name="store")
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "NORMAL").symlink_to(root / "elsewhere", target_is_directory=True)
    assert open_dataset(linked).table["path"].tolist() == ["NORMAL/a.png"]
    (root / "elsewhere/again").symlink_to(root / "elsewhere", target_is_directory=True)
    assert open_dataset(linked).table["path"].tolist() == ["NORMAL/a.png"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights of their own on Windows")
@pytest.mark.parametrize("target", ["..", ".", "../.."])
def test_a_link_upwards_does_not_close_a_folder(folder, target):
    root = folder("NORMAL/a.png")
    (root / "loop").symlink_to(target)
    (root / "NORMAL/loop").symlink_to(target)
    assert open_dataset(root).table["path"].tolist() == ["NORMAL/a.png"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights of their own on Windows")
def test_a_link_to_the_folder_around_the_data_set_does_not_bring_in_its_neighbours(folder):
    root = folder("NORMAL/a.png")
    folder("COVID/b.png", name="neighbour")
    (root / "loop").symlink_to("..")
    assert open_dataset(root).table["path"].tolist() == ["NORMAL/a.png"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_pipes_and_devices_are_passed_over(folder):
    root = folder("NORMAL/a.png")
    os.mkfifo(root / "NORMAL/b.png")
    (root / "NORMAL/c.png").symlink_to("/dev/zero")
    assert open_dataset(root).table["path"].tolist() == ["NORMAL/a.png"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_film_that_has_become_a_pipe_or_a_device_is_one_sentence(folder):
    root = folder("NORMAL/a.png", "NORMAL/b.png")
    dataset = open_dataset(root)
    for name in "ab":
        (root / f"NORMAL/{name}.png").unlink()
    os.mkfifo(root / "NORMAL/a.png")
    (root / "NORMAL/b.png").symlink_to("/dev/zero")
    for i in range(2):
        with pytest.raises(DatasetError, match=r"\.png is no plain file"):
            dataset.film_bytes(i)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_pipe_is_no_data_set(tmp_path):
    os.mkfifo(tmp_path / "films.zip")
    with pytest.raises(DatasetError, match=r"films\.zip is no folder or archive"):
        open_dataset(tmp_path / "films.zip")


def test_a_film_that_is_too_large_leaves_the_folder_open(home, folder, film, monkeypatch):
    root = folder("NORMAL/a.png", "NORMAL/b.png")
    with (root / "NORMAL/b.png").open("wb") as file:
        file.truncate(3 * 2**20)
    monkeypatch.setenv("XRAY_MAX_FILE_BYTES", "1MiB")
    settings.cache_clear()
    dataset = open_dataset(root)
    assert dataset.table["sha256"][1] == hashlib.sha256(bytes(3 * 2**20)).hexdigest()
    assert dataset.film_bytes(0) == film(0)
    with pytest.raises(DatasetError, match=r"b\.png has more than the 1 MB allowed"):
        dataset.film_bytes(1)
