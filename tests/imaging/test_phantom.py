"""Phantoms: drawn from a seed, with a ground truth that is true."""

from functools import cache
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from xray_core.errors import ConfigError
from xray_core.imaging.phantom import (
    Phantom,
    PhantomKind,
    draw_phantom,
    phantom_png,
    phantom_radiograph,
)
from xray_core.labels import BACTERIAL, COVID, NORMAL, VIRAL

SICK = [PhantomKind.LOBAR, PhantomKind.INTERSTITIAL, PhantomKind.PERIPHERAL]
AGES = [False, True]

drawn = cache(draw_phantom)


def added(phantom: Phantom) -> np.ndarray:
    """The film less its normal twin."""
    size = phantom.pixels.shape[0]
    twin = drawn(phantom.seed, PhantomKind.NORMAL, adult=phantom.adult, size=size)
    return phantom.pixels - twin.pixels


def mean_in(values: np.ndarray, box: tuple[float, float, float, float]) -> float:
    """Mean in a box given as fractions (top, bottom, left, right) of the film."""
    h, w = values.shape
    top, bottom, left, right = box
    return float(values[int(top * h) : int(bottom * h), int(left * w) : int(right * w)].mean())


@pytest.mark.parametrize("kind", PhantomKind)
@pytest.mark.parametrize("adult", AGES)
def test_same_arguments_give_the_same_film(kind: PhantomKind, adult: bool) -> None:
    first = draw_phantom(3, kind, adult=adult, size=128)
    again = draw_phantom(3, kind, adult=adult, size=128)
    assert first.pixels.tobytes() == again.pixels.tobytes()
    assert first.mask.tobytes() == again.mask.tobytes()


def test_another_seed_and_another_age_are_other_patients() -> None:
    film = drawn(3, PhantomKind.NORMAL, size=128).pixels
    assert np.abs(film - drawn(4, PhantomKind.NORMAL, size=128).pixels).mean() > 0.01
    assert np.abs(film - drawn(3, PhantomKind.NORMAL, adult=True, size=128).pixels).mean() > 0.01


@pytest.mark.parametrize("kind", PhantomKind)
@pytest.mark.parametrize("size", [64, 224, 700])
def test_pixels_keep_the_contract_at_every_size(kind: PhantomKind, size: int) -> None:
    phantom = drawn(5, kind, size=size)
    assert phantom.pixels.shape == phantom.mask.shape == (size, size)
    assert phantom.pixels.dtype == np.float32 and phantom.mask.dtype == np.bool_
    assert not phantom.pixels.flags.writeable and not phantom.mask.flags.writeable
    assert phantom.pixels.min() >= 0 and phantom.pixels.max() <= 1
    assert phantom.pixels.std() > 0.15
    assert np.isfinite(phantom.pixels).all()


def test_a_film_shows_the_same_patient_at_every_size() -> None:
    small = drawn(6, PhantomKind.LOBAR, size=256).pixels
    large = drawn(6, PhantomKind.LOBAR, size=1024).pixels.reshape(256, 4, 256, 4).mean((1, 3))
    assert np.corrcoef(small.ravel(), large.ravel())[0, 1] > 0.985


def test_a_normal_film_has_nothing_added() -> None:
    assert not any(drawn(s, PhantomKind.NORMAL, size=128).mask.any() for s in range(4))


@pytest.mark.parametrize("kind", SICK)
@pytest.mark.parametrize("adult", AGES)
@pytest.mark.parametrize("seed", range(4))
def test_the_mask_is_where_the_film_is_denser_than_its_normal_twin(
    kind: PhantomKind, adult: bool, seed: int
) -> None:
    phantom = drawn(seed, kind, adult=adult, size=224)
    more, mask = added(phantom), phantom.mask
    assert 0.005 < mask.mean() < 0.4
    assert more.min() >= -1 / 255 - 1e-6
    assert more[mask].mean() > 0.03
    assert more[mask].sum() > 0.95 * np.abs(more).sum()


@pytest.mark.parametrize("kind", SICK)
@pytest.mark.parametrize("adult", AGES)
def test_outside_the_mask_the_film_is_its_normal_twin(kind: PhantomKind, adult: bool) -> None:
    phantom = drawn(7, kind, adult=adult)
    assert np.abs(added(phantom)[~phantom.mask]).max() <= 5 / 255 + 1e-6


@pytest.mark.parametrize("kind", SICK)
@pytest.mark.parametrize("adult", AGES)
def test_the_finding_lies_in_the_lungs(kind: PhantomKind, adult: bool) -> None:
    phantom = drawn(8, kind, adult=adult)
    rows, columns = np.nonzero(phantom.mask)
    assert np.quantile(rows, 0.99) < 0.85 * 512 and np.quantile(rows, 0.01) > 0.05 * 512
    assert columns.min() > 0.05 * 512 and columns.max() < 0.95 * 512
    twin = drawn(8, PhantomKind.NORMAL, adult=adult).pixels
    assert twin[phantom.mask].mean() < np.quantile(twin[200:450, 100:400], 0.6)


