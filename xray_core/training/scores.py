"""The figures of a trained network that its bundle and its card state."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from xray_core.calibration import partial_log_loss
from xray_core.evaluation.curves import RELIABILITY, Reliability, reliability
from xray_core.evaluation.figures import figures, has_place
from xray_core.evaluation.shortcuts import shortcut_figures, shortcuts_to_json
from xray_core.labels import PNEUMONIA_CLASSES, Label, Task, parse_label
from xray_core.training.at_half import AT_HALF, figures_at_half
from xray_core.training.films import INTERNAL_TEST, STRESSED, VALIDATION, FilmSet

Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Inputs (N, S, S, 1) → logits (N, K)."""


def score_roles(
    films: dict[str, FilmSet],
    network: Network,
    temperature: float,
    task: Task,
    threshold: float,
    *,
    half_too: bool = False,
) -> dict[str, dict[str, Any]]:
    """Return the figures on validation, stressed validation and internal test films.

    Args:
        films: from `load_films`.
        network: what will be released.
        temperature: its logits are divided by it.
        task: its outputs.
        threshold: on p_pneumonia.
        half_too: score the films of each role at 0.5 as well, as published runs do.

    Returns:
        For each role, and for each data set as `role/source`: `n`, the keys of `evaluate --json`,
        those of the shortcuts where the role's films are also there blanked, `reliability`, and
        `loss`, the mean −log of the probability that the label allows; for a whole role also
        `at_half`, where that is asked for, see `figures_at_half`.
    """
    found = {}
    for role in (VALIDATION, STRESSED, INTERNAL_TEST):
        logits = network(films[role].images[..., None]).astype(np.float64) / temperature
        blanked = _blanked(films[role], network, temperature)
        for key, rows in _rows(films[role], role).items():
            found[key] = _figures(films[role], rows, logits, blanked, task, threshold)
        if half_too:
            found[role][AT_HALF] = _at_half(films[role], logits, task)
    return found


def _blanked(films: FilmSet, network: Network, temperature: float) -> NDArray[np.float64] | None:
    """Return probabilities (N, 2, K) of the blanked films."""
    if films.blanked is None:
        return None
    # One way after the other: films that lie on the disk are then not brought into memory at once.
    ways = [network(films.blanked[:, way, ..., None]) for way in range(films.blanked.shape[1])]
    return np.asarray(softmax(np.stack(ways, axis=1).astype(np.float64) / temperature, axis=2))


def _rows(films: FilmSet, role: str) -> dict[str, NDArray[np.intp]]:
    """Return which films count for a role as a whole, and for each of its data sets."""
    sources = films.table["source"]
    apart = {f"{role}/{s}": np.flatnonzero(sources == s) for s in sorted(sources.unique())}
    return {role: np.arange(len(films)), **apart}


def _at_half(films: FilmSet, logits: NDArray[np.float64], task: Task) -> dict[str, Any]:
    labels = [parse_label(name) for name in films.table["label"]]
    people = films.table["patient"].tolist()
    return figures_at_half(softmax(logits, axis=1), labels, people, task)


def _figures(
    films: FilmSet,
    rows: NDArray[np.intp],
    logits: NDArray[np.float64],
    blanked: NDArray[np.float64] | None,
    task: Task,
    threshold: float,
) -> dict[str, Any]:
    table = films.table.iloc[rows]
    labels = [parse_label(name) for name in table["label"]]
    people = table["patient"].tolist()
    probabilities = softmax(logits[rows], axis=1)
    result = figures(probabilities, labels, people, task, threshold)
    shortcuts = {} if blanked is None else shortcut_figures(blanked[rows], labels, people, task)
    return {
        "n": result.n,
        **result.to_json(),
        **shortcuts_to_json(shortcuts),
        RELIABILITY: _reliability(probabilities, labels, task).to_json(),
        "loss": partial_log_loss(logits[rows], films.allowed[rows]),
    }


def _reliability(
    probabilities: NDArray[np.floating], labels: Sequence[Label], task: Task
) -> Reliability:
    """Return what was said of pneumonia against what was true, of the films that count."""
    counts = np.array([has_place(label, task) for label in labels], dtype=bool)
    truth = np.array([label <= PNEUMONIA_CLASSES for label in labels], dtype=bool)
    said = task.p_pneumonia(probabilities[counts]).astype(np.float64)
    return reliability(said, truth[counts])
