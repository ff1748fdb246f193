"""The figure that stands beside a bundle's name, of films that chose nothing about it."""

from collections.abc import Mapping
from typing import Any

from xray_core.bundle.manifest import BundleManifest

ROLE = "internal_test"
_BLANKED = {"auc_lungs_blanked": "lungs blanked", "auc_frame_blanked": "frame blanked"}


def headline(manifest: BundleManifest) -> str:
    """Return the AUC of a classifier, or the Dice of a segmenter, with its 95 % interval.

    An AUC stands there together with those of the same films with the lungs and with the frame
    blanked: a model that knows as much without the lungs has learnt something else.

    Returns:
        Of all internal test films, or of the first data set where there is no figure of all; empty
        where the bundle states none.
    """
    for key, figures in manifest.metrics.items():
        if key.split("/")[0] != ROLE:
            continue
        if figures.get("auc") is not None:
            return f"AUC {_stated(figures, 'auc')}, {_blanked(figures)}"
        if figures.get("dice") is not None:
            return f"Dice {_stated(figures, 'dice')}"
    return ""


def per_cent(value: float) -> str:
    """Return a share as per cent, rounded as the same figure with three places is."""
    return f"{100 * round(value, 3):.1f}"


def _stated(figures: Mapping[str, Any], name: str) -> str:
    ends = figures.get(f"{name}_ci")
    interval = f" ({ends[0]:.3f} to {ends[1]:.3f})" if ends else ""
    return f"{figures[name]:.3f}{interval}"


def _blanked(figures: Mapping[str, Any]) -> str:
    found = [
        f"{words} {figures[name]:.2f}"
        for name, words in _BLANKED.items()
        if figures.get(name) is not None
    ]
    return ", ".join(found) or "not measured with lungs or frame blanked"
