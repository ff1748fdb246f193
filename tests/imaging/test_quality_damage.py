"""A damaged film is told apart from a good one, whatever its size, and never closes the page."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spoilt import (
    Damage,
    Pixels,
    blurred,
    brighter,
    darker,
    enlarged,
    framed,
    jpeg,
    judge,
    levels,
    noisy,
    smeared,
    speckled,
)

from xray_core.errors import UnsuitableFilm
from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.imaging.quality import Quality
from xray_core.imaging.reader import read_radiograph

CHESTS = {size: draw_phantom(5, PhantomKind.NORMAL, size=size).pixels for size in (224, 320, 1000)}
SIZES = pytest.mark.parametrize("size", CHESTS)


@SIZES
def test_a_good_film_needs_no_words(size: int) -> None:
    assert judge(CHESTS[size]) == Quality()


@pytest.mark.parametrize(
    "damage",
    [jpeg(75), noisy(0.01), blurred(400), framed(0.05), levels(128), lambda film: 0.2 + 0.6 * film],
    ids=["jpeg 75", "a little noise", "a little blur", "thin bars", "128 levels", "less contrast"],
)
@SIZES
def test_slight_damage_needs_no_words(size: int, damage: Damage) -> None:
    assert judge(damage(CHESTS[size])) == Quality()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (blurred(30), "too blurred"),
        (blurred(60), "too blurred"),
        (smeared(12), "too blurred"),
        (smeared(12, down=True), "too blurred"),
        (enlarged(32, cv2.INTER_LINEAR), "too blurred"),
        (levels(4), "too few shades"),
        (brighter(3), "pure white"),
        (darker(2.6), "pure black"),
        (framed(0.3), "empty border"),
        (enlarged(24), "made of squares"),
    ],
    ids=["blur w/30", "blur w/60", "across", "down", "32 px, smooth", "4 levels", "burnt out",
         "black", "bars", "24 px"],
)  # fmt: skip
@SIZES
def test_a_film_that_cannot_be_read_makes_the_model_abstain(
    size: int, damage: Damage, words: str
) -> None:
    assert any(words in reason for reason in judge(damage(CHESTS[size])).abstain)


def test_what_hides_a_blur_does_not_help_it() -> None:
    blur = blurred(25)(CHESTS[320])
    for cover in (noisy(0.02), jpeg(20)):
        assert any("too blurred" in reason for reason in judge(cover(blur)).abstain)
    letters = (255 * blur).round().astype(np.uint8)
    cv2.putText(letters, "R 1234", (20, 40), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 3)
    letters[:, -10:] = 0
    letters = letters / np.float32(255)
    assert any("too blurred" in reason for reason in judge(letters).abstain)


@SIZES
def test_noise_that_a_network_sees_makes_it_abstain(size: int) -> None:
    film = noisy(0.3, grain=round(size / 224))(CHESTS[size])
    assert any("too noisy" in reason for reason in judge(film).abstain)
    assert any("too noisy" in reason for reason in judge(speckled(0.1)(CHESTS[224])).abstain)


def test_noise_that_a_network_does_not_see_is_said() -> None:
    assert judge(noisy(0.1)(CHESTS[1000])) == Quality(
        warnings=("The film is noisy: noise may cover fine detail.",)
    )


def test_grain_of_a_large_film_is_said_where_a_network_still_sees_it() -> None:
    large, small = (noisy(0.04)(CHESTS[size]) for size in (1000, 320))
    assert judge(large) == judge(noisy(0.005)(CHESTS[224])) == Quality()
    assert any("is grainy" in warning for warning in judge(small).warnings)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (blurred(100), "is blurred"),
        (noisy(0.06), "is noisy"),
        (noisy(0.02), "is grainy"),
        (jpeg(5), "made of squares"),
        (enlarged(64), "made of squares"),
        (enlarged(120), "made of squares"),
        (enlarged(160), "repeating pixels"),
        (enlarged(180), "repeating pixels"),
        (lambda film: jpeg(95)(enlarged(150)(film)), "repeating pixels"),
        (levels(16), "few shades of grey"),
        (lambda film: (0.4 + 0.2 * film).astype(np.float32), "contrast is very low"),
        (framed(0.2), "empty border; crop it"),
        (framed(0.2, 0.5), "empty border; crop it"),
    ],
    ids=[
        "blur",
        "noise",
        "grain",
        "jpeg 5",
        "64 px",
        "120 px",
        "160 px",
        "180 px",
        "150 px, jpeg 95",
        "16 levels",
        "contrast",
        "black bars",
        "grey bars",
    ],
)
def test_damage_that_leaves_enough_to_read_is_said(damage: Damage, words: str) -> None:
    found = judge(damage(CHESTS[224]))
    assert any(words in warning for warning in found.warnings)
    assert found.abstain == ()


@pytest.mark.parametrize(
    ("size", "own"), [(320, 250), (1000, 700)], ids=["320 px of 250", "1000 px of 700"]
)
def test_repeated_pixels_that_leave_detail_enough_need_no_words(size: int, own: int) -> None:
    assert judge(enlarged(own)(CHESTS[size])) == Quality()


@pytest.mark.parametrize("damage", [jpeg(5), enlarged(200)], ids=["jpeg 5", "enlarged"])
def test_squares_of_a_large_film_are_said(damage: Damage) -> None:
    found = judge(damage(CHESTS[1000]))
    assert any("made of squares" in warning for warning in found.warnings)
    assert found.abstain == ()


def test_a_small_film_is_low_in_resolution_but_not_blurred() -> None:
    small = draw_phantom(5, PhantomKind.NORMAL, size=96).pixels
    (warning,) = judge(small).warnings
    assert "resolution is low" in warning
    assert any("too blurred" in reason for reason in judge(blurred(20)(small)).abstain)


SIDES = st.integers(1, 260)
FILLS = st.sampled_from(["noise", "flat", "ramp", "steps", "dots", "half"])


@st.composite
def odd_films(draw: st.DrawFn) -> Pixels:
    """Pictures of any shape, some with hardly anything on them, some with all of it."""
    height, width = draw(SIDES), draw(SIDES)
    values = np.random.default_rng(draw(st.integers(0, 99))).random((height, width))
    y, x = np.mgrid[:height, :width]
    fill = draw(FILLS)
    film = {
        "noise": values,
        "flat": np.full((height, width), draw(st.floats(0, 1))),
        "ramp": x / max(width - 1, 1),
        "steps": (x // draw(st.integers(1, 60)) + y // draw(st.integers(1, 60))) % 3 / 2,
        "dots": (values > 0.999).astype(float),
        "half": np.where(x < width / 2, values, draw(st.sampled_from([0.0, 0.5, 1.0]))),
    }[fill]
    scale = draw(st.floats(0, 1))
    return np.asarray((1 - scale) * draw(st.floats(0, 1)) + scale * film, np.float32)


@settings(deadline=None, max_examples=150)
@given(odd_films())
def test_no_film_however_odd_gives_anything_but_sentences(film: Pixels) -> None:
    try:
        found = judge(film)
    except UnsuitableFilm as error:
        assert error.reason.endswith(".")
        return
    for words in (*found.abstain, *found.warnings):
        assert not words[0].islower() and words.endswith(".") and "nan" not in words


@pytest.fixture(scope="module")
def films(real_data: Path) -> list[Pixels]:
    folders = ("chest_xray/train/*", "adult_cxr/train/*", "radiography/train/*")
    paths = [
        path
        for pattern in folders
        for folder in sorted(real_data.glob(pattern))
        for path in sorted(folder.glob("*.*g"))[:40]
    ]
    paths += sorted(real_data.glob("fullres_samples/*/*"))
    return [read_radiograph(path.read_bytes(), path.name).pixels for path in paths]


@pytest.mark.real
def test_real_films_are_left_alone(films: list[Pixels]) -> None:
    found = [judge(film) for film in films]
    assert len(films) >= 200
    assert not any(each.abstain for each in found)
    assert sum(bool(each.warnings) for each in found) <= 0.02 * len(films)


@pytest.mark.real
def test_inverted_real_films_are_noticed(films: list[Pixels]) -> None:
    inverted = [any("inverted" in w for w in judge(1 - film).warnings) for film in films]
    assert sum(inverted) >= 0.98 * len(films)


@pytest.mark.real
@pytest.mark.parametrize(
    "damage", [blurred(30), blurred(60), noisy(0.2), levels(4), enlarged(20)],
    ids=["blur w/30", "blur w/60", "noise", "4 levels", "20 px"],
)  # fmt: skip
def test_spoilt_real_films_make_the_model_abstain(films: list[Pixels], damage: Damage) -> None:
    small = [film for film in films if film.shape == (224, 224)][::3]
    abstained = 0
    for film in small:
        try:
            abstained += bool(judge(damage(film)).abstain)
        except UnsuitableFilm:
            abstained += 1
    assert abstained >= 0.95 * len(small)
