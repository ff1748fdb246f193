"""What becomes of validation films that are spoilt: refused, abstained on, warned of, or read.

    python docs/spoil_films.py --model kerley-lite-28 --source chest_xray --films 200

reads validation films of a source of `configs/bundled.json`, which are not part of the project, and
spoils each in turn. Of each change is printed, in shares of all films: refused, abstained (no
opinion either way) and warned (an opinion with a word on the film); and of the films that were read
whatever the damage: how many there are, and sensitivity and specificity at the model's threshold.
"""

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from swap_frames import validation_films

from xray_core.errors import UnsuitableFilm
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference import Classifier, Decision, load_classifier
from xray_core.labels import NORMAL

Pixels = NDArray[np.float32]
Change = Callable[[Pixels, Classifier, Radiograph], Pixels]


def blurred(share: float) -> Change:
    """A Gaussian of that standard deviation, as a share of the film's shorter side."""
    return lambda film, *_: cv2.GaussianBlur(film, (0, 0), share * min(film.shape))


def noisy(deviation: float) -> Change:
    """Grey values with independent noise of that standard deviation, of 1."""

    def change(film: Pixels, *_: object) -> Pixels:
        noise = np.random.default_rng(0).normal(0, deviation, film.shape)
        return np.clip(film + noise, 0, 1).astype(np.float32)

    return change


def coarse(side: int) -> Change:
    """So many pixels on the shorter side, enlarged again."""

    def change(film: Pixels, *_: object) -> Pixels:
        height, width = film.shape
        scale = side / min(film.shape)
        small = (max(1, round(width * scale)), max(1, round(height * scale)))
        reduced = cv2.resize(film, small, interpolation=cv2.INTER_AREA)
        return cv2.resize(reduced, (width, height), interpolation=cv2.INTER_NEAREST)

    return change


def half(axis: int, *, first: bool) -> Change:
    """What lies above or below (axis 0), left or right (1) of the middle of the lungs."""

    def change(film: Pixels, classifier: Classifier, whole: Radiograph) -> Pixels:
        lungs = classifier.see(whole).lungs
        mask = np.ones(film.shape, bool) if lungs is None else lungs.mask
        ends = np.flatnonzero(mask.any(axis=1 - axis))[[0, -1]]
        middle = int(ends.sum()) // 2
        kept = slice(0, middle) if first else slice(middle, None)
        return film[kept] if axis == 0 else film[:, kept]

    return change


CHANGES: dict[str, Change] = {
    "as it is": lambda film, *_: film,
    "inverted": lambda film, *_: 1 - film,
    "upside down": lambda film, *_: film[::-1, ::-1],
    "turned left": lambda film, *_: np.rot90(film),
    "turned right": lambda film, *_: np.rot90(film, 3),
    "left half": half(1, first=True),
    "right half": half(1, first=False),
    "upper half of the lungs": half(0, first=True),
    "lower half of the lungs": half(0, first=False),
    **{f"blur of {share:.1%} of the side": blurred(share) for share in (0.003, 0.01, 0.03)},
    **{f"noise of {sd:.0%}": noisy(sd) for sd in (0.02, 0.05, 0.1, 0.2)},
    **{f"{side} pixels": coarse(side) for side in (160, 96, 48)},
}


def main(
    model: Annotated[str, typer.Option(help="Installed bundle.")],
    source: Annotated[str, typer.Option(help="Of the configuration's data.")] = "chest_xray",
    films: Annotated[int, typer.Option(help="At most so many, drawn at random.")] = 10**6,
) -> None:
    """Print a line of each change."""
    classifier, (dataset, rows) = load_classifier(model), validation_films(source)
    rows = np.random.default_rng(0).permutation(rows)[:films]
    read = [dataset.read(int(row)) for row in rows]
    ill = (dataset.table["label"].iloc[rows] != NORMAL).to_numpy()
    print(f"{model}: {len(rows)} validation films of {source}, {ill.sum()} of them ill")
    for name, change in CHANGES.items():
        print(f"{name}: {fate(classifier, read, ill, change)}", flush=True)


def fate(
    classifier: Classifier, films: list[Radiograph], ill: NDArray[np.bool_], change: Change
) -> str:
    """Return in words what became of films that were changed."""
    refused = warned = 0
    said = np.full(len(films), -1)
    abstained = np.zeros(len(films), bool)
    for i, film in enumerate(films):
        pixels = np.ascontiguousarray(change(film.pixels, classifier, film), np.float32)
        try:
            opinion = classifier.predict(dataclasses.replace(film, pixels=pixels))
        except UnsuitableFilm:
            refused += 1
            continue
        abstained[i] = opinion.decision is Decision.ABSTAIN
        if not abstained[i]:
            said[i] = opinion.decision is Decision.PNEUMONIA
            warned += bool(opinion.reasons)
    of, known = len(films), said >= 0
    sensitive, specific = known & ill, known & ~ill
    return (
        f"refused {refused / of:.1%}, abstained {abstained.mean():.1%}, warned {warned / of:.1%}; "
        f"read {known.sum()}, sensitivity {_share(said[sensitive] == 1)}, "
        f"specificity {_share(said[specific] == 0)}"
    )


def _share(hits: NDArray[np.bool_]) -> str:
    return f"{hits.mean():.3f} of {len(hits)}" if len(hits) else "of none"


if __name__ == "__main__":
    typer.run(main)
