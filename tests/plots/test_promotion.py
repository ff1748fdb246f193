"""The gate's picture: what is allowed and where the models are equal can both be read."""

import pytest

from xray_core.plots.promotion import difference_figure


@pytest.mark.parametrize(("difference", "bound"), [(0.0, -0.08), (-0.5, -0.8), (0.03, 0.01)])
@pytest.mark.parametrize("margin", [0.0, 0.02, 0.05])
def test_its_marks_do_not_lie_over_each_other(difference, bound, margin):
    figure = difference_figure({"difference": difference, "lower_bound": bound}, margin)
    allowed, equal, _ = figure.layout.annotations
    assert allowed.text.startswith("allowed") and allowed.xanchor == "right"
    assert equal.text == "as the champion" and equal.xanchor == "left"
    assert allowed.x <= equal.x
