"""How much the frame of a film says beside another film's lungs, and when the lungs are hidden.

    python docs/swap_frames.py --model kerley-lite-28 --source chest_xray

reads the validation films of a source of `configs/bundled.json`, which are not part of the project.
Each keeps its frame, as in `evaluation.shortcuts`, and gets the middle of another film drawn at
random: what the network sees is then a chest, unlike a film with a grey middle. Printed, with 95 %
intervals over the patients whose frames they are, is the AUC of normal against pneumonia

- by_lungs: where the label is that of the film whose middle it is;
- by_frame: where it is that of the film whose frame it is, for normal and for ill middles apart;
- lungs_blanked: of the films with a grey middle, as `evaluate` has it, with the mean answers;
- hidden_share: of how much of what the network sees that grey covers, without any network;
- lungs_blanked_within: as lungs_blanked, of pairs of films of one eighth by that share only.
"""

import json
import sys
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from xray_core.datasets.dataset import Dataset
from xray_core.datasets.manifest import assign_roles, read_manifest
from xray_core.datasets.open import open_dataset
from xray_core.evaluation.bootstrap import intervals
from xray_core.evaluation.shortcuts import blank_lungs, centre
from xray_core.evaluation.statistics import auc
from xray_core.imaging.geometry import InputGeometry
from xray_core.inference import load_classifier
from xray_core.labels import PNEUMONIA_CLASSES
from xray_core.training.average.config import AverageConfig

CONFIG = Path(__file__).parent.parent / "configs" / "bundled.json"
AT_ONCE = 64
PARTS = 8


def validation_films(source: str) -> tuple[Dataset, NDArray[np.intp]]:
    """Return a data set of the bundled configuration, and the rows of its validation films."""
    config = AverageConfig.read(CONFIG)
    (folder,) = (folder for folder in config.data if folder.source == source)
    dataset = open_dataset(folder.path, source=source)
    roles = assign_roles(dataset.table, read_manifest(config.manifest))
    return dataset, np.flatnonzero((roles == "validation").to_numpy())


def middle(geometry: InputGeometry) -> NDArray[np.bool_]:
    """Return which pixels (S, S) of the network's input show the film's centre."""
    rows, columns = centre(geometry.film_shape)
    top, left, bottom, right = geometry.box
    at = (np.arange(geometry.size) + 0.5) / geometry.size
    y, x = top + at * (bottom - top), left + at * (right - left)
    inside_y, inside_x = (
        (y >= rows.start) & (y < rows.stop),
        (x >= columns.start) & (x < columns.stop),
    )
    return np.outer(inside_y, inside_x)


def auc_within(
    scores: NDArray[np.float64], truth: NDArray[np.bool_], by: NDArray[np.float64]
) -> float:
    """Return the AUC over the pairs whose films are in one of `PARTS` equal parts by a number."""
    part = np.digitize(by, np.quantile(by, np.linspace(0, 1, PARTS + 1)[1:-1]))
    right = pairs = 0.0
    for rows in (part == number for number in np.unique(part)):
        if here := int(truth[rows].sum()) * int((~truth[rows]).sum()):
            right += here * float(auc(scores[rows], truth[rows], np.ones((1, rows.sum())))[0])
            pairs += here
    return right / pairs


def measure(
    model: Annotated[str, typer.Option(help="Installed bundle.")],
    source: Annotated[str, typer.Option(help="Of the configuration's data.")] = "chest_xray",
    seed: Annotated[int, typer.Option(help="Which middle goes into which frame.")] = 0,
) -> None:
    """Print the figures as JSON."""
    classifier, (dataset, rows) = load_classifier(model), validation_films(source)
    plain, blanked, middles = [], [], []
    for row in rows:
        film = dataset.read(int(row))
        view = classifier.see(film)
        plain.append(view.pixels)
        blanked.append(classifier.to_input(blank_lungs(film.pixels), view.geometry))
        middles.append(middle(view.geometry))
    films, hidden = np.stack(plain), np.stack(middles)
    other = np.random.default_rng(seed).permutation(len(films))
    swapped = np.where(hidden, films[other], films)
    labels = dataset.subset(rows).labels()
    ill = np.array([label <= PNEUMONIA_CLASSES for label in labels])

    def p_ill(inputs: NDArray[np.float32]) -> NDArray[np.float64]:
        parts = [
            classifier.probabilities(inputs[i : i + AT_ONCE])
            for i in range(0, len(inputs), AT_ONCE)
        ]
        return np.asarray(classifier.task.p_pneumonia(np.concatenate(parts)), np.float64)

    of_swapped, of_blanked, lungs = p_ill(swapped), p_ill(np.stack(blanked)), ill[other]
    scored = {
        "by_lungs": (of_swapped, lungs, np.ones(len(ill), bool)),
        "by_frame_normal_lungs": (of_swapped, ill, ~lungs),
        "by_frame_ill_lungs": (of_swapped, ill, lungs),
        "lungs_blanked": (of_blanked, ill, np.ones(len(ill), bool)),
        "hidden_share": (hidden.mean(axis=(1, 2)), ill, np.ones(len(ill), bool)),
    }
    found = intervals(
        lambda w: {k: auc(p[m], truth[m], w[:, m]) for k, (p, truth, m) in scored.items()},
        list(dataset.table["patient"].to_numpy()[rows]),
        seed=seed,
        draws=2000,
    )
    told = {
        k: [round(v, 3) for v in (i.value, i.low, i.high) if v is not None]
        for k, i in found.items()
    }
    means = {
        name: round(float(of_blanked[which].mean()), 2)
        for name, which in (("normal", ~ill), ("ill", ill))
    }
    print(
        json.dumps(
            {"model": model, "source": source, "films": len(rows), **told, "p_blanked": means}
            | {"lungs_blanked_within": round(auc_within(of_blanked, ill, hidden.mean((1, 2))), 3)}
        )
    )


if __name__ == "__main__":
    typer.run(measure)
