"""Which films a model was made with: by their bytes, their look, or their patient."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from xray_core.datasets.patients import person_of
from xray_core.datasets.splits import TRAIN, VALIDATION

SAME_LOOK = 2
"""Bits of a perceptual hash in which two copies of one film may differ.

Of 1,500 films of the bundled model's 12,583, none of another patient is as near: the nearest differ
in 4 bits. Scaling or saving a film again changes 0 to 2.
"""

FITTED = (TRAIN, VALIDATION)
"""Roles of films by which a model was trained or tuned. The internal test chose nothing."""


COLUMNS = ["sha256", "phash", "patient", "source", "role"]


class FilmsOfModel:
    """The films of a bundle's `films.csv` by which it was trained or tuned.

    Attributes:
        known: False where the bundle does not say which they are: then nothing is known of them.
    """

    def __init__(self, folder: Path) -> None:
        """Read the list of a bundle's folder; one that cannot be read is not known."""
        self.known = True
        try:
            films = pd.read_csv(folder / "films.csv", dtype=str, keep_default_na=False)
            films = films.loc[films["role"].isin(FITTED), COLUMNS]
            hashes = [int(text, 16) for text in films["phash"] if text]
        except (OSError, ValueError, KeyError):
            self.known, films, hashes = False, pd.DataFrame(columns=COLUMNS), []
        self._roles = dict(zip(films["sha256"], films["role"], strict=True))
        self._people = frozenset(map(person_of, films["patient"], films["source"]))
        self._hashes = np.unique(np.array(hashes, dtype=np.uint64))

    def role(self, sha256: str) -> str:
        """Return the role that a film with these very bytes had, or nothing."""
        return str(self._roles.get(sha256, ""))

    def has_patient(self, patient: str, source: str) -> bool:
        """Tell whether a film of this patient was among them, see `patients.person_of`."""
        return person_of(patient, source) in self._people

    def has_look(self, phash: str) -> bool:
        """Tell whether a film with this perceptual hash, or nearly this one, was among them."""
        if not phash or not len(self._hashes):
            return False
        apart = np.bitwise_count(self._hashes ^ np.uint64(int(phash, 16)))
        return bool((apart <= SAME_LOOK).any())

    def roles(self, sha256: Sequence[str]) -> dict[str, int]:
        """Count films by the role that they had, for the roles that occur."""
        found = Counter(role for role in map(self.role, sha256) if role)
        return dict(sorted(found.items()))
