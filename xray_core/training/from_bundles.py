"""From installed bundles to a new one: what every kind of such a run does, in its order."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from xray_core.bundle import BundleInfo, BundleManifest
from xray_core.settings import settings
from xray_core.training.card import CardWords
from xray_core.training.config import TrainingConfig
from xray_core.training.earlier_films import check_unseen, read_earlier, together
from xray_core.training.film_reader import Progress
from xray_core.training.films import FilmSet, OnFilms, load_films
from xray_core.training.free_name import check_free
from xray_core.training.lock import exclusive
from xray_core.training.on_bundles import stated_of
from xray_core.training.release import bundle_folder, publish
from xray_core.training.run import check_films
from xray_core.training.scores import Network
from xray_core.training.store_check import check_store


def make_bundle(
    reading: TrainingConfig,
    bases: Sequence[BundleInfo],
    write: Callable[[dict[str, FilmSet], Path], Network],
    facts: Mapping[str, Any],
    words: CardWords,
    *,
    on_load: Progress | None = None,
    on_films: OnFilms | None = None,
    log: Callable[[str], None] = lambda _: None,
) -> Path:
    """Read the films, make a model of the bundles, and return the folder of its bundle.

    Args:
        reading: of `OnBundles.on`.
        bases: the bundles that the model is made of; what they have seen may not judge it.
        write: writes the files of weights into a folder and returns what scores with them.
        facts: what `bundle.json` says of its making; `model`, where it stands among them, is what
            the bundle says instead of a network.
        words: for the card.
        on_load: called with the films read so far and their number.
        on_films: called with the films by role, before anything is made.
        log: called with a sentence at each stage.

    Raises:
        BundleError: a list of films of one of the bundles is damaged, or one was changed meanwhile.
        DatasetError: a data folder or the manifest cannot be used.
        FilmError: a film cannot be decoded.
        TrainingError: films that judge here were used to make one of the bundles, the new one
            cannot be written, or the run is under way elsewhere.
    """
    check_store(bundle_folder(reading).parent)
    check_free(bundle_folder(reading), "classifier")
    with exclusive(settings().home / "runs" / reading.name):
        log("Reading the films.")
        films = load_films(reading, on_load, log)
        if on_films:
            on_films(films)
        check_films(films, reading)
        earlier = [read_earlier(base) for base in bases]
        for base, seen in zip(bases, earlier, strict=True):
            check_unseen(films, seen, base.name)

        def written(new: Path) -> Network:
            network = write(films, new)
            for base in bases:  # one may have been trained anew while films were read
                base.verify()
            return network

        def state(manifest: BundleManifest) -> BundleManifest:
            changes: dict[str, Any] = {"training": {**facts} | stated_of(manifest)}
            if "model" in facts:
                changes["network"] = facts["model"]
            return manifest.model_copy(update=changes)

        folder = publish(
            reading,
            films,
            [],
            written,
            state=state,
            words=words,
            earlier=together(earlier),
        )
    log(f"The bundle is in {folder}.")
    return folder
