"""How well a segmenter does, with intervals over patients."""

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import Interval
from xray_core.evaluation.bootstrap import intervals, with_width, without_exception
from xray_core.lungs import LungFinder, Lungs
from xray_core.training.segmenter.config import SegmenterConfig
from xray_core.training.segmenter.films import MaskedFilm, MaskedSet
from xray_core.training.segmenter.trials import HARMLESS, OPACIFIED, WRONG, pictures_without_a_chest

DRAWS = 1000
SHARE = "plausible"
"""The figure that is a share of films; the others are means."""


def score(finder: LungFinder, films: MaskedSet, config: SegmenterConfig) -> dict[str, Any]:
    """Return the figures of each data set of a role, and within it of each label.

    Per film at its own size: `dice`, where masks have the heart inside; `covered`, the share of the
    mask that was found, where there is one; `plausible`, whether the pair was called so.
    """
    lungs = finder.find_all([film.pixels for film in films.films])
    table = films.table.reset_index(drop=True)
    found: dict[str, Any] = {}
    for folder in config.data:
        of_source = table["source"] == folder.source
        for label in ("", *sorted(set(table.loc[of_source, "label"]) - {""})):
            rows = np.flatnonzero(of_source & (table["label"] == label) if label else of_source)
            pairs = [(lungs[row].mask, films.films[row]) for row in rows]
            values = {"plausible": np.array([float(lungs[row].plausible) for row in rows])}
            if folder.heart is not None:
                values["covered"] = np.array([_covered(*pair) for pair in pairs])
            if folder.heart == "inside":
                values["dice"] = np.array([_dice(*pair) for pair in pairs])
            patients = table["patient"].iloc[rows].tolist()
            name = f"{folder.source}/{label}" if label else folder.source
            found[name] = _summary(values, patients, config.seed)
    return found


def score_trials(finder: LungFinder, films: MaskedSet, seed: int) -> dict[str, Any]:
    """Return the share of changed films and of pictures that is called plausible, `plausible`.

    Also the mean `dice` of harmless changes, over films whose mask has the part behind the heart.
    """
    found: dict[str, Any] = {}
    for name, change in (WRONG | HARMLESS).items():
        masked = name in OPACIFIED
        changed = [change(f) for f in films.films if not (masked and f.ignored.all())]
        lungs = finder.find_all([film.pixels for film in changed])
        found[name] = _share_plausible(lungs)
        if name in HARMLESS:
            whole = [(x, f) for x, f in zip(lungs, changed, strict=True) if not f.ignored.any()]
            found[name]["dice"] = float(np.mean([_dice(x.mask, f) for x, f in whole]))
    pictures: dict[str, list[NDArray[np.float32]]] = {}
    for kind, picture in pictures_without_a_chest(seed):
        pictures.setdefault(kind, []).append(picture)
    return found | {k: _share_plausible(finder.find_all(some)) for k, some in pictures.items()}


def milliseconds(finder: LungFinder, side: int, repeats: int = 50) -> float:
    """Return the shortest time of `find` on a film of that side in ms; other work adds to it."""
    film = np.random.default_rng(0).random((side, side), np.float32)
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        finder.find(film)
        spent.append(time.perf_counter() - start)
    return round(min(spent) * 1e3, 2)


def _dice(mask: NDArray[np.bool_], film: MaskedFilm) -> float:
    """Dice 1945, Ecology 26:297, where the film is scored."""
    drawn = mask & ~film.ignored
    return float(2 * (drawn & film.lungs).sum() / (drawn.sum() + film.lungs.sum()))


def _covered(mask: NDArray[np.bool_], film: MaskedFilm) -> float:
    return float((mask & film.lungs).sum() / film.lungs.sum())


def _summary(
    values: dict[str, NDArray[np.float64]], patients: list[str], seed: int
) -> dict[str, Any]:
    def means(weights: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        return {name: weights @ v / weights.sum(axis=1) for name, v in values.items()}

    people = len(set(patients))
    found: dict[str, Any] = {"n": len(patients), "patients": people}
    for name, interval in intervals(means, patients, seed=seed, draws=DRAWS).items():
        # Where every film went one way no draw shows another, and the interval would have no width.
        known = without_exception(interval, people) if name == SHARE else with_width(interval)
        found |= _json(name, known)
    return found


def _json(name: str, interval: Interval) -> dict[str, Any]:
    ends = None if interval.low is None else [interval.low, interval.high]
    return {name: interval.value, f"{name}_ci": ends}


def _share_plausible(lungs: list[Lungs]) -> dict[str, Any]:
    return {"n": len(lungs), "plausible": float(np.mean([x.plausible for x in lungs]))}
