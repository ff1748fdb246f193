"""From trained weights to a bundle: limits of plausibility, figures, card."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np

from xray_core.bundle import BundleInfo, BundleManifest, InputSpec, LungLimits
from xray_core.bundle.store import bundle_sha256, stores
from xray_core.datasets.splits import INTERNAL_TEST, VALIDATION
from xray_core.lungs import LungFinder
from xray_core.lungs.outline import outline
from xray_core.training.environment import environment
from xray_core.training.film_list import write_film_list
from xray_core.training.new_bundle import new_bundle
from xray_core.training.segmenter.card import segmenter_card
from xray_core.training.segmenter.config import SegmenterConfig
from xray_core.training.segmenter.figures import milliseconds, score, score_trials
from xray_core.training.segmenter.films import MaskedSet
from xray_core.training.segmenter.fit import SegmenterEpoch
from xray_core.training.segmenter.limits import choose_limits

ANYTHING = LungLimits(
    area=(0, 1), aspect=(0, 100), balance=0, certainty=0, edge=1, upright=0, chosen_on="nothing"
)
TIMED = (224, 2000)
"""Sides of the films on which the time is measured."""


def release_segmenter(
    config: SegmenterConfig, model: Any, films: dict[str, MaskedSet], history: list[SegmenterEpoch]
) -> Path:
    """Write the bundle, make it trusted in its store and return its folder.

    The limits are chosen on validation films; the internal test is scored here, once. What is
    scored is the finder that users get. The folder appears complete or not at all.

    Raises:
        TrainingError: a classifier that needs the bundle of this name was installed meanwhile.
    """
    folder = segmenter_folder(config)
    with new_bundle(folder, "segmenter", default=config.default) as new:
        # A new model of the same layers: a compiled one would bring along its loss, our code.
        keras.Model(model.inputs, model.outputs, name=config.network).save(new / "model.keras")
        manifest = _measured(config, films, history, new)
        manifest.write(new)
        write_film_list([found.table for found in films.values()], new / "films.csv")
        (new / "README.md").write_bytes(segmenter_card(manifest, config).encode())
    return folder


def segmenter_folder(config: SegmenterConfig) -> Path:
    """Return the folder that the bundle of a run is written into."""
    return (config.store or stores()[1]) / config.name


def _measured(
    config: SegmenterConfig,
    films: dict[str, MaskedSet],
    history: list[SegmenterEpoch],
    folder: Path,
) -> BundleManifest:
    manifest = BundleManifest(
        name=config.name,
        title=config.title,
        kind="segmenter",
        network=config.network,
        input=InputSpec(size=config.input_size),
        preprocessing=config.preprocessing,
        lungs=ANYTHING,
        metrics={},
        training=config.portable() | {"history": [asdict(record) for record in history]},
        environment=environment(),
    )
    finder = _finder(manifest, folder)
    seen = np.stack([finder.see(film.pixels) for film in films[VALIDATION].films])
    probabilities, poses = finder.score(seen)
    limits = choose_limits([outline(p) for p in probabilities], poses, config.limit_quantile)
    manifest = manifest.model_copy(update={"lungs": limits})
    finder = _finder(manifest, folder)
    metrics: dict[str, dict[str, Any]] = {}
    for role in (INTERNAL_TEST, VALIDATION):
        scored = score(finder, films[role], config)
        metrics |= {f"{role}/{key}": figures for key, figures in scored.items()}
    trials = score_trials(finder, films[VALIDATION], config.seed)
    metrics |= {f"trial/{key}": figures for key, figures in trials.items()}
    size = (folder / "model.keras").stat().st_size
    metrics["cost"] = {"model_bytes": size} | {
        f"ms_at_{side}": milliseconds(finder, side) for side in TIMED
    }
    return manifest.model_copy(update={"metrics": metrics})


def _finder(manifest: BundleManifest, folder: Path) -> LungFinder:
    """Load the bundle as users will, from the folder that it is being written in."""
    manifest.write(folder)
    sha256 = bundle_sha256(folder)
    return LungFinder(BundleInfo(manifest.name, "segmenter", folder, sha256, manifest, False))
