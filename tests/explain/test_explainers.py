"""The list of explainers is what select boxes and the command line are built from."""

import pytest

from xray_core.errors import ExplanationError
from xray_core.explain.registry import EXPLAINERS, explainer


def test_every_explainer_is_found_by_its_own_name():
    assert len({spec.name for spec in EXPLAINERS}) == len(EXPLAINERS)
    for spec in EXPLAINERS:
        assert explainer(spec.name) is spec
        assert callable(spec.explain)
        assert spec.title and spec.description.endswith(".") and spec.source


def test_an_unknown_one_is_refused_with_those_allowed():
    with pytest.raises(ExplanationError, match="'shap' is not one of lime, activations"):
        explainer("shap")
