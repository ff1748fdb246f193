"""The novelty check knows chest films from what is none, whatever the exposure."""

import zipfile

import numpy as np
import pytest

from xray_core.errors import BundleError
from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.novelty import NoveltyModel


@pytest.fixture(scope="module")
def films():
    """160 inputs of 64 px: sixteen phantoms, each in ten positions."""
    kinds = list(PhantomKind)
    drawn = [draw_phantom(s, kinds[s % 4], size=80).pixels for s in range(16)]
    rng = np.random.default_rng(0)
    corners = rng.integers(0, 17, size=(160, 2))
    return np.stack([drawn[i % 16][y : y + 64, x : x + 64] for i, (y, x) in enumerate(corners)])


@pytest.fixture(scope="module")
def model(films):
    return NoveltyModel.fit(films)


def test_one_training_film_in_a_hundred_is_at_one(films, model):
    distance = model.distance(films)
    # One in a hundred by each of the four parts.
    assert 0.95 <= np.mean(distance <= 1) < 1


def test_a_new_position_of_a_known_chest_is_near_and_noise_is_far(films, model):
    drawn = draw_phantom(3, PhantomKind.PERIPHERAL, size=80).pixels
    near = model.distance(drawn[None, 9:73, 7:71])[0]
    noise = np.random.default_rng(1).random((1, 64, 64), dtype=np.float32)
    turned = np.rot90(films[:1], 2, axes=(1, 2))
    assert near < 1.2
    assert model.distance(noise)[0] > 2
    assert model.distance(np.ascontiguousarray(turned))[0] > near


@pytest.mark.parametrize("count", [2, 5, 30, 60])
def test_of_few_films_noise_is_no_direction(films, count):
    few = NoveltyModel.fit(films[:count])
    others = few.distance(films[count : count + 40])
    noise = np.random.default_rng(1).random((1, 64, 64), dtype=np.float32)
    assert np.median(others) < 100
    assert few.distance(noise)[0] > np.median(few.distance(films[:count]))


def test_exposure_and_contrast_do_not_count(films, model):
    np.testing.assert_allclose(
        model.distance(0.2 + 0.5 * films[:20]), model.distance(films[:20]), rtol=1e-3
    )


def test_a_flat_film_has_a_distance(model):
    assert np.isfinite(model.distance(np.zeros((1, 64, 64), np.float32))).all()


def test_what_is_saved_measures_the_same(films, model, tmp_path):
    model.save(tmp_path / "novelty.npz")
    loaded = NoveltyModel.load(tmp_path / "novelty.npz")
    np.testing.assert_allclose(loaded.distance(films[:30]), model.distance(films[:30]), rtol=1e-2)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY"])
def test_a_damaged_file_is_refused(tmp_path, content):
    (tmp_path / "novelty.npz").write_bytes(content)
    with pytest.raises(BundleError, match="the novelty check cannot be read"):
        NoveltyModel.load(tmp_path / "novelty.npz")


@pytest.mark.parametrize("damage", ["claims 7 EiB", "cut header", "no array", "deflate"])
def test_a_damaged_part_is_refused(model, tmp_path, damage):
    path, edges = tmp_path / "novelty.npz", "edges_mean.npy"
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changes = {
        "claims 7 EiB": parts[edges].replace(
            b"(512,), }" + b" " * 19, b"(2000000000000000000,), }   "
        ),
        "cut header": parts[edges].replace(b"(512,), }", b"(512,    "),
        "no array": b"text",
        "deflate": parts[edges],
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, edges: changes[damage]}.items():
            archive.writestr(name, content)
        start = archive.getinfo(edges).header_offset + 60
    if damage == "deflate":
        data = bytearray(path.read_bytes())
        data[start : start + 200] = b"\xff" * 200
        path.write_bytes(data)
    with pytest.raises(BundleError, match="the novelty check cannot be read"):
        NoveltyModel.load(path)


def test_an_array_of_objects_is_never_unpickled(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("the file ran code",))

    bomb = np.array([Bomb()], dtype=object)
    names = ("mean", "components", "scales", "units")
    arrays = {f"{span}_{name}": bomb for span in ("thumbnails", "edges") for name in names}
    np.savez(tmp_path / "novelty.npz", **arrays)
    with pytest.raises(BundleError, match="the novelty check cannot be read"):
        NoveltyModel.load(tmp_path / "novelty.npz")


@pytest.mark.parametrize("change", ["wide", "infinite", "no scale", "too large"])
def test_arrays_that_measure_nothing_are_refused(model, tmp_path, change):
    """A bundle from elsewhere must fail when it is loaded, not when the first film is read."""
    path = tmp_path / "novelty.npz"
    model.save(path)
    with np.load(path) as stored:
        arrays = dict(stored)
    if change == "wide":
        arrays["edges_components"] = arrays["edges_components"][:, :100]
    elif change == "infinite":
        arrays["thumbnails_mean"][0] = np.nan
    elif change == "no scale":
        arrays["edges_units"][0] = 0
    else:
        arrays["edges_more"] = np.zeros(2**21, np.uint8)
    np.savez_compressed(path, **arrays)
    with pytest.raises(BundleError, match="the novelty check cannot be read"):
        NoveltyModel.load(path)
