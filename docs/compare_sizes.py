"""What models say of films as a scanner wrote them, and of the same films as small as in training.

    python docs/compare_sizes.py --model kerley-lite-18 --model kerley-lite-28 --longest 0 \
        --longest 320

reads `fullres_samples` and the films of the same names in `chest_xray/train`, which are not part of
the project. Large films are first made so small that their longer side has `--longest` pixels (0:
they are not), whatever the model's own limit is; without it the model's own holds. Printed are, of
the normal films, how many are called ill small and large, and mean and standard deviation of by how
much the log-odds of pneumonia are higher for the large film; of the ill ones the lowest
P(pneumonia); and of all the mean difference of P(pneumonia). Of the 24 films 21 are of training
patients, two of validation and one of internal test patients.
"""

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from scipy.special import logit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from xray_core.bundle import find_bundle
from xray_core.imaging.guard import read_guarded
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference import Classifier

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
Pair = tuple[Radiograph, Radiograph]


def read(folder: Path, kind: str) -> list[Pair]:
    """Return films of a kind, each large and small."""
    large = sorted((folder / "fullres_samples" / kind).iterdir())
    small = [folder / "chest_xray" / "train" / kind / path.name for path in large]
    films = [[read_guarded(p.read_bytes(), p.name) for p in paths] for paths in (large, small)]
    return list(zip(*films, strict=True))


def load(name: str, longest: int | None) -> Classifier:
    """Return a model, with another limit of size if one is given."""
    info = find_bundle(name)
    if longest is not None:
        info = dataclasses.replace(info, manifest=info.manifest.with_longest(longest or None))
    return Classifier(info)


def said(classifier: Classifier, pairs: Sequence[Pair]) -> NDArray[np.float64]:
    """Return P(pneumonia) (N, 2) of films large and small."""
    return np.array([[classifier.predict(film).p_pneumonia for film in pair] for pair in pairs])


def main(
    model: Annotated[list[str], typer.Option()],
    longest: Annotated[list[int] | None, typer.Option()] = None,
    data: Path = DATA,
) -> None:
    """Print a line for each model and limit."""
    normal, ill = read(data, "NORMAL"), read(data, "PNEUMONIA")
    for name in model:
        for limit in longest or [None]:
            classifier = load(name, limit)
            p, sick = said(classifier, normal), said(classifier, ill)
            called = (p >= classifier.manifest.operating_point.threshold).sum(axis=0)
            odds = logit(p[:, 0]) - logit(p[:, 1])
            apart = np.abs(np.diff(np.vstack([p, sick]), axis=1)).mean()
            print(
                f"{name}, longest {classifier.manifest.preprocessing.longest}: "
                f"of {len(p)} normal called ill {called[1]} small, {called[0]} large; "
                f"log-odds {odds.mean():+.2f} (sd {odds.std():.2f}); "
                f"{len(sick)} ill at least {sick[:, 1].min():.3f} small, "
                f"{sick[:, 0].min():.3f} large; all apart by {apart:.3f}"
            )


if __name__ == "__main__":
    typer.run(main)
