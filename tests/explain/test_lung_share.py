"""The lungs' share of an explanation is what geometry says, and null where there are no lungs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xray_core.explain.explanation import Explanation
from xray_core.explain.lime import LimeSettings
from xray_core.explain.lung_share import (
    LungShare,
    find_lung_share,
    lung_share,
    lung_share_in_words,
)
from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_radiograph
from xray_core.lungs import Lungs
from xray_core.lungs.plausibility import NO_PAIR


def explained(segments, weights):
    return Explanation(
        method="LIME",
        target="PNEUMONIA",
        segments=np.asarray(segments, np.int32),
        weights=np.asarray(weights, np.float64),
        intercept=0.1,
        prediction=0.9,
        r2=0.8,
        samples=100,
        seconds=1.0,
        settings=LimeSettings(),
    )


def lungs_of(mask):
    return Lungs(np.asarray(mask, bool), (0, 0, *np.shape(mask)), True, "")


QUARTERS = np.kron(np.array([[0, 1], [2, 3]]), np.ones((4, 4), int))


def test_evidence_counts_whether_it_speaks_for_or_against():
    mask = np.zeros((80, 80), bool)
    mask[:40] = True  # the superpixels 0 and 1
    found = lung_share(
        explained(QUARTERS, [3, -1, 2, -4]), InputGeometry.whole(mask.shape, 8), lungs_of(mask)
    )
    assert found.evidence == pytest.approx(0.4)
    assert found.area == pytest.approx(0.5)
    assert found.reason == ""


def test_a_superpixel_that_lies_in_the_lungs_in_part_counts_in_part():
    mask = np.zeros((80, 80), bool)
    mask[:40, :10] = True  # a quarter of superpixel 0
    found = lung_share(
        explained(QUARTERS, [1, 0, 0, 1]), InputGeometry.whole(mask.shape, 8), lungs_of(mask)
    )
    assert found.evidence == pytest.approx(1 / 8)
    assert found.area == pytest.approx(1 / 16)


def test_chance_counts_superpixels_and_not_pixels():
    mask = np.zeros((8, 8), bool)
    mask[:, :6] = True
    segments = np.zeros((8, 8), int)
    segments[:, 6], segments[:, 7] = 1, 2  # one large superpixel in the lungs, two small outside
    alike = lung_share(
        explained(segments, [1, -1, 1]), InputGeometry.whole((8, 8), 8), lungs_of(mask)
    )
    assert alike.area == pytest.approx(0.75)
    assert alike.chance == alike.evidence == pytest.approx(1 / 3)
    assert alike.to_json()["lung_chance"] == alike.chance
    assert lung_share_in_words(alike).endswith("and chance alone would put 33% in them.")


def test_only_what_the_network_sees_of_the_lungs_counts():
    mask = np.zeros((100, 200), bool)
    mask[:, :120] = True
    geometry = InputGeometry(mask.shape, (0, 100, 80, 180), 8)
    found = lung_share(explained(QUARTERS, [1, 1, 1, 1]), geometry, lungs_of(mask))
    assert found.area == found.evidence == pytest.approx(20 / 80)


@given(
    arrays(np.int32, (6, 6), elements=st.integers(0, 4)),
    arrays(np.float64, 5, elements=st.floats(-1, 1).filter(lambda x: x == 0 or abs(x) > 1e-3)),
    arrays(bool, (18, 30)),
    st.floats(0.1, 10),
)
def test_it_is_the_share_of_the_weight_spread_evenly_over_the_film(segments, weights, mask, scale):
    _, segments = np.unique(segments, return_inverse=True)
    segments = segments.reshape(6, 6)
    weights = weights[: segments.max() + 1]
    geometry = InputGeometry.whole(mask.shape, 6)
    found = lung_share(explained(segments, weights), geometry, lungs_of(mask))
    on_film = np.asarray(geometry.to_film(segments.astype(np.int32)), int)
    spread = (np.abs(weights) / np.bincount(on_film.ravel()))[on_film]
    assert found.area == pytest.approx(mask.mean(), abs=1e-6)
    if not weights.any():
        assert found.evidence is None
        return
    assert found.evidence == pytest.approx(spread[mask].sum() / spread.sum(), abs=1e-6)
    other = lung_share(explained(segments, -scale * weights), geometry, lungs_of(mask))
    assert other.evidence == pytest.approx(found.evidence)


def test_without_plausible_lungs_there_is_no_share_and_the_reason_is_said():
    lungs = replace(lungs_of(np.ones((8, 8))), box=None, plausible=False, reason=NO_PAIR)
    found = lung_share(
        explained(QUARTERS, [1, 0, 0, 0]), InputGeometry.whole((8, 8), 8), lungs, ("finder", "ab")
    )
    assert found.to_json() == {
        "lung_share": None,
        "lung_area": None,
        "lung_chance": None,
        "lungs": {"finder": "finder", "finder_sha256": "ab", "reason": NO_PAIR},
    }
    assert lung_share_in_words(found).endswith(f"is not known. {NO_PAIR}")


def test_without_any_weight_there_is_no_share_but_an_area():
    geometry = InputGeometry.whole((8, 8), 8)
    found = lung_share(explained(QUARTERS, [0, 0, 0, 0]), geometry, lungs_of(np.ones((8, 8))))
    assert (found.evidence, found.area, found.chance) == (None, 1.0, 1.0)
    assert "no evidence" in lung_share_in_words(found)


def test_the_share_is_said_beside_that_of_the_area():
    words = lung_share_in_words(LungShare(0.62, 0.48, "", None))
    assert words == (
        "62% of the evidence lies in the lungs, 38% outside; the lungs cover 48% of what the model "
        "sees."
    )


def test_the_default_segmenter_finds_the_lungs_of_a_phantom():
    film = phantom_radiograph(draw_phantom(3, PhantomKind.LOBAR))
    everywhere = explained(QUARTERS, [1, 1, 1, 1])
    found = find_lung_share(everywhere, InputGeometry.whole(film.shape, 8), film)
    assert found.evidence == pytest.approx(found.area)
    assert 0.1 < found.area < 0.6
    assert found.finder[0].startswith("kerley-lungs")
    assert len(found.finder[1]) == 64


def test_without_a_segmenter_it_says_what_is_missing(tiny_bundle):
    film = phantom_radiograph(draw_phantom(3, PhantomKind.LOBAR, size=96))
    found = find_lung_share(
        explained(QUARTERS, [1, 0, 0, 0]), InputGeometry.whole(film.shape, 8), film
    )
    assert (found.evidence, found.area, found.finder) == (None, None, None)
    assert "No model that finds lungs is installed" in lung_share_in_words(found)