def test_lobar_is_one_sided_and_dense_and_the_others_are_two_sided() -> None:
    for seed in range(4):
        shares = {}
        for kind in SICK:
            phantom = drawn(seed, kind, size=224)
            left = phantom.mask[:, :112].sum() / phantom.mask.sum()
            shares[kind] = min(left, 1 - left)
        assert shares[PhantomKind.LOBAR] < 0.05
        assert shares[PhantomKind.INTERSTITIAL] > 0.2
        assert shares[PhantomKind.PERIPHERAL] > 0.1


def test_lobar_is_denser_where_it_is_than_the_others() -> None:
    def strength(kind: PhantomKind) -> float:
        films = [drawn(s, kind, size=224) for s in range(4)]
        return float(np.mean([added(film)[film.mask].mean() for film in films]))

    assert strength(PhantomKind.LOBAR) > 1.3 * strength(PhantomKind.PERIPHERAL)
    assert strength(PhantomKind.LOBAR) > 1.3 * strength(PhantomKind.INTERSTITIAL)


def test_interstitial_is_central_and_peripheral_is_peripheral() -> None:
    def outwards(kind: PhantomKind) -> float:
        far = np.abs(np.arange(224) + 0.5 - 112) / 112
        weight = sum(np.clip(added(drawn(s, kind, size=224)), 0, 1).sum(0) for s in range(4))
        return float((far * weight).sum() / np.sum(weight))

    assert outwards(PhantomKind.PERIPHERAL) > outwards(PhantomKind.INTERSTITIAL) + 0.08


@pytest.mark.parametrize("adult", AGES)
@pytest.mark.parametrize("seed", range(6))
def test_a_normal_film_is_laid_out_as_a_chest_film(seed: int, adult: bool) -> None:
    film = drawn(seed, PhantomKind.NORMAL, adult=adult, size=224).pixels
    right, left = mean_in(film, (0.3, 0.5, 0.2, 0.32)), mean_in(film, (0.3, 0.5, 0.7, 0.8))
    spine = mean_in(film, (0.4, 0.6, 0.46, 0.54))
    abdomen = mean_in(film, (0.85, 0.95, 0.25, 0.7))
    assert max(right, left) + 0.15 < min(spine, abdomen)
    beside = mean_in(film, (0.5, 0.65, 0.56, 0.62)) - mean_in(film, (0.5, 0.65, 0.36, 0.42))
    assert beside > 0, "the heart lies to the patient's left, right on the film"


def cardiothoracic_ratio(adult: bool) -> float:
    """Heart over chest width on the mean of some films, at half way between lung and heart."""
    films = [drawn(s, PhantomKind.NORMAL, adult=adult, size=224).pixels for s in range(8)]
    row = np.mean([film[124:140] for film in films], axis=(0, 1))
    lung = row[25:199].min()
    dark = np.flatnonzero(row[:224] < (lung + row[105:119].mean()) / 2)
    dark = dark[(dark > 25) & (dark < 199)]
    right, left = dark[dark < 112], dark[dark > 112]
    return float((left.min() - right.max()) / (left.max() - right.min()))


def test_a_child_has_the_larger_heart() -> None:
    assert 0.3 < cardiothoracic_ratio(True) < cardiothoracic_ratio(False) < 0.7


@pytest.mark.parametrize(
    ("kind", "name"),
    list(zip(PhantomKind, [NORMAL, BACTERIAL, VIRAL, COVID], strict=True)),
)
def test_the_label_is_the_class_that_it_imitates(kind: PhantomKind, name: str) -> None:
    assert drawn(1, kind, size=128).label == frozenset({name})


def test_the_png_says_that_it_is_synthetic_and_holds_the_same_pixels() -> None:
    phantom = drawn(2, PhantomKind.LOBAR, size=224)
    with Image.open(BytesIO(phantom_png(phantom))) as image:
        assert image.mode == "L" and image.text["Synthetic"].startswith("Synthetic phantom")
        assert np.array_equal(np.asarray(image, np.float32) / np.float32(255), phantom.pixels)


def test_the_word_synthetic_is_burned_into_the_film() -> None:
    lower = drawn(2, PhantomKind.NORMAL).pixels[-26:]
    assert (lower > 0.9).sum() > 100


def test_the_radiograph_is_flagged_as_synthetic() -> None:
    film = phantom_radiograph(drawn(2, PhantomKind.PERIPHERAL, size=224))
    assert film.synthetic and film.warnings == ("Synthetic phantom, not a patient.",)
    assert film.source == "phantom-peripheral-2.png" and film.header.format == "PNG"
    assert len(film.sha256) == 64 and film.shape == (224, 224)


@pytest.mark.parametrize(("seed", "size"), [(-1, 512), (0, 63), (0, 5000)])
def test_a_bad_seed_or_size_is_refused_with_one_sentence(seed: int, size: int) -> None:
    with pytest.raises(ConfigError, match="64 to 2048 px"):
        draw_phantom(seed, PhantomKind.NORMAL, size=size)
