"""The rows of the tables of validation figures in `bundled-model.md` and `trial-notes.md`.

    python docs/score_validation.py --config configs/kerley-lite-24b.json --model kerley-lite-28 \
        --model kerley-lite-24b+kerley-lite-24c

reads the validation films as that configuration prepares them, and draws its stressed films; all
models are scored on the same ones, whatever each was trained with. A model is an installed one, or
the folder of a bundle; several joined by `+` are the average of their weights, with as much of each
as it is named (`one+one+other`). Joined by a comma, models or averages give the mean of their
calibrated probabilities (`one+other,third`), whatever their architectures. With `--style` films
weigh by their style as another configuration prepares them, so that models that see films in
different ways are judged by the same weights. With `--mirrored` each film is scored as it is and
mirrored, and the logits are averaged.
Printed as JSON, of each model with a temperature of its own:

- plain, stressed, styled: the losses by which epochs are chosen;
- auc: of all films, normal against pneumonia; auc_misled: of those whose style alone gives their
  class a probability under a half;
- specificity: of the children where at least 99 % of their pneumonias are found, and threshold;
- false_alarms, false_alarms_misled: normal films called ill there, and how many there are: of the
  children, and of all that style misleads;
- bacterial_vs_viral; nih: of `adult_cxr` without COVID-19; lungs_blanked of the children and all;
- grain: of the plain films with grain of up to 0.02 over each (`training.grain`) the loss, the
  false alarms among children and among all at that same threshold, and the children's sensitivity.
"""

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from scipy.special import softmax

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from xray_core.bundle import find_bundle
from xray_core.bundle.lite import LITE_FILE, LiteNetwork
from xray_core.bundle.safety import load_keras_model
from xray_core.calibration import fit_temperature, partial_log_loss
from xray_core.evaluation.statistics import auc
from xray_core.labels import BACTERIAL, COVID, VIRAL, task_named
from xray_core.training.average.run import average
from xray_core.training.config import TrainingConfig
from xray_core.training.films import VALIDATION, FilmSet, load_films
from xray_core.training.grain import lay_grain
from xray_core.training.operating_point import choose_operating_point
from xray_core.training.parts import OperatingRule
from xray_core.training.release import write_network
from xray_core.training.run import name_finder
from xray_core.training.scores import Network
from xray_core.training.validation import validate

RULE = OperatingRule(min_sensitivity=0.99, source="chest_xray")
Row = dict[str, Any]
GRAIN = 0.02
LOSSES = {"plain": "validation", "stressed": "stressed", "styled": "styled"}


def area(scores: NDArray[np.floating], positive: NDArray[np.bool_]) -> float:
    """Return the AUC, rounded."""
    return round(float(auc(scores.astype(np.float64), positive, np.ones((1, len(scores))))[0]), 3)


def folder_of(name: str) -> Path:
    """Return the folder of an installed bundle, or the one that was named."""
    return Path(name) if (Path(name) / LITE_FILE).is_file() else find_bundle(name).path


def network_of(name: str, plain: FilmSet) -> Network:
    """Return what scores with a model, or with the average of those that `+` joins."""
    folders = [folder_of(part) for part in name.split("+")]
    if len(folders) == 1:
        return LiteNetwork(folders[0] / LITE_FILE)
    models = [load_keras_model(folder / "model.keras") for folder in folders]
    mean = average(models, [1 / len(models)] * len(models), models[0])
    with tempfile.TemporaryDirectory() as scratch:  # rounded as when it is released
        return write_network(mean, mean.name, plain, Path(scratch))


def committee(networks: list[Network], plain: FilmSet) -> Network:
    """Return what gives the logarithms of the mean of the networks' calibrated probabilities."""
    films = plain.images[..., None]
    temperatures = [fit_temperature(each(films), plain.allowed) for each in networks]
    pairs = list(zip(networks, temperatures, strict=True))
    return lambda films: np.log(np.mean([softmax(n(films) / t, axis=1) for n, t in pairs], axis=0))


def films_of(config: Path) -> tuple[TrainingConfig, dict[str, FilmSet]]:
    """Return a configuration, and its films as it prepares them."""
    of_run = name_finder(TrainingConfig.read(config))
    if of_run.style_floor is None:
        raise typer.BadParameter(f"{config} has no style_floor, by which films are weighed.")
    return of_run, load_films(of_run)


