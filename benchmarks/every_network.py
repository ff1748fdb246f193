"""What each network costs and how far it gets: all of them trained on one small set, as jobs.

Takes as many films of each label from a data set (by default phantoms), puts a short training of
every network in the registry into the queue, each with the settings that the page suggests, and
prints a row when one ends. Jobs, runs and models lie in a fresh home that is removed afterwards.

    python benchmarks/every_network.py [FOLDER] [--films 320] [--epochs 3] [--network NAME]…
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from xray_core.datasets.open import open_dataset
from xray_core.datasets.phantom_set import draw_phantom_set
from xray_core.errors import XrayError
from xray_core.jobs.queue import job, submit
from xray_core.jobs.state import JobState, State
from xray_core.networks.keras_weights import KerasWeights
from xray_core.networks.registry import NETWORKS
from xray_core.networks.registry import network as spec_of
from xray_core.settings import settings
from xray_core.training.config import TrainingConfig
from xray_core.training.suggest import suggest_config

SEED = 20180222
SIDE = 96
"""Pixels that the large backbones of Keras see here, so that all are through within the hour."""
POLL_SECONDS = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--films", type=int, default=320)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--network", action="append", choices=[spec.name for spec in NETWORKS])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["XRAY_HOME"] = home
        settings.cache_clear()
        films = take_films(asked.folder, asked.films, Path(home) / "subset")
        names = asked.network or [spec.name for spec in NETWORKS]
        print(f"{'network':20}{'px':>5}{'state':>11}{'seconds':>9}{'AUC':>8}{'loss':>8}  reason")
        failed = [name for name in names if not trained(films, name, asked.epochs)]
    print(f"{len(names) - len(failed)} of {len(names)} networks trained.")
    sys.exit(bool(failed))


def take_films(folder: Path | None, count: int, to: Path) -> Path:
    """Return a folder with as many films of each label, one of each patient while that suffices."""
    if folder is None:
        return draw_phantom_set(count)
    dataset = open_dataset(folder)
    table = dataset.table.sample(frac=1, random_state=SEED)
    table = table[table["label"] != ""]
    table = table.assign(nth=table.groupby("patient").cumcount()).sort_values("nth", kind="stable")
    labels = table["label"].unique()
    for label in labels:
        (to / label).mkdir(parents=True)
        for index, path in table.loc[table["label"] == label, "path"][
            : count // len(labels)
        ].items():
            # Two folders of a set may hold films of one name.
            (to / label / f"{index}-{Path(path).name}").write_bytes(dataset.film_bytes(index))
    return to


def trained(films: Path, network: str, epochs: int) -> bool:
    """Train one network through the queue, print how it went, and tell whether it is done."""
    config = short(films, network, epochs)
    try:
        done = wait_for(submit(config))
    except XrayError as error:
        print(f"{network:20}{error}", flush=True)
        return False
    seconds = (done.ended - done.started).total_seconds() if done.ended and done.started else 0.0
    row = f"{network:20}{config.size:5}{done.state:>11}{seconds:9.0f}"
    if done.state is not State.DONE or done.bundle is None:
        print(f"{row}{'':16}  {done.reason}", flush=True)
        return False
    history = json.loads((settings().home / "runs" / done.name / "history.json").read_text())
    best = min(history["epochs"], key=lambda epoch: epoch["validation_loss"])
    print(f"{row}{best['validation_auc']:8.3f}{best['validation_loss']:8.3f}", flush=True)
    shutil.rmtree(done.bundle)
    return True


def short(films: Path, network: str, epochs: int) -> TrainingConfig:
    """Return what the page suggests, with few epochs and, for the large backbones, small films."""
    config = suggest_config(open_dataset(films), name=f"short-{network}", network=network)
    large = isinstance(spec_of(network).pretrained, KerasWeights)
    return config.model_copy(
        update={"epochs": epochs, "input_size": SIDE if large else config.size}
    )


def wait_for(run: str) -> JobState:
    """Return a job once it has ended."""
    while (state := job(run)).active:
        time.sleep(POLL_SECONDS)
    return state


if __name__ == "__main__":
    main()
