"""The local model of LIME: which superpixels count, and how much."""

from dataclasses import dataclass

import numpy as np
from lime.lime_base import LimeBase
from numpy.typing import NDArray

from xray_core.explain.perturbation import cosine_distances

KERNEL_WIDTH = 0.25
"""Width of the proximity kernel, as in the `lime` package."""
RIDGE = 1.0
"""Penalty of the weights, that of the `lime` package."""
SMALLEST_CHANGE = 1e-3
"""A tenth of a per cent: a map of less would look as telling as one of a change from 0 to 1."""


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


@dataclass(frozen=True)
class LimeFit:
    """The local model.

    Attributes:
        intercept: its answer with every superpixel hidden.
        weights: float64 (n,), of the superpixels.
        r2: left-one-out R², at most 1; None where it says nothing.
        r2_in_sample: R² on the very samples that were fitted, as the `lime` package gives it.
        note: one sentence where the film is a special case, otherwise empty.
    """

    intercept: float
    weights: NDArray[np.float64]
    r2: float | None = None
    r2_in_sample: float | None = None
    note: str = ""


def fit_lime(
    shown: NDArray[np.bool_], labels: NDArray[np.float64], features: int | None
) -> LimeFit:
    """Fit the local model.

    Args:
        shown: bool (N, n), which superpixels each sample shows; the first shows all.
        labels: float (N,), the model's answer to each.
        features: the most superpixels that may have a weight; None for all.
    """
    count = shown.shape[1]
    weights = np.zeros(count)
    if np.ptp(labels) < SMALLEST_CHANGE:
        note = (
            "Whatever is hidden, the probability changes by less than 0.1 percentage points: there "
            "is nothing to explain."
        )
        return LimeFit(float(labels[0]), weights, note=note)
    base = _Base(_kernel)
    intercept, fitted, in_sample, _ = base.explain_instance_with_data(
        shown.astype(np.float64), labels[:, None], cosine_distances(shown), 0, features or count
    )
    for superpixel, weight in fitted:
        weights[superpixel] = weight
    if count == 1:
        note = "The film is one single superpixel: no part of it can be told from another."
        return LimeFit(float(intercept), weights, note=note)
    used = [superpixel for superpixel, _ in fitted]
    data, kernel = shown[:, used].astype(np.float64), _kernel(cosine_distances(shown))
    residuals = labels - float(intercept) - data @ weights[used]
    r2 = left_one_out_r2(data, labels, residuals, kernel)
    return LimeFit(float(intercept), weights, r2, float(in_sample))


def left_one_out_r2(
    data: NDArray[np.float64],
    labels: NDArray[np.float64],
    residuals: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> float:
    """Return the weighted R² of a ridge, each sample foretold by the fit to all the others.

    R² on the samples that were fitted rises with fewer of them; this one does not. No fit is made
    anew: what a sample left out is missed by is its residual over 1 − h, where h is its place on
    the diagonal of the hat matrix (Allen 1974, PRESS, doi 10.2307/1267500). Which superpixels are
    used was chosen with all samples, where `features` leaves some out.

    Args:
        data: float (N, used), which of the superpixels that have a weight each sample shows.
        labels: float (N,), the model's answers.
        residuals: float (N,), what the fit to all samples leaves of them.
        weights: float (N,), of the samples, above 0.
    """
    centred = data - np.average(data, axis=0, weights=weights)
    normal = centred.T * weights @ centred + RIDGE * np.eye(centred.shape[1])
    along = np.einsum("ij,ij->i", centred @ np.linalg.inv(normal), centred)
    missed = residuals / (1 - weights * (along + 1 / weights.sum()))
    spread = labels - np.average(labels, weights=weights)
    return float(1 - (weights @ missed**2) / (weights @ spread**2))
