"""One call from the configuration of an average to its bundle.

Wortsman et al. 2022, Model soups: averaging weights of multiple fine-tuned models improves accuracy
without increasing inference time, arXiv:2203.05482. Networks that begin with the same weights stay
near enough that what lies between them is a network too; what one of them learnt by chance weighs
less in it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from xray_core.bundle import BundleInfo, find_bundle
from xray_core.bundle.classical import read_classical
from xray_core.bundle.safety import load_keras_model
from xray_core.errors import ConfigError
from xray_core.training.average.config import AverageConfig
from xray_core.training.card import CardWords
from xray_core.training.card_making import detail_in_words, divided_in_words, making_in_words
from xray_core.training.config import TrainingConfig
from xray_core.training.film_reader import Progress
from xray_core.training.films import VALIDATION, FilmSet, OnFilms
from xray_core.training.from_bundles import make_bundle
from xray_core.training.release import write_network
from xray_core.training.scores import Network


def train_average(
    config: AverageConfig,
    *,
    on_load: Progress | None = None,
    on_films: OnFilms | None = None,
    log: Callable[[str], None] = lambda _: None,
) -> Path:
    """Average the weights of installed networks and return the folder of the new bundle.

    Nothing is trained; temperature, threshold and limits are chosen on validation films as for any
    other network, and the internal test is scored once.

    Args:
        config: everything that decides the run.
        on_load: called with the films read so far and their number.
        on_films: called with the films by role, before anything is scored on them.
        log: called with a sentence at each stage.

    Raises:
        BundleError: one of the bundles cannot be used.
        ConfigError: the bundles are not of one network that sees films in one way, or the
            configuration does not hold together.
        DatasetError: a data folder or the manifest cannot be used.
        FilmError: a film cannot be decoded.
        TrainingError: the bundle cannot be written, or the run is under way elsewhere.
    """
    config.check()
    shares, bases = config.parts(), [find_bundle(name) for name in config.models]
    check_alike(bases, seen_as_one=config.sees_as is not None, longest=config.longest)
    seen = config.models.index(config.seen())
    view = bases[seen]
    reading = config.on(view.manifest)

    def write(films: dict[str, FilmSet], folder: Path) -> Network:
        log(f"Averaging the weights of {_listed(bases)}.")
        models = [load_keras_model(base.path / "model.keras") for base in bases]
        model = average(models, shares, models[seen])
        return write_network(model, view.manifest.network, films[VALIDATION], folder)

    parts = zip(bases, shares, strict=True)
    made_of = [
        {"model": b.name, "sha256": b.sha256, "share": share, "training": b.manifest.training}
        for b, share in parts
    ]
    facts = {"kind": config.kind, "average": made_of}
    words = CardWords(
        making=f"The weights of {_listed(bases)}, averaged, each with its share; nothing was "
        f"trained further (arXiv:2203.05482). {_seen(bases, view)}{divided_in_words(reading)}"
        + detail_in_words(reading.preprocessing)
        + "".join(f"\n\n{_made(base)}" for base in bases),
        chosen_by="No epoch was chosen; "
        + ("the shares are equal." if config.shares is None else "the shares were given."),
    )
    return make_bundle(
        reading, bases, write, facts, words, on_load=on_load, on_films=on_films, log=log
    )


def check_alike(
    bases: Sequence[BundleInfo], *, seen_as_one: bool = False, longest: int | None = None
) -> None:
    """Check that bundles are of one network that sees films in one way.

    Args:
        bases: two or more.
        seen_as_one: they may differ in size and preprocessing; it was said whose the average has.
        longest: of the average; where it is given, theirs may differ.

    Raises:
        ConfigError: they are not.
    """
    first = bases[0]
    way_of_seeing = () if seen_as_one else ("input", "preprocessing")
    for base in bases:
        if read_classical(base.path) is not None:
            raise ConfigError(f"{base.name!r} is a classical model; networks can be averaged.")
        mine, theirs = first.manifest, base.manifest
        if longest is not None:
            mine, theirs = mine.with_longest(longest), theirs.with_longest(longest)
        for what in ("network", "outputs", *way_of_seeing):
            if getattr(mine, what) != getattr(theirs, what):
                raise ConfigError(
                    f"{first.name!r} and {base.name!r} differ in their {what}; allowed are models "
                    "of one network that see films in the same way and give the same outputs"
                    + ("; `sees_as` says whose way it is." if what in way_of_seeing else ".")
                )


def average(models: Sequence[Any], shares: Sequence[float], into: Any) -> Any:
    """Return one of the models with the average of all weights, statistics of batch norm included.

    Args:
        models: of the same layers.
        shares: of each; together 1.
        into: the one of them that is changed and returned.

    Raises:
        ConfigError: weights differ in shape, as where a dense layer follows the size of the input.
    """
    every = [model.get_weights() for model in models]
    if any([w.shape for w in weights] != [w.shape for w in every[0]] for weights in every):
        raise ConfigError(
            "The models' weights differ in shape; allowed are models of the same layers."
        )
    into.set_weights(
        [
            np.sum([s * w.astype(np.float64) for s, w in zip(shares, same, strict=True)], axis=0)
            if np.issubdtype(same[0].dtype, np.floating)
            else same[0]
            for same in zip(*every, strict=True)
        ]
    )
    return into


def _listed(bases: Sequence[BundleInfo]) -> str:
    named = [f"`{base.name}` (SHA-256 {base.sha256[:12]}…)" for base in bases]
    return f"{', '.join(named[:-1])} and {named[-1]}"


def _seen(bases: Sequence[BundleInfo], view: BundleInfo) -> str:
    """Return the sentence on whose way of seeing films is kept, where they have several."""
    mine = view.manifest
    ways = [(base.manifest.input, base.manifest.preprocessing) for base in bases]
    if all(way == (mine.input, mine.preprocessing) for way in ways):
        return ""
    return f"It is shown films as `{view.name}` is; not all of the others were. "


def _made(base: BundleInfo) -> str:
    """Return the paragraph on how one of them was made."""
    stated = base.manifest.training
    known = {name: stated[name] for name in TrainingConfig.model_fields if name in stated}
    try:
        config = TrainingConfig(**known)
    except ValidationError:  # itself made of other models, or of an earlier version
        return f"`{base.name}`: its card says how it was made."
    return f"`{base.name}`: {making_in_words(base.manifest, config)}"
