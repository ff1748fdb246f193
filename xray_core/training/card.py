"""The model card: `README.md` of a bundle, with the YAML head that the Hugging Face Hub reads.

Mitchell et al. 2019, Model Cards for Model Reporting, arXiv:1810.03993.
"""

from dataclasses import dataclass

from xray_core.bundle import BundleManifest, Interval, OperatingPoint
from xray_core.evaluation.reliance import ALLOWED
from xray_core.evaluation.reliance_words import card_in_words
from xray_core.labels import TITLES
from xray_core.notice import NOTICE
from xray_core.training.card_making import chosen_by, making_in_words
from xray_core.training.card_published import published_section
from xray_core.training.card_tables import (
    figures_table,
    reliability_table,
    shortcuts_table,
    stressed_table,
)
from xray_core.training.config import TrainingConfig
from xray_core.training.learnt import nothing_learnt
from xray_core.training.undecoded import UNDECODED

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
{learnt}
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

These patients chose nothing of this model, which was scored on them once, when this card was
written. (Models made before it may have been scored on them too, and who made this one may have
seen how those fared.) Every film counts, also one that the novelty check would refuse.
Intervals of 95 % are bootstrapped over patients; accuracy, sensitivity and specificity are of
normal against pneumonia at the threshold {threshold:.3f}.

{internal_test}

## Figures on the validation patients

The weights, the temperature and the threshold were chosen on these, so the figures flatter.

{validation}
{published}
## Calibration

What the model says against what is true, on all internal test films, by tenths of P(pneumonia); the
intervals of 95 % count films (Wilson 1927). A share within its interval of what was said is no
evidence against the probabilities.

{reliability}

## Shortcuts

In these films more than disease goes with the class, see below. What the model still knows when a
part of every film is grey tells how far it leans on that; the crop is that of the intact film. With
the lungs blanked (the middle 76 % of height and width) a model should know nothing: AUC 0.5; what
is above or below that, it reads from the frame, and how far that is, |AUC − 0.5|, is its reliance
on shortcuts; {allowed:g} is allowed. With the frame blanked (all the rest) it should
lose nothing: the AUC of the intact films.

{shortcuts}
{reliance}
The stressed films are the validation films with frames swapped between the classes, markers painted
in and out, resampled and sharpened, exposed otherwise, collimated, and grainy. None of that is
disease, so the figures should stay as they are. {chosen_by}

{stressed}

## Operating point

{operating_point}

## Known confounders

{confounders}

## Reproduce

{reproduce}; the whole configuration and the history of every
epoch are in `bundle.json`, the films with their roles in `films.csv`.
"""


@dataclass(frozen=True)
class CardWords:
    """What a card says of the making of a model: a paragraph, and how its weights were chosen."""

    making: str
    chosen_by: str


def model_card(
    manifest: BundleManifest, config: TrainingConfig, words: CardWords | None = None
) -> str:
    """Return the card as Markdown with a YAML head.

    Args:
        manifest: of the bundle.
        config: the run.
        words: on its making, for what is not a network trained by `config`.
    """
    point = manifest.operating_point
    if words is None:
        words = CardWords(making_in_words(manifest, config), chosen_by(config))
    return CARD.format(
        name=manifest.name,
        title=manifest.title,
        notice=NOTICE,
        learnt=_learnt(manifest),
        outputs=", ".join(TITLES[output.name] for output in manifest.outputs),
        making=words.making,
        films=_data(config) + _undecoded(manifest),
        threshold=point.threshold,
        internal_test=figures_table(manifest, "internal_test"),
        validation=figures_table(manifest, "validation"),
        published=published_section(manifest),
        reliability=reliability_table(manifest.metrics["internal_test"]),
        shortcuts=shortcuts_table(manifest),
        reliance="".join(f"\n{s}\n" for s in card_in_words(manifest.name, manifest.metrics)),
        allowed=ALLOWED,
        chosen_by=words.chosen_by,
        stressed=stressed_table(manifest),
        operating_point=operating_point_in_words(point),
        confounders=config.confounders,
        reproduce=_reproduce(config),
    )


def operating_point_in_words(point: OperatingPoint) -> str:
    """Return the operating point as a sentence."""
    return (
        f"PNEUMONIA is called at P(pneumonia) ≥ {point.threshold:.3f}: {point.rule} on "
        f"{point.films} films of {point.patients} {point.chosen_on}. There it finds "
        f"{_percent(point.sensitivity)} of the pneumonias and {_percent(point.specificity)} of "
        "the normal films."
    )


def _reproduce(config: TrainingConfig) -> str:
    if config.file:
        return (
            f"`python -m xray_core train --config {config.file} --name NAME` trains another in the "
            "same way, beside this one"
        )
    return "The configuration was chosen on the spot; save it to a file for `train --config`"


def _data(config: TrainingConfig) -> str:
    rows = ["| data set | who | terms |", "| --- | --- | --- |"]
    rows += [f"| `{d.source}` | {d.population} | {d.licence} |" for d in config.data]
    return "\n".join(rows)


def _learnt(manifest: BundleManifest) -> str:
    sentence = nothing_learnt(manifest.metrics)
    return f"\n**{sentence}**\n" if sentence else ""


def _undecoded(manifest: BundleManifest) -> str:
    """Return the sentence on films that are missing from `films.csv`, or nothing."""
    lost = manifest.training.get(UNDECODED, {})
    if not lost:
        return ""
    roles = ", ".join(f"{role.replace('_', ' ')} {count}" for role, count in lost.items())
    return f"\n\nFilms that cannot be decoded were left out: {roles}."


def _percent(interval: Interval) -> str:
    if interval.value is None:
        return "an undefined share"
    if interval.low is None or interval.high is None:
        return f"{interval.value:.1%}"
    return f"{interval.value:.1%} ({interval.low:.1%} to {interval.high:.1%})"
