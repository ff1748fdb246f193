"""One call from the configuration of a classical model to its bundle."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import BundleInfo, find_bundle
from xray_core.bundle.classical import ClassicalModel, FeaturesFrom, Forest, Linear, read_classical
from xray_core.bundle.safety import load_keras_model
from xray_core.errors import ConfigError
from xray_core.training.canvas import centre_of
from xray_core.training.card import CardWords
from xray_core.training.card_making import detail_in_words, divided_in_words
from xray_core.training.classical.config import TITLES, ClassicalConfig
from xray_core.training.classical.fit import Table, fit_classical
from xray_core.training.config import TrainingConfig
from xray_core.training.film_reader import Progress
from xray_core.training.films import TRAIN, VALIDATION, FilmSet, OnFilms
from xray_core.training.forms import save_forms
from xray_core.training.from_bundles import make_bundle
from xray_core.training.scores import Network

PART = 64
"""Films that are turned from canvases to inputs at a time."""


def train_classical(
    config: ClassicalConfig,
    *,
    on_load: Progress | None = None,
    on_films: OnFilms | None = None,
    log: Callable[[str], None] = lambda _: None,
) -> Path:
    """Fit a classical model to a network's features and return the folder of its bundle.

    The bundle holds the network up to its features too: it needs no other bundle. Films are not
    augmented; phantoms are left out.

    Args:
        config: everything that decides the run.
        on_load: called with the films read so far and their number.
        on_films: called with the films by role, before anything is fitted to them.
        log: called with a sentence at each stage.

    Raises:
        BundleError: the bundle that makes the features cannot be used.
        ConfigError: the configuration does not hold together.
        DatasetError: a data folder or the manifest cannot be used.
        FilmError: a film cannot be decoded.
        TrainingError: the model cannot be fitted or written, or the run is under way elsewhere.
    """
    base = find_base(config.features)
    reading = config.on(base.manifest)

    def write(films: dict[str, FilmSet], folder: Path) -> Network:
        log(f"Fitting {config.model} to the features of {base.name!r}.")
        return _write(config, base, films, folder)

    made_of = {"model": base.name, "sha256": base.sha256}
    facts = {"kind": config.kind, "model": config.model, "features": made_of}
    words = _words(reading, config, base)
    return make_bundle(
        reading, [base], write, facts, words, on_load=on_load, on_films=on_films, log=log
    )


def find_base(name: str) -> BundleInfo:
    """Return the installed bundle whose network makes the features.

    Raises:
        BundleError: there is none of that name that may be used.
        ConfigError: it is a classical model itself.
    """
    base = find_bundle(name)
    if read_classical(base.path) is not None:
        raise ConfigError(
            f"the features of {base.name!r} are weighed by a classical model already; allowed is a "
            "bundle whose network gives the opinion."
        )
    return base


def _write(
    config: ClassicalConfig, base: BundleInfo, films: dict[str, FilmSet], folder: Path
) -> Network:
    """Write the network up to its features and the model that weighs them; return both as one."""
    network, layer = up_to_features(load_keras_model(base.path / "model.keras"))
    features = save_forms(network, base.manifest.network, folder)
    size = base.manifest.input.size
    train, validation = films[TRAIN], films[VALIDATION]
    fitted = fit_classical(
        config.model,
        Table(_in_parts(features, train.images, size), train.allowed),
        Table(features(validation.images[..., None]), validation.allowed),
        config.seed,
    )
    model = ClassicalModel(
        kind=config.model,
        features=FeaturesFrom(
            model=base.name, sha256=base.sha256, layer=layer, count=features.output_shape[1]
        ),
        outputs=train.allowed.shape[1],
        linear=fitted if isinstance(fitted, Linear) else None,
        forest=fitted if isinstance(fitted, Forest) else None,
    )
    model.write(folder)
    return lambda batch: model.logits(features(batch))


def up_to_features(model: Any) -> tuple[Any, str]:
    """Return a network without its logits, and the name of the layer that it then ends in."""
    from keras import Model

    # A dropout before the logits does nothing outside training.
    last = next(layer for layer in model.layers[-2::-1] if type(layer).__name__ != "Dropout")
    return Model(model.inputs[0], last.output, name=model.name), last.name


def _in_parts(features: Network, canvases: NDArray[np.uint8], size: int) -> NDArray[np.float32]:
    """Return the features of training films as the network sees them, unchanged."""
    parts = []
    for start in range(0, len(canvases), PART):
        views = np.stack([centre_of(canvas, size) for canvas in canvases[start : start + PART]])
        parts.append(features(views[..., None].astype(np.float32) / np.float32(255)))
    return np.concatenate(parts)


def _words(reading: TrainingConfig, config: ClassicalConfig, base: BundleInfo) -> CardWords:
    """Return how it was made, for the card."""
    return CardWords(
        making=f"{TITLES[config.model]} on the features that the network of `{base.name}` (SHA-256 "
        f"{base.sha256[:12]}…) makes of a film before its last layer; the network is in this "
        "bundle and was not trained further. Fitted to the training films whose label names one "
        "output, each output weighing the same, without augmentation, seed "
        f"{config.seed}. {divided_in_words(reading)}{detail_in_words(reading.preprocessing)}",
        chosen_by="Nothing was chosen by either; validation films, as they are, chose the penalty "
        "of logistic regression and the number of boosted trees.",
    )
