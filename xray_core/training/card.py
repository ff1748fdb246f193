"""The model card: `README.md` of a bundle, with the YAML head that the Hugging Face Hub reads.

Mitchell et al. 2019, Model Cards for Model Reporting, arXiv:1810.03993.
"""

from typing import Any

from xray_core.bundle import BundleManifest, Interval, OperatingPoint
from xray_core.labels import TITLES
from xray_core.notice import NOTICE
from xray_core.training.config import TrainingConfig

CARD = """\
---
license: other
license_name: research-use-only
library_name: keras
pipeline_tag: image-classification
tags: [chest-x-ray, radiology, pneumonia, covid-19, research-use-only]
model_name: {name}
---

# {title}

**{notice}**

## What it is for

A second reader of upright frontal chest radiographs, for research and teaching. It gives
calibrated probabilities for: {outputs}.

## What it must not be used for

To rule disease out; to decide on treatment without a clinician; for lateral films, computed
tomography or photographs of a screen; for lung cancer, tuberculosis, pneumothorax, fractures or
anything but its outputs; for people unlike those on its films.

## How it was made

{making}

## Films

{films}

## Figures on the internal test patients

These patients were used for nothing else, and were scored once, when this card was written. Every
film counts, also one that the novelty check would refuse.
Intervals of 95 % are bootstrapped over patients; accuracy, sensitivity and specificity are of
normal against pneumonia at the threshold {threshold:.3f}.

{internal_test}

## Figures on the validation patients

The weights, the temperature and the threshold were chosen on these, so the figures flatter.

{validation}

## Operating point

{operating_point}

## Known confounders

{confounders}

## Reproduce

`python -m xray_core train --config {config}`; the whole configuration and the history of every
epoch are in `bundle.json`, the films with their roles in `films.csv`.
"""


def model_card(manifest: BundleManifest, config: TrainingConfig) -> str:
    """Return the card as Markdown with a YAML head."""
    point = manifest.operating_point
    return CARD.format(
        name=manifest.name,
        title=manifest.title,
        notice=NOTICE,
        outputs=", ".join(TITLES[output.name] for output in manifest.outputs),
        making=_making(manifest, config),
        films=_data(config),
        threshold=point.threshold,
        internal_test=_table(manifest, "internal_test"),
        validation=_table(manifest, "validation"),
        operating_point=operating_point_in_words(point),
        confounders=config.confounders,
        config=config.file,
    )


def operating_point_in_words(point: OperatingPoint) -> str:
    """Return the operating point as a sentence."""
    return (
        f"PNEUMONIA is called at P(pneumonia) ≥ {point.threshold:.3f}: {point.rule} on "
        f"{point.films} films of {point.patients} {point.chosen_on}. There it finds "
        f"{_percent(point.sensitivity)} of the pneumonias and {_percent(point.specificity)} of "
        "the normal films."
    )


def _making(manifest: BundleManifest, config: TrainingConfig) -> str:
    how = manifest.preprocessing
    return (
        f"Network `{manifest.network}` on grey films of {manifest.input.size}×"
        f"{manifest.input.size} px (the whole film stretched to a square, grey values between "
        f"the {how.low:g} and {how.high:g} percentiles), {config.epochs} epochs of "
        f"{config.films_per_epoch} films, AdamW, seed {config.seed}; labels may be partial. "
        f"Patients were divided once, by `{config.manifest.name}`. Temperature "
        f"{manifest.temperature:.3f}." + _phantoms(config) + _frames(config)
    )


def _phantoms(config: TrainingConfig) -> str:
    if not config.phantoms.films:
        return ""
    return (
        f" {config.phantoms.films} drawn phantoms make up {config.phantoms.share:.0%} of an "
        "epoch, so that the offline demonstration can be read; no figure here counts one."
    )


def _frames(config: TrainingConfig) -> str:
    how = config.augmentation
    if not how.frame and not how.blur:
        return ""
    return (
        f" In training the outer frame is replaced with probability {how.frame:g} and the "
        f"resolution changed with probability {how.blur:g}, so that neither tells the class; how "
        "far that helped is not measured on this bundle."
    )


def _data(config: TrainingConfig) -> str:
    rows = ["| data set | who | terms |", "| --- | --- | --- |"]
    rows += [f"| `{d.source}` | {d.population} | {d.licence} |" for d in config.data]
    return "\n".join(rows)


def _table(manifest: BundleManifest, role: str) -> str:
    rows = [
        "| films | n (patients) | AUC | accuracy | sensitivity | specificity | ECE "
        "| bacterial against viral AUC |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for key, m in manifest.metrics.items():
        if key == role or key.startswith(f"{role}/"):
            cells = [_figure(m, name) for name in ("auc", "accuracy", "sensitivity", "specificity")]
            cells += [_figure(m, "ece"), _figure(m, "bacterial_vs_viral_auc")]
            which = "all" if key == role else key.split("/", 1)[1]
            rows.append(f"| {which} | {m['n']} ({m['patients']}) | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _figure(metrics: dict[str, Any], name: str) -> str:
    value, ends = metrics[name], metrics.get(f"{name}_ci")
    if value is None:
        return "not defined"
    return f"{value:.3f}" + (f" ({ends[0]:.3f} to {ends[1]:.3f})" if ends else "")


def _percent(interval: Interval) -> str:
    if interval.value is None:
        return "an undefined share"
    if interval.low is None or interval.high is None:
        return f"{interval.value:.1%}"
    return f"{interval.value:.1%} ({interval.low:.1%} to {interval.high:.1%})"
