"""The card of a segmenter: `README.md` of its bundle, with the head that the Hub reads.

Mitchell et al. 2019, Model Cards for Model Reporting, arXiv:1810.03993.
"""

from typing import Any

from xray_core.bundle import BundleManifest
from xray_core.notice import NOTICE
from xray_core.training.segmenter.config import Changes, SegmenterConfig
from xray_core.training.segmenter.trials import HARMLESS, WRONG

CARD = """\
---
license: other
license_name: research-use-only
library_name: keras
pipeline_tag: image-segmentation
tags: [chest-x-ray, radiology, lung-segmentation, research-use-only]
model_name: {name}
---

# {title}

**{notice}**

## What it is for

It outlines both lungs, with the part behind the heart, on upright frontal chest radiographs of
children and adults, and says so when it finds no plausible pair of them. The outline crops films
for a classifier and shows how much of an explanation lies in the lungs.

## What it must not be used for

To measure lungs: the outline is that of a square of {size}×{size} px laid back on the film. To
find disease: a lung that disease has made dense is outlined like any other. For lateral films,
computed tomography or other parts of the body.

## How it was made

Network `{network}` on grey films of {size}×{size} px (the whole film stretched to a square, grey
values between the {low:g} and {high:g} percentiles), {epochs} epochs of {films_per_epoch} films,
AdamW, seed {seed}; the loss of the outline is cross entropy and Dice, that of the pose (upright,
turned, no pair) cross entropy. {changes}
Patients of data sets with a list were divided by it ({lists}), others by a keyed hash.

## Films

{films}

## Figures on the internal test patients

These patients chose nothing of this model, which was scored on them once, when this card was
written. Dice and covered are means over films at their own size; covered is the share of the mask
that was found. Intervals of 95 % are bootstrapped over patients. Where masks leave the heart out,
what lies between the two lungs is not scored, and there is no Dice.

{internal_test}

## Figures on the validation patients

The limits of plausibility were chosen on these: {chosen_on}.

{validation}

## What is called plausible

Validation films, changed so that no upright pair of whole lungs is left, and pictures without a
chest. The photographs, those that come with scikit-image, were not trained on; noise and writing
were of the kinds that were.

{wrong}

The same films with changes that must do no harm:

{harmless}

## Cost

One film takes at least {times} on the machine that trained it. The weights take {megabytes:.2f} MB.

## Limits

{limits} A film that is mirrored left to right is not noticed.

## Reproduce

`python -m xray_core train --config {config} --name NAME` trains another in the same way, beside
this one; the whole configuration and the history of every epoch are in `bundle.json`, the films
with their roles in `films.csv`.
"""


def segmenter_card(manifest: BundleManifest, config: SegmenterConfig) -> str:
    """Return the card as Markdown with a YAML head."""
    how, cost = manifest.preprocessing, manifest.metrics["cost"]
    times = [f"{ms} ms at {key[6:]} px" for key, ms in cost.items() if key.startswith("ms_at_")]
    return CARD.format(
        limits=config.limits,
        name=manifest.name,
        title=manifest.title,
        notice=NOTICE,
        size=manifest.input.size,
        network=manifest.network,
        low=how.low,
        high=how.high,
        epochs=config.epochs,
        films_per_epoch=config.films_per_epoch,
        seed=config.seed,
        changes=_changes(config.changes),
        lists=", ".join(sorted({f"`{d.manifest.name}`" for d in config.data if d.manifest}))
        or "none here",
        films=_data(config),
        internal_test=_figures(manifest, "internal_test/"),
        validation=_figures(manifest, "validation/"),
        chosen_on=manifest.lungs.chosen_on if manifest.lungs else "none",
        wrong=_trials(manifest, [k for k in _trial_names(manifest) if k not in HARMLESS]),
        harmless=_trials(manifest, [k for k in HARMLESS if f"trial/{k}" in manifest.metrics]),
        times=", ".join(times),
        megabytes=cost["model_bytes"] / 2**20,
        config=config.file,
    )


def _changes(how: Changes) -> str:
    shares = {
        "turned by 90, 180 or 270 degrees": how.turned,
        "cut": how.cut,
        "shrunk": how.shrunk,
        "inverted": how.inverted,
        "made dense in a part of the lungs": how.opacified,
        "hidden in part": how.hidden,
        "framed": how.frame,
        "blurred": how.blur,
        "noisy": how.noise,
    }
    listed = ", ".join(f"{name} ({share:.0%})" for name, share in shares.items() if share)
    return (
        f"Films were rotated by up to {how.rotation:g} degrees, mirrored, and: "
        f"{listed or 'no more'}; {how.no_chest:.0%} of an epoch were drawings and scrambled films "
        "without a chest."
    )


def _data(config: SegmenterConfig) -> str:
    rows = ["| data set | who | terms |", "| --- | --- | --- |"]
    rows += [f"| `{d.source}` | {d.population} | {d.licence} |" for d in config.data]
    return "\n".join(rows)


def _figures(manifest: BundleManifest, prefix: str) -> str:
    rows = [
        "| films | n (patients) | Dice | covered | plausible |",
        "| --- | --- | --- | --- | --- |",
    ]
    for key, m in manifest.metrics.items():
        if key.startswith(prefix):
            cells = [_figure(m, name) for name in ("dice", "covered", "plausible")]
            which = key.removeprefix(prefix)
            rows.append(f"| {which} | {m['n']} ({m['patients']}) | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _figure(metrics: dict[str, Any], name: str) -> str:
    value, ends = metrics.get(name), metrics.get(f"{name}_ci")
    if value is None:
        return "not scored"
    return f"{value:.3f}" + (f" ({ends[0]:.3f} to {ends[1]:.3f})" if ends else "")


def _trial_names(manifest: BundleManifest) -> list[str]:
    names = [key.split("/", 1)[1] for key in manifest.metrics if key.startswith("trial/")]
    return sorted(names, key=lambda name: name not in WRONG)


def _trials(manifest: BundleManifest, names: list[str]) -> str:
    found = {name: manifest.metrics[f"trial/{name}"] for name in names}
    with_dice = any("dice" in m for m in found.values())
    rows = ["| trial | n | called plausible |" + (" Dice |" if with_dice else "")]
    rows.append("| --- | --- | --- |" + (" --- |" if with_dice else ""))
    for name, m in found.items():
        dice = f" {m['dice']:.3f} |" if with_dice else ""
        rows.append(f"| {name} | {m['n']} | {m['plausible']:.1%} |{dice}")
    return "\n".join(rows)
