"""The explainers, in one explicit list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xray_core.errors import ExplanationError
from xray_core.explain.activations import channels
from xray_core.explain.lime import explain_lime


@dataclass(frozen=True)
class ExplainerSpec:
    """One way to look into a network.

    Attributes:
        name: key used on the command line and in records.
        title: what a person reads.
        description: one sentence on what it shows and what it costs.
        source: where the method comes from.
        explain: the function that does it; its docstring says what it takes and returns.
    """

    name: str
    title: str
    description: str
    source: str
    explain: Callable[..., Any]


EXPLAINERS: tuple[ExplainerSpec, ...] = (
    ExplainerSpec(
        "lime",
        "Superpixels (LIME)",
        "Which parts of the film speak for and against an answer, found by hiding them at random; "
        "it needs only the network's answers, about a thousand of them.",
        "Ribeiro, Singh and Guestrin 2016, arXiv:1602.04938",
        explain_lime,
    ),
    ExplainerSpec(
        "activations",
        "Activation channels",
        "What every channel of a layer answers to this film: what the network passes on, not why "
        "it decides; it takes one pass.",
        "Zeiler and Fergus 2014, arXiv:1311.2901",
        channels,
    ),
)


def explainer(name: str) -> ExplainerSpec:
    """Return the explainer of that name.

    Raises:
        ExplanationError: there is none.
    """
    for spec in EXPLAINERS:
        if spec.name == name:
            return spec
    raise ExplanationError(
        f"explainer {name!r} is not one of {', '.join(spec.name for spec in EXPLAINERS)}."
    )
