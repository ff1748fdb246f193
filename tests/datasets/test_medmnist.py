import zipfile

import numpy as np
import pytest

from xray_core.datasets.open import open_dataset
from xray_core.errors import DatasetError
from xray_core.labels import NORMAL, PNEUMONIA_CLASSES


@pytest.fixture
def arrays():
    rng = np.random.default_rng(5)
    counts = {"train": 12, "val": 2, "test": 3}
    images = {f"{s}_images": rng.integers(0, 256, (n, 96, 80), np.uint8) for s, n in counts.items()}
    labels = {f"{s}_labels": rng.integers(0, 2, (n, 1), np.uint8) for s, n in counts.items()}
    return images | labels


@pytest.fixture
def save(tmp_path):
    def write(arrays):
        np.savez_compressed(tmp_path / "pneumoniamnist_224.npz", **arrays)
        return tmp_path / "pneumoniamnist_224.npz"

    return write


def test_arrays_are_films_with_their_split_and_label(arrays, save):
    dataset = open_dataset(save(arrays))
    assert dataset.table["split"].value_counts().to_dict() == {"train": 12, "test": 3, "val": 2}
    assert dataset.table["source"].unique().tolist() == ["pneumoniamnist_224"]
    assert dataset.table["patient"].is_unique
    expected = {0: frozenset({NORMAL}), 1: PNEUMONIA_CLASSES}
    assert dataset.labels()[:12] == [expected[int(v)] for v in arrays["train_labels"][:, 0]]


def test_a_film_has_the_pixels_of_its_array(arrays, save):
    dataset = open_dataset(save(arrays))
    row = dataset.table["path"].tolist().index("train/11.png")
    film = dataset.read(row)
    assert (film.source, film.header.format) == ("11.png", "PNG")
    np.testing.assert_allclose(film.pixels, arrays["train_images"][11] / 255, atol=1e-6)


@pytest.mark.parametrize("changed", ["fewer films", "no such split"])
def test_a_film_that_is_no_longer_in_the_file_is_one_sentence(arrays, save, changed):
    dataset = open_dataset(save(arrays))
    row = dataset.table["path"].tolist().index("train/11.png")
    if changed == "fewer films":
        save({name: array[:2] for name, array in arrays.items()})
    else:
        save({name: array for name, array in arrays.items() if name.startswith("val")})
    with pytest.raises(DatasetError, match=r"holds 'train/11.png' no longer; open it anew\.$"):
        dataset.film_bytes(row)


def test_a_file_with_only_some_splits_is_read(arrays, save):
    some = {name: array for name, array in arrays.items() if name.startswith("val")}
    assert open_dataset(save(some)).table["path"].tolist() == ["val/0.png", "val/1.png"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"val_labels": np.array([[0], [2]], np.uint8)}, "other than 0, normal, and 1"),
        ({"val_labels": np.array([[0.0], [1.0]])}, "other than 0, normal, and 1"),
        ({"val_labels": np.array([[0]], np.uint8)}, "has 1 val_labels"),
        ({"val_images": np.zeros((2, 8, 8), np.float32)}, "val_images of float32"),
        ({"val_images": np.zeros((2, 8, 8, 3), np.uint8)}, r"allowed is uint8 \(N, H, W\)"),
        ({"val_images": np.zeros((2, 0, 8), np.uint8)}, r"allowed is uint8 \(N, H, W\)"),
    ],
)
def test_other_arrays_are_refused(arrays, save, change, reason):
    with pytest.raises(DatasetError, match=reason):
        open_dataset(save(arrays | change))


def test_a_file_of_other_names_is_refused(save):
    with pytest.raises(DatasetError, match="no train_images and train_labels"):
        open_dataset(save({"x": np.zeros(3)}))


def test_pickled_objects_are_never_loaded(arrays, save):
    objects = np.array([[{}], [{}]], dtype=object)
    with pytest.raises(DatasetError, match="cannot be read"):
        open_dataset(save(arrays | {"val_labels": objects}))


def test_a_truncated_file_is_refused(arrays, save):
    path = save(arrays)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(DatasetError, match="cannot be read"):
        open_dataset(path)


def npy(header):
    """Return an array file with that header and no content."""
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    "content",
    [
        npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1000000000000, 1000, 1)}"),
        npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 8"),
        b"no array at all",
    ],
    ids=["909 TiB", "cut header", "text"],
)
def test_a_member_that_is_no_honest_array_is_refused(arrays, save, content):
    path = save({name: arrays[name] for name in ("val_labels", "test_images", "test_labels")})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("val_images.npy", content)
    with pytest.raises(DatasetError, match="cannot be read"):
        open_dataset(path)


def test_damage_within_compressed_films_is_refused(arrays, save):
    path = save(arrays)
    data = bytearray(path.read_bytes())
    data[300:400] = b"\xff" * 100
    path.write_bytes(data)
    with pytest.raises(DatasetError, match="cannot be read"):
        open_dataset(path)
