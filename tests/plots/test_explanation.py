"""LIME pictures say which superpixels speak for and against, not by colour alone."""

from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from xray_core.explain.explanation import Explanation
from xray_core.explain.lime import LimeSettings
from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.radiograph import FilmHeader, Radiograph
from xray_core.inference.prediction import Decision, ModelRef
from xray_core.plots.explanation import lime_figure
from xray_core.plots.explanation_png import (
    ABSTAINS,
    _lines,
    about_lines,
    lime_mask_png,
    lime_png,
)
from xray_core.plots.film import screen_of
from xray_core.plots.lime_look import BLUE, GREEN, HEAT_RED, RED, Look, fit_in_words, heat_colour
from xray_core.plots.outlines import outlines

SIZE, HEIGHT, WIDTH = 32, 300, 500
BOX = (20, 40, 276, 424)


@pytest.fixture
def geometry():
    return InputGeometry((HEIGHT, WIDTH), BOX, SIZE)


@pytest.fixture
def explanation():
    """Sixteen squares; number 5 supports, 10 speaks against, 3 supports a little."""
    rows, columns = np.mgrid[:SIZE, :SIZE] // 8
    weights = np.zeros(16)
    weights[[5, 10, 3]] = 0.4, -0.3, 0.1
    return Explanation(
        "LIME",
        "PNEUMONIA",
        (rows * 4 + columns).astype(np.int32),
        weights,
        0.2,
        0.83,
        0.55,
        200,
        1.0,
        LimeSettings(samples=200, segments=16),
    )


def screen(*, spacing=None, synthetic=False):
    header = FilmHeader("PNG", 8, pixel_spacing_mm=spacing, spacing_calibrated=spacing is not None)
    pixels = np.full((HEIGHT, WIDTH), 0.5, np.float32)
    return screen_of(Radiograph(pixels, "a.png", "0" * 64, header, synthetic=synthetic))


def named(figure, words):
    return next(trace for trace in figure.data if trace.name and words in trace.name)


def scatters(figure):
    return [trace for trace in figure.data if trace.type == "scatter"]


def pixel(picture, number, *, dx=2, dy=2):
    """Return the RGB of a picture off the middle of a square, beside its sign."""
    scale = picture.shape[1] / WIDTH if picture.shape[1] < 1000 else 900 / WIDTH
    row, column = divmod(number, 4)
    x = BOX[1] + (column + 0.5) * (BOX[3] - BOX[1]) / 4 + dx * 8
    y = BOX[0] + (row + 0.5) * (BOX[2] - BOX[0]) / 4 + dy * 8
    return picture[round(y * scale), round(x * scale)].astype(int)


def decode(data):
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), 1), cv2.COLOR_BGR2RGB)


def test_outlines_lie_on_the_film_where_the_superpixels_are(explanation, geometry):
    made = outlines(explanation, geometry)
    assert [outline.number for outline in made] == list(range(16))
    ring = np.concatenate(made[0].rings)
    assert ring.min(axis=0) == pytest.approx([40, 20], abs=1.0)
    assert ring.max(axis=0) == pytest.approx([40 + 96, 20 + 64], abs=2.0)
    assert made[5].anchor == pytest.approx((40 + 1.5 * 96, 20 + 1.5 * 64), abs=8)
    assert made[5].weight == 0.4


def test_a_superpixel_of_one_pixel_has_an_outline(explanation, geometry):
    segments = explanation.segments.copy()
    segments[20, 20] = 16
    tiny = replace(explanation, segments=segments, weights=np.append(explanation.weights, 0.2))
    assert len(outlines(tiny, geometry)[16].rings) == 1


@pytest.mark.parametrize("view", ["boundaries", "heat"])
def test_for_is_solid_with_plus_and_against_is_dashed_with_minus(view, explanation, geometry):
    figure = lime_figure(screen(), geometry, explanation, Look(view))
    supports, against = named(figure, "supports Pneumonia"), named(figure, "against Pneumonia")
    assert supports.line.dash == "solid"
    assert against.line.dash != "solid"
    signs = [trace.text for trace in scatters(figure) if trace.mode == "markers+text"]
    assert signs == [("<b>+</b>", "<b>+</b>"), ("<b>−</b>",)]
    assert "(+)" in supports.name and "(−)" in against.name


def test_only_the_strongest_are_outlined(explanation, geometry):
    figure = lime_figure(screen(), geometry, explanation, Look(top=1))
    assert named(figure, "supports").x.count(None) == 1
    assert not any(trace.name and "against" in trace.name for trace in figure.data)


def test_the_pointer_is_told_number_and_weight(explanation, geometry):
    pointer = next(
        trace
        for trace in lime_figure(screen(), geometry, explanation).data
        if trace.type == "heatmap"
    )
    assert pointer.z[12][12] == 0.4
    assert pointer.text[12][12] == "5"
    assert "superpixel %{text}" in pointer.hovertemplate
    assert pointer.x0 == BOX[1] + 6 and pointer.dx == 12
    assert pointer.y0 == BOX[0] + 4 and pointer.dy == 8


def test_r2_and_target_stand_above(explanation, geometry):
    title = lime_figure(screen(), geometry, explanation).layout.title.text
    assert "Pneumonia" in title and "83.0 %" in title and "R² 0.55 (with caution)" in title
    unknown = replace(explanation, r2=None)
    assert "no local fit" in lime_figure(screen(), geometry, unknown).layout.title.text


