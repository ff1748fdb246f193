"""Contact sheets of validation films, to be looked at: lungs and crops, LIME masks of two models.

    python docs/draw_sheets.py --out sheets --model kerley-lite-28 --before kerley-residual-1

writes `crops.png` (48 films: the outline of the lungs, and the box that the network sees) and
`lime.png` (24 films, each beside the evidence of both models: blue for PNEUMONIA, orange against),
and prints the share of the evidence that lies in the lungs. The films are those of
`configs/bundled.json`, which are not part of the project; the sheets are not for publication.
"""

import sys
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from xray_core.datasets.manifest import assign_roles, read_manifest
from xray_core.datasets.open import open_dataset
from xray_core.explain.lime import LimeSettings, explain_lime
from xray_core.explain.lung_share import lung_share
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference import load_classifier
from xray_core.labels import PNEUMONIA
from xray_core.lungs import load_lung_finder
from xray_core.training.average.config import AverageConfig

CONFIG = Path(__file__).parent.parent / "configs" / "bundled.json"
TILE = 192
CROPS = {"NORMAL": 16, "PNEUMONIA": 20, "COVID-19": 12}
MASKS = {"NORMAL": 8, "PNEUMONIA": 10, "COVID-19": 6}
BLUE, ORANGE, LINE, BOX = (255, 144, 30), (20, 120, 255), (255, 200, 0), (60, 170, 255)


def choose(wanted: dict[str, int], seed: int) -> list[Radiograph]:
    """Return validation films, so many of each kind of label, over all data sets of the config."""
    config = AverageConfig.read(CONFIG)
    manifest = read_manifest(config.manifest)
    rng = np.random.default_rng(seed)
    found: dict[str, list[tuple[object, int]]] = {kind: [] for kind in wanted}
    for folder in config.data:
        dataset = open_dataset(folder.path, source=folder.source)
        roles = assign_roles(dataset.table, manifest)
        for i in np.flatnonzero((roles == "validation").to_numpy()):
            label = dataset.table["label"].iloc[i]
            kind = label if label in wanted else PNEUMONIA
            found[kind].append((dataset, int(i)))
    films = []
    for kind, n in wanted.items():
        for i in rng.choice(len(found[kind]), n, replace=False):
            dataset, row = found[kind][i]
            films.append(dataset.read(row))  # type: ignore[attr-defined]
    return films


def grey(film: Radiograph) -> np.ndarray:
    """Return a film as 8-bit BGR."""
    return cv2.cvtColor(np.rint(film.pixels * 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)


def crop_tile(film: Radiograph, model: str) -> np.ndarray:
    """Draw the outline of the lungs and what the network sees."""
    picture = grey(film)
    lungs = load_lung_finder().find(film.pixels)
    thick = max(1, picture.shape[0] // 160)
    outlines, _ = cv2.findContours(
        lungs.mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    cv2.drawContours(picture, outlines, -1, LINE, thick)
    top, left, bottom, right = load_classifier(model).see(film).geometry.box
    cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), BOX, thick)
    return cv2.resize(picture, (TILE, TILE), interpolation=cv2.INTER_AREA)


def mask_tile(film: Radiograph, model: str) -> tuple[np.ndarray, float | None, str]:
    """Tint what the network sees by the LIME weights; return the lung share and P(PNEUMONIA)."""
    classifier = load_classifier(model)
    view = classifier.see(film)
    why = explain_lime(
        classifier.probabilities,
        view.pixels,
        PNEUMONIA,
        LimeSettings(),
        task=classifier.task,
        halves=classifier.halves,
    )
    share = lung_share(why, view.geometry, load_lung_finder().find(film.pixels)).evidence
    picture = cv2.cvtColor(np.rint(view.pixels * 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    weights = why.weights[why.segments]
    strength = np.abs(weights) / max(float(np.abs(weights).max()), 1e-9) * 0.6
    tint = np.where(weights[..., None] > 0, BLUE, ORANGE)
    mixed = picture * (1 - strength[..., None]) + tint * strength[..., None]
    tile = cv2.resize(mixed.astype(np.uint8), (TILE, TILE), interpolation=cv2.INTER_NEAREST)
    words = f"{why.prediction:.0%} R2 {why.r2 or 0:.2f} lung {share or 0:.0%}"
    cv2.putText(tile, words, (4, TILE - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 1)
    return tile, share, words


def sheet(tiles: list[np.ndarray], columns: int) -> np.ndarray:
    """Put tiles into rows."""
    rows = [tiles[i : i + columns] for i in range(0, len(tiles), columns)]
    rows[-1] += [np.zeros_like(tiles[0])] * (columns - len(rows[-1]))
    return np.vstack([np.hstack(row) for row in rows])


def draw(
    model: Annotated[str, typer.Option(help="Bundle to look at.")],
    before: Annotated[str, typer.Option(help="Bundle to hold it against.")],
    out: Annotated[Path, typer.Option(help="Folder for the sheets.")],
    seed: Annotated[int, typer.Option(help="Which films.")] = 1,
) -> None:
    """Draw both sheets."""
    out.mkdir(parents=True, exist_ok=True)
    crops = [crop_tile(film, model) for film in choose(CROPS, seed)]
    cv2.imwrite(str(out / "crops.png"), sheet(crops, 8))
    tiles, shares = [], {model: [], before: []}
    for film in choose(MASKS, seed + 1):
        tiles.append(cv2.resize(grey(film), (TILE, TILE), interpolation=cv2.INTER_AREA))
        for name in (before, model):
            tile, share, words = mask_tile(film, name)
            tiles.append(tile)
            shares[name] += [] if share is None else [share]
            print(film.source, name, words)
    cv2.imwrite(str(out / "lime.png"), sheet(tiles, 9))
    for name, found in shares.items():
        print(f"{name}: mean lung share {np.mean(found):.3f} of {len(found)} films")


if __name__ == "__main__":
    typer.run(draw)
