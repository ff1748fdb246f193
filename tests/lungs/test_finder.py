"""The bundled lung finder: a mask on the film, a box around it, and a word when there is none."""

import numpy as np
import pytest
from trusting import trust

from xray_core.bundle import BundleInfo, BundleManifest, find_bundle
from xray_core.errors import BundleError
from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.lungs import LungFinder, Lungs, load_lung_finder
from xray_core.lungs.plausibility import CUT, NO_PAIR, TURNED

REASONS = {CUT, NO_PAIR, TURNED}


@pytest.fixture(scope="module")
def finder() -> LungFinder:
    return load_lung_finder("kerley-lungs-1")


def film_of(kind: PhantomKind, seed: int, *, adult: bool = False) -> np.ndarray:
    return draw_phantom(seed, kind, adult=adult).pixels


def check_contract(found: Lungs, shape: tuple[int, ...]) -> None:
    assert found.mask.shape == shape
    assert found.mask.dtype == bool
    assert found.plausible == (found.box is not None) == (found.reason == "")
    if found.box is None:
        assert found.reason in REASONS
        return
    top, left, bottom, right = found.box
    assert 0 <= top < bottom <= shape[0]
    assert 0 <= left < right <= shape[1]
    assert found.mask[top:bottom, left:right].sum() == found.mask.sum()
    rim = found.mask[top], found.mask[bottom - 1], found.mask[:, left], found.mask[:, right - 1]
    assert all(line.any() for line in rim)


@pytest.mark.parametrize("adult", [False, True])
@pytest.mark.parametrize("kind", list(PhantomKind))
def test_lungs_of_a_phantom_are_found(finder, kind, adult):
    film = film_of(kind, 3, adult=adult)
    found = finder.find(film)
    check_contract(found, film.shape)
    assert found.plausible
    assert 0.1 < found.mask.mean() < 0.6


@pytest.mark.parametrize("shape", [(64, 64), (97, 301), (900, 640), (2000, 2000)])
def test_the_mask_is_as_large_as_the_film(finder, shape):
    from cv2 import resize

    film = resize(film_of(PhantomKind.NORMAL, 1), shape[::-1])
    check_contract(finder.find(film), shape)


def test_an_inverted_phantom_has_the_same_lungs(finder):
    film = film_of(PhantomKind.NORMAL, 4)
    upright, inverted = finder.find(film).mask, finder.find(1 - film).mask
    assert (upright & inverted).sum() / (upright | inverted).sum() > 0.75


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_phantom_is_said_to_be_turned(finder, turns):
    found = finder.find(np.ascontiguousarray(np.rot90(film_of(PhantomKind.NORMAL, 4), turns)))
    assert not found.plausible
    assert found.reason == TURNED


def test_half_a_phantom_is_not_a_pair(finder):
    film = film_of(PhantomKind.NORMAL, 4)
    for half in (film[:, : film.shape[1] // 2], film[:, film.shape[1] // 2 :]):
        found = finder.find(np.ascontiguousarray(half))
        check_contract(found, half.shape)
        assert not found.plausible


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_a_flat_film_has_no_lungs(finder, level):
    found = finder.find(np.full((224, 224), level, np.float32))
    assert not found.plausible
    assert found.reason == NO_PAIR


def test_noise_has_no_lungs(finder):
    noise = np.random.default_rng(0).random((224, 224), np.float32)
    assert not finder.find(noise).plausible


def test_many_films_are_found_as_each_alone(finder):
    films = [film_of(kind, 6) for kind in PhantomKind] + [np.zeros((80, 120), np.float32)]
    for film, together in zip(films, finder.find_all(films), strict=True):
        alone = finder.find(film)
        assert (alone.mask != together.mask).mean() < 1e-3
        assert (alone.plausible, alone.reason) == (together.plausible, together.reason)
    assert finder.find_all([]) == []


@pytest.mark.real
def test_children_of_validation_are_outlined_as_people_did(finder, real_data):
    import pandas as pd

    from xray_core.imaging.reader import read_radiograph

    listed = pd.read_csv(find_bundle("kerley-lungs-1", "segmenter").path / "films.csv", dtype=str)
    validation = set(listed.loc[listed["role"] == "validation", "sha256"])
    scores = []
    for path in sorted((real_data / "lung_masks").glob("*/*.png"))[::3]:
        file = real_data / "chest_xray" / "train" / path.parent.name / f"{path.stem}.jpeg"
        film = read_radiograph(file.read_bytes(), file.name)
        if film.sha256 in validation:
            drawn = read_radiograph(path.read_bytes(), path.name).pixels > 0
            mask = finder.find(film.pixels).mask
            scores.append(2 * (mask & drawn).sum() / (mask.sum() + drawn.sum()))
    assert len(scores) >= 100
    assert np.mean(scores) >= 0.94


def test_a_classifier_finds_no_lungs(tiny_bundle):
    with pytest.raises(BundleError, match="is a classifier, not a segmenter"):
        LungFinder(find_bundle("tiny"))


def test_a_changed_bundle_is_not_used(tiny_segmenter):
    info = find_bundle("tiny-lungs", "segmenter")
    (tiny_segmenter / "model.keras").write_bytes(b"not weights")
    with pytest.raises(BundleError, match="were changed"):
        LungFinder(info)


def info_of(folder) -> BundleInfo:
    return BundleInfo(
        folder.name, "segmenter", folder, trust(folder), BundleManifest.read(folder), False
    )


def test_damaged_weights_are_one_sentence(tiny_segmenter):
    (tiny_segmenter / "model.keras").write_bytes(b"not weights")
    with pytest.raises(BundleError, match=r"not a \.keras archive"):
        LungFinder(info_of(tiny_segmenter))


def test_weights_that_are_no_numbers_are_refused(tiny_segmenter):
    from xray_core.networks.lung_unet import build_lung_unet

    model = build_lung_unet(32)
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    model.save(tiny_segmenter / "model.keras")
    with pytest.raises(BundleError, match="gives no numbers"):
        LungFinder(info_of(tiny_segmenter))


def test_weights_of_another_size_are_refused(tiny_segmenter):
    from xray_core.networks.lung_unet import build_lung_unet

    build_lung_unet(48).save(tiny_segmenter / "model.keras")
    with pytest.raises(BundleError, match=r"not what its bundle\.json says"):
        LungFinder(info_of(tiny_segmenter))
