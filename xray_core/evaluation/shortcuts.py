"""What a model still achieves without the lungs, and what without the rest of the film.

In the training films the class travels with the frame: scanner, collimation, markers, burned-in
text. A model that leans on it does well with the lungs blanked, and badly with the frame blanked;
Maguolo and Nanni 2020 (arXiv:2004.12823) showed so for COVID-19 by blackening the films' centre.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import Interval
from xray_core.evaluation.bootstrap import intervals, without_overlap
from xray_core.evaluation.figures import ends, has_place
from xray_core.evaluation.statistics import Floats, auc
from xray_core.labels import PNEUMONIA_CLASSES, Label, Task

Film = NDArray[np.float32]

FRAME = 0.12
"""Share of the film's height and width that the frame takes on each side: 76 % are the centre."""
GREY = 0.5
"""What blanks, the same on every film.

A film's own median would tell of what it covers: consolidated lungs are brighter than clear ones.
Of 200 validation films the first bundled CNN knew 0.63 (AUC) without lungs with this grey, and 0.74
with each film's median.
"""


def centre(shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the rows and columns of a film (H, W) that are not its frame."""
    height, width = shape
    top, left = round(height * FRAME), round(width * FRAME)
    return slice(top, height - top), slice(left, width - left)


def blank_lungs(pixels: Film) -> Film:
    """Return a film (H, W) whose centre is grey: what is left is the frame."""
    blanked = pixels.copy()
    blanked[centre(pixels.shape)] = GREY
    return blanked


def blank_frame(pixels: Film) -> Film:
    """Return a film (H, W) whose frame is grey: what is left is the centre, with the lungs."""
    blanked = np.full_like(pixels, GREY)
    inside = centre(pixels.shape)
    blanked[inside] = pixels[inside]
    return blanked


BLANKINGS: dict[str, Callable[[Film], Film]] = {
    "auc_lungs_blanked": blank_lungs,
    "auc_frame_blanked": blank_frame,
}
"""The figures, and how the film is blanked for each."""


def blanked_inputs(pixels: Film, to_input: Callable[[Film], Film]) -> Film:
    """Return what a network sees of a film blanked in each way, float32 (2, S, S).

    Args:
        pixels: float32 (H, W) of the intact film.
        to_input: from film pixels to the network's input, by the geometry of the intact film: a
            crop to the lungs would otherwise move with what is blanked.
    """
    return np.stack([to_input(blank(pixels)) for blank in BLANKINGS.values()])


def shortcut_figures(
    probabilities: NDArray[np.floating],
    labels: Sequence[Label],
    patients: Sequence[str],
    task: Task,
    *,
    seed: int = 0,
    draws: int = 2000,
) -> dict[str, Interval]:
    """Return the AUC of NORMAL against PNEUMONIA of films blanked in each way.

    Films count, and patients are drawn, as in `figures.figures`.

    Args:
        probabilities: (N, 2, K), calibrated, of the inputs of `blanked_inputs`.
        labels: (N,) of the intact films.
        patients: (N,) key of each film's patient.
        task: the outputs.
        seed: of the bootstrap.
        draws: of the bootstrap.
    """
    scored = [i for i, label in enumerate(labels) if has_place(label, task)]
    truth = np.array([labels[i] <= PNEUMONIA_CLASSES for i in scored], dtype=bool)
    p = np.asarray(probabilities, np.float64)[scored]
    scores = dict(zip(BLANKINGS, task.p_pneumonia(p).T, strict=True))

    def statistics(weights: Floats) -> dict[str, Floats]:
        return {name: auc(score, truth, weights) for name, score in scores.items()}

    people = np.array([patients[i] for i in scored], dtype=str)
    found = intervals(statistics, list(people), seed=seed, draws=draws)
    return {
        name: without_overlap(one, people[truth], people[~truth]) for name, one in found.items()
    }


def shortcuts_to_json(found: Mapping[str, Interval]) -> dict[str, Any]:
    """Return the figures as JSON types: each `auc_…` with its `auc_…_ci`, null where undefined."""
    values: dict[str, Any] = {name: interval.value for name, interval in found.items()}
    return values | {f"{name}_ci": ends(interval) for name, interval in found.items()}
