"""What changes of the network's input make of its answers: the second table of "Grain".

    python docs/change_inputs.py --config configs/kerley-lite-24b.json --model kerley-lite-28

reads the validation films as that configuration prepares them, changes each at the size that the
network sees, and asks the models as `score_validation.py` does: each with a temperature and a
threshold of its own, chosen on the films as they are. Printed as JSON, of each change and model:

- children, radiography: shares of the normal films that are called ill;
- found: share of the ill children who are;
- auc: of the children, normal against pneumonia.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from numpy.typing import NDArray
from scipy.special import softmax
from score_validation import RULE, area, films_of, network_of

from xray_core.calibration import fit_temperature
from xray_core.labels import task_named
from xray_core.training.films import VALIDATION
from xray_core.training.operating_point import choose_operating_point

Film = NDArray[np.float32]


def noisy(deviation: float) -> Callable[[Film], Film]:
    """White noise of that standard deviation, of 1; the same on every film."""

    def change(film: Film) -> Film:
        noise = np.random.default_rng(0).normal(0, deviation, film.shape)
        return np.clip(film + noise, 0, 1).astype(np.float32)

    return change


def repeated(film: Film) -> Film:
    """112 pixels a side, each repeated."""
    small = cv2.resize(film, (112, 112), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, film.shape[::-1], interpolation=cv2.INTER_NEAREST)


def compressed(film: Film) -> Film:
    """JPEG of quality 30."""
    grey = np.round(film * 255).astype(np.uint8)
    code = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 30])[1]
    return (cv2.imdecode(code, cv2.IMREAD_GRAYSCALE) / 255).astype(np.float32)


def moved(zoom: float = 1.0, shift: float = 0.0) -> Callable[[Film], Film]:
    """Larger about its middle, or shifted down by a share of its side; the edge is repeated."""

    def change(film: Film) -> Film:
        side = film.shape[0]
        middle = (side - 1) / 2 * (1 - zoom)
        affine = np.array([[zoom, 0, middle], [0, zoom, middle + shift * side]])
        return cv2.warpAffine(film, affine, (side, side), borderMode=cv2.BORDER_REPLICATE)

    return change


CHANGES: dict[str, Callable[[Film], Film]] = {
    "as it is": lambda film: film,
    **{f"white noise of {sd:g}": noisy(sd) for sd in (0.003, 0.012, 0.04)},
    "112 pixels repeated": repeated,
    "32 grey levels": lambda film: np.round(film * 31).astype(np.float32) / 31,
    "JPEG of quality 30": compressed,
    "blur of one pixel": lambda film: cv2.GaussianBlur(film, (0, 0), 1.0),
    "gamma of 1.3": lambda film: film ** np.float32(1.3),
    "a zoom of 1.15": moved(zoom=1.15),
    "a shift down of 8 %": moved(shift=0.08),
    "a shift up of 8 %": moved(shift=-0.08),
}


def main(
    config: Annotated[Path, typer.Option(help="Of a training: how films are prepared.")],
    model: Annotated[list[str], typer.Option(help="Bundle, or several joined by +.")],
) -> None:
    """Print a row of each change and model as JSON."""
    of_run, films = films_of(config)
    task, plain = task_named(of_run.task), films[VALIDATION]
    source, sick = plain.table["source"].to_numpy(), ~plain.allowed[:, task.normal_index]
    children = source == RULE.source
    for name in model:
        network = network_of(name, plain)
        logits = network(plain.images[..., None])
        temperature = fit_temperature(logits, plain.allowed)
        p = softmax(logits.astype(np.float64) / temperature, axis=1)
        threshold = choose_operating_point(p, plain, task, RULE).threshold
        for words, change in CHANGES.items():
            changed = np.stack([change(film) for film in plain.images])[..., None]
            p = softmax(network(changed).astype(np.float64) / temperature, axis=1)
            ill = task.p_pneumonia(p)
            called = ill >= threshold
            row = {
                "children": round(float(called[children & ~sick].mean()), 3),
                "radiography": round(float(called[(source == "radiography") & ~sick].mean()), 3),
                "found": round(float(called[children & sick].mean()), 3),
                "auc": area(ill[children], sick[children]),
            }
            print(json.dumps({"model": name, "change": words, **row}), flush=True)


if __name__ == "__main__":
    typer.run(main)
