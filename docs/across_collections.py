"""COVID-19 against normal, by models that learnt COVID-19 from another collection of films.

    python docs/across_collections.py --model across-a --model kerley-lite-28

reads the adult films of `configs/bundled.json`, which are not part of the project. Where a class
comes from one collection only, a model that tells the collections apart seems to know the class. So
every pair of a collection's COVID-19 films and a collection's normal films is scored apart, on the
films that none of the given models was trained on; the internal test stays out of it. Printed for
each model and pair are the numbers of films and, with 95 % intervals over patients, the AUC

- pneumonia: of P(pneumonia), of any kind;
- covid: of P(COVID-19);
- lungs_blanked: as pneumonia, of the films with a grey middle (`evaluation.shortcuts`);

and `called`, the shares of the COVID-19 and of the normal films that the model's threshold calls
pneumonia.
"""

import json
import sys
from itertools import product
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from xray_core.datasets.manifest import assign_roles, read_manifest
from xray_core.datasets.open import open_dataset
from xray_core.datasets.splits import INTERNAL_TEST, TRAIN
from xray_core.evaluation.bootstrap import intervals
from xray_core.evaluation.scoring import score_films
from xray_core.evaluation.statistics import auc
from xray_core.inference import Classifier, load_classifier
from xray_core.labels import COVID, NORMAL
from xray_core.training.average.config import AverageConfig

CONFIG = Path(__file__).parent.parent / "configs" / "bundled.json"
SOURCES = ("adult_cxr", "radiography")


def read(unseen_by: list[Classifier]) -> list[tuple[Any, NDArray[np.intp], pd.DataFrame]]:
    """Return each source's data set, the rows that may be scored, and what they are."""
    config = AverageConfig.read(CONFIG)
    taught: set[str] = set()
    for classifier in unseen_by:
        films = pd.read_csv(classifier.folder / "films.csv", dtype=str)
        taught |= set(films.loc[films["role"] == TRAIN, "sha256"])
    found = []
    for folder in (folder for folder in config.data if folder.source in SOURCES):
        dataset = open_dataset(folder.path, source=folder.source)
        table = dataset.table
        roles = assign_roles(table, read_manifest(config.manifest))
        kept = (roles != INTERNAL_TEST) & ~table["sha256"].isin(taught)
        kept &= table["label"].isin([NORMAL, COVID])
        rows = np.flatnonzero(kept.to_numpy())
        found.append((dataset, rows, table.iloc[rows]))
    return found


def answers(classifier: Classifier, dataset: Any, rows: NDArray[np.intp]) -> pd.DataFrame:
    """Return P(pneumonia), P(COVID-19) and P(pneumonia) without lungs; nothing where refused."""
    scores = [score for batch in score_films(classifier, dataset, list(rows)) for score in batch]
    ill, covid = classifier.task.p_pneumonia, classifier.task.outputs.index(COVID)
    told = [
        (float(ill(np.array(p))), p[covid], float(ill(np.array(score.blanked[0]))))
        if (p := score.probabilities) and score.blanked
        else (np.nan, np.nan, np.nan)
        for score in scores
    ]
    return pd.DataFrame(told, columns=["pneumonia", "covid", "lungs_blanked"])


def figures(films: pd.DataFrame, threshold: float) -> dict[str, Any]:
    """Return the figures of films that are either COVID-19 or normal."""
    ill = (films["label"] == COVID).to_numpy()
    names = ["pneumonia", "covid", "lungs_blanked"]
    found = intervals(
        lambda w: {name: auc(films[name].to_numpy(), ill, w) for name in names},
        films["patient"].tolist(),
        seed=0,
        draws=2000,
    )
    called = (films["pneumonia"] >= threshold).to_numpy()
    return {
        "films": [int(ill.sum()), int((~ill).sum())],
        **{
            n: [round(v, 3) for v in (i.value, i.low, i.high) if v is not None]
            for n, i in found.items()
        },
        "called": [round(float(called[ill].mean()), 3), round(float(called[~ill].mean()), 3)],
    }


def measure(
    model: Annotated[list[str], typer.Option(help="Installed bundle; more than one is fine.")],
) -> None:
    """Print a line of JSON for each model and pair of collections."""
    classifiers = [load_classifier(name) for name in model]
    collections = read(classifiers)
    for classifier in classifiers:
        scored = [
            pd.concat([table.reset_index(drop=True), answers(classifier, dataset, rows)], axis=1)
            for dataset, rows, table in collections
        ]
        films = pd.concat(scored, ignore_index=True).dropna(subset=["pneumonia"])
        for ill, well in product(SOURCES, SOURCES):
            chosen = films[
                ((films["label"] == COVID) & (films["source"] == ill))
                | ((films["label"] == NORMAL) & (films["source"] == well))
            ]
            told = figures(chosen, classifier.manifest.operating_point.threshold)
            print(
                json.dumps({"model": classifier.name, "covid_of": ill, "normal_of": well, **told})
            )


if __name__ == "__main__":
    typer.run(measure)