def with_mirrored(network: Network) -> Network:
    """Return what gives the mean of the logits of a film and of its mirror image."""
    return lambda films: (network(films) + network(np.ascontiguousarray(films[:, :, ::-1]))) / 2


def row_of(network: Network, films: dict[str, FilmSet], config: TrainingConfig) -> Row:
    """Return what is printed of a model."""
    task, plain = task_named(config.task), films[VALIDATION]
    assert plain.by_style is not None and plain.blanked is not None  # there is a style floor
    told = validate(lambda inputs: network(inputs[..., None]), films, config)
    logits = network(plain.images[..., None])
    temperature = fit_temperature(logits, plain.allowed)
    p = softmax(logits.astype(np.float64) / temperature, axis=1)
    ill, sick = task.p_pneumonia(p), ~plain.allowed[:, task.normal_index]
    point = choose_operating_point(p, plain, task, RULE)
    source, label = (plain.table[name].to_numpy() for name in ("source", "label"))
    children, misled = source == RULE.source, plain.by_style < 0.5
    nih = (source == "adult_cxr") & (label != COVID)
    kinds = np.isin(label, (BACTERIAL, VIRAL))
    b, v = (p[kinds][:, task.outputs.index(name)] for name in (BACTERIAL, VIRAL))
    without = network(plain.blanked[:, 0, ..., None]).astype(np.float64) / temperature
    grey = task.p_pneumonia(softmax(without, axis=1))

    def false_alarms(among: NDArray[np.bool_]) -> list[int]:
        normal = among & ~sick
        return [int((ill[normal] >= point.threshold).sum()), int(normal.sum())]

    with_grain = plain.images.copy()
    lay_grain(with_grain, 1.0, GRAIN, np.random.default_rng(0))
    grainy = network(with_grain[..., None])
    ill_grainy = task.p_pneumonia(softmax(grainy.astype(np.float64) / temperature, axis=1))

    def alarms(scores: NDArray[np.float64], among: NDArray[np.bool_]) -> float:
        return round(float((scores[among] >= point.threshold).mean()), 3)

    return {
        **{name: round(told[f"{key}_loss"], 3) for name, key in LOSSES.items()},
        "auc": area(ill, sick),
        "auc_misled": area(ill[misled], sick[misled]),
        "specificity": round(point.specificity.value or 0.0, 3),
        "threshold": round(point.threshold, 3),
        "false_alarms": false_alarms(children),
        "false_alarms_misled": false_alarms(misled),
        "bacterial_vs_viral": area(b / (b + v), label[kinds] == BACTERIAL),
        "nih": area(ill[nih], sick[nih]),
        "lungs_blanked": [area(grey[children], sick[children]), area(grey, sick)],
        "grain": [
            round(partial_log_loss(grainy, plain.allowed, temperature), 3),
            alarms(ill_grainy, children & ~sick),
            alarms(ill_grainy, ~sick),
            alarms(ill_grainy, children & sick),
        ],
    }


def main(
    config: Annotated[Path, typer.Option(help="Of a training: how films are prepared.")],
    model: Annotated[list[str], typer.Option(help="Bundle, or several joined by + or a comma.")],
    style: Annotated[Path | None, typer.Option(help="Of a training: how style is seen.")] = None,
    mirrored: Annotated[bool, typer.Option(help="Average over the mirror image too.")] = False,
) -> None:
    """Print a row of each model as JSON."""
    of_run, films = films_of(config)
    if style is not None:
        seen = films_of(style)[1][VALIDATION]
        assert (seen.table["path"] == films[VALIDATION].table["path"]).all()
        films[VALIDATION] = replace(films[VALIDATION], by_style=seen.by_style)
    for name in model:
        members = [network_of(part, films[VALIDATION]) for part in name.split(",")]
        network = members[0] if len(members) == 1 else committee(members, films[VALIDATION])
        row = row_of(with_mirrored(network) if mirrored else network, films, of_run)
        print(json.dumps({"model": name, **row}), flush=True)


if __name__ == "__main__":
    typer.run(main)