@pytest.mark.parametrize(("p", "said"), [(0.99999, "over 99.9 %"), (0.00001, "under 0.1 %")])
def test_no_answer_is_rounded_to_certainty(p, said, explanation, geometry):
    sure = replace(explanation, prediction=p)
    assert said in lime_figure(screen(), geometry, sure).layout.title.text
    assert f"LIME, PNEUMONIA {said}; " in _lines(sure, "heat", (), synthetic=False)[0]


def test_the_heat_map_is_symmetric_and_blue_supports(explanation, geometry):
    figure = lime_figure(screen(), geometry, explanation, Look("heat", 0.5))
    bar = next(trace.marker for trace in scatters(figure) if trace.marker.showscale)
    assert (bar.cmin, bar.cmax) == (-0.4, 0.4)
    assert bar.colorbar.ticktext[-1] == "+0.4 for"
    fills = [trace.fillcolor for trace in scatters(figure) if trace.line.width == 0]
    assert len(fills) == 3
    assert heat_colour(1.0) == (BLUE, 1.0)
    assert heat_colour(-1.0) == (HEAT_RED, 1.0)
    assert heat_colour(0.0)[1] == 0.0


def test_lengths_in_millimetres_move_the_overlay_too(explanation, geometry):
    plain = lime_figure(screen(), geometry, explanation)
    scaled = lime_figure(screen(spacing=(0.5, 0.25)), geometry, explanation)
    xs = [np.array(named(f, "supports").x[:-1], float) for f in (plain, scaled)]
    assert np.nanmax(xs[1]) == pytest.approx(np.nanmax(xs[0]) * 0.25, abs=0.1)


@pytest.mark.parametrize("view", ["boundaries", "heat"])
def test_an_explanation_of_nothing_is_drawn(view, explanation, geometry):
    empty = replace(explanation, weights=np.zeros(16), r2=None, note="Nothing.")
    figure = lime_figure(screen(), geometry, empty, Look(view))
    assert not any(trace.mode == "markers+text" for trace in scatters(figure))
    assert decode(lime_png(screen(), geometry, empty, Look(view))).ndim == 3


@pytest.mark.parametrize(
    ("view", "supports", "against"), [("boundaries", GREEN, RED), ("heat", BLUE, HEAT_RED)]
)
def test_the_png_has_the_colours_of_the_sides(view, supports, against, explanation, geometry):
    picture = decode(lime_png(screen(), geometry, explanation, Look(view, 0.5)))
    grey = np.array([127, 127, 127])
    for number, colour in ((5, supports), (10, against)):
        change = pixel(picture, number) - grey
        assert np.dot(change, np.array(colour) - grey) > 500
    assert np.abs(pixel(picture, 0) - grey).max() <= 2


def test_without_opacity_the_film_is_not_coloured(explanation, geometry):
    picture = decode(lime_png(screen(), geometry, explanation, Look(opacity=0.0)))
    assert np.abs(pixel(picture, 5) - 127).max() <= 2


def test_the_png_says_what_it_is_in_a_strip_below(explanation, geometry):
    plain = decode(lime_png(screen(), geometry, explanation))
    phantom = decode(lime_png(screen(synthetic=True), geometry, explanation))
    film_height = round(HEIGHT * 900 / WIDTH)
    assert plain.shape[1] == 900
    assert plain[film_height:].max() > 150
    assert phantom.shape[0] > plain.shape[0] > film_height


def test_a_phantom_is_labelled_in_the_figure(explanation, geometry):
    figure = lime_figure(screen(synthetic=True), geometry, explanation)
    assert any("SYNTHETIC" in note.text for note in figure.layout.annotations)


def test_the_mask_has_the_size_of_the_film(explanation, geometry):
    data = np.frombuffer(lime_mask_png(geometry, explanation, top=2), np.uint8)
    mask = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    assert mask.shape == (HEIGHT, WIDTH)
    assert set(np.unique(mask)) == {0, 128, 255}
    assert (mask == 255).sum() == (mask == 128).sum() == 96 * 64
    assert mask[20 + 96, 40 + 144] == 255


def test_few_samples_are_never_called_a_close_fit(explanation):
    few = replace(explanation, r2=0.97, samples=4 * len(explanation.weights))
    assert "too few samples" in fit_in_words(few)
    assert "close" in fit_in_words(replace(few, samples=5 * len(explanation.weights)))


def test_a_picture_that_left_the_page_says_whose_it_is_and_that_the_model_abstained():
    film = SimpleNamespace(sha256="ab" * 32)
    model = ModelRef("tiny", "cd" * 32)
    said = SimpleNamespace(decision=Decision.ABSTAIN)
    (whose,) = about_lines(film, None, model)
    assert whose == "film abababababababab; model tiny (cdcdcdcdcdcd)"
    assert about_lines(film, said, model) == (whose, ABSTAINS)


def test_what_is_said_about_a_picture_stands_in_its_strip(explanation, geometry):
    bare = decode(lime_png(screen(), geometry, explanation))
    told = decode(lime_png(screen(), geometry, explanation, about=("film x", ABSTAINS)))
    assert told.shape[0] > bare.shape[0]
