"""Films that an installed model was made with, when another one is made from it.

What a model has seen stays seen: a network that starts from its weights, or trees on its features,
must not be judged on films that it was fitted to.
"""

import pandas as pd

from xray_core.bundle import BundleInfo, find_bundle
from xray_core.errors import BundleError, TrainingError
from xray_core.networks.weights_file import SUFFIXES
from xray_core.training.films import INTERNAL_TEST, TRAIN, VALIDATION, FilmSet
from xray_core.training.start import IMAGENET, RANDOM

FORBIDDEN = {VALIDATION: (TRAIN,), INTERNAL_TEST: (TRAIN, VALIDATION)}
"""For each role here, the roles that its films may not have had before."""


def read_earlier(info: BundleInfo) -> pd.DataFrame:
    """Return the films that a bundle lists: SHA-256, patient, role and so on, as text.

    Raises:
        BundleError: its `films.csv` is missing or damaged.
    """
    try:
        films = pd.read_csv(info.path / "films.csv", dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise BundleError(f"{info.name}: its films.csv cannot be read.") from error
    if not {"sha256", "role"} <= set(films.columns):
        raise BundleError(f"{info.name}: its films.csv names no sha256 and role.")
    return films


def read_start(start: str) -> pd.DataFrame | None:
    """Return the films of the installed model that a training starts from; None for other starts.

    Raises:
        BundleError: as `read_earlier`, or no such model is installed.
    """
    if start in (RANDOM, IMAGENET) or start.endswith(SUFFIXES):
        return None
    return read_earlier(find_bundle(start))


def check_unseen(films: dict[str, FilmSet], earlier: pd.DataFrame, name: str) -> None:
    """Check that no film that judges here was used to make the model that this one is made from.

    Args:
        films: from `load_films`.
        earlier: from `read_earlier`.
        name: of the model that this one is made from.

    Raises:
        TrainingError: there are such films.
    """
    for role, roles_before in FORBIDDEN.items():
        used = set(earlier.loc[earlier["role"].isin(roles_before), "sha256"])
        count = int(films[role].table["sha256"].isin(used).sum())
        if count:
            raise TrainingError(
                f"{count} films of the {role.replace('_', ' ')} were used to make {name!r}, which "
                "this model is made from; divide the patients as for that one."
            )
