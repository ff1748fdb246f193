"""The local model of LIME: which superpixels count, and how much."""

import numpy as np
from lime.lime_base import LimeBase
from numpy.typing import NDArray

from xray_core.explain.perturbation import cosine_distances

KERNEL_WIDTH = 0.25
"""Width of the proximity kernel, as in the `lime` package."""
SMALLEST_CHANGE = 1e-6
"""A range of float32 probabilities below this is rounding, not an answer of the model."""


class _Base(LimeBase):  # type: ignore[misc]
    """The fit of the `lime` package, its forward selection by normal equations.

    The package fits every candidate with scikit-learn, which takes as long as scoring the films.
    Both choose the feature that raises the weighted R² most; the first of equals wins in both.
    """

    def forward_selection(
        self,
        data: NDArray[np.float64],
        labels: NDArray[np.float64],
        weights: NDArray[np.float64],
        num_features: int,
    ) -> NDArray[np.intp]:
        """Return the chosen columns of `data`, in the order chosen."""
        centred = data - np.average(data, axis=0, weights=weights)
        products = centred.T * weights @ centred
        towards = centred.T * weights @ (labels - np.average(labels, weights=weights))
        chosen: list[int] = []
        for _ in range(min(num_features, data.shape[1])):
            free = [i for i in range(data.shape[1]) if i not in chosen]
            sets = np.array([[*chosen, i] for i in free])
            inverse = np.linalg.pinv(products[sets[:, :, None], sets[:, None, :]], hermitian=True)
            explained = np.einsum("ni,nij,nj->n", towards[sets], inverse, towards[sets])
            chosen.append(free[int(np.argmax(explained))])
        return np.array(chosen)


def _kernel(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(np.exp(-(distances**2) / KERNEL_WIDTH**2)))


def fit_lime(
    shown: NDArray[np.bool_], labels: NDArray[np.float64], features: int | None
) -> tuple[float, NDArray[np.float64], float | None, str]:
    """Return intercept, weights (n,), R² or None, and a note where the film is a special case.

    Args:
        shown: bool (N, n), which superpixels each sample shows; the first shows all.
        labels: float (N,), the model's answer to each.
        features: the most superpixels that may have a weight; None for all.
    """
    count = shown.shape[1]
    weights = np.zeros(count)
    if np.ptp(labels) < SMALLEST_CHANGE:
        note = "The answer stays the same whatever is hidden: there is nothing to explain."
        return float(labels[0]), weights, None, note
    base = _Base(_kernel)
    intercept, fitted, r2, _ = base.explain_instance_with_data(
        shown.astype(np.float64), labels[:, None], cosine_distances(shown), 0, features or count
    )
    for superpixel, weight in fitted:
        weights[superpixel] = weight
    if count == 1:
        note = "The film is one single superpixel: no part of it can be told from another."
        return float(intercept), weights, None, note
    return float(intercept), weights, float(r2), ""
