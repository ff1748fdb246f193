"""Which films a model was made with: by their bytes, their look, or their patient."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from xray_core.datasets.patients import person_of
from xray_core.datasets.splits import FITTED

SAME_LOOK = 2
"""Bits of a perceptual hash in which two copies of one film may differ.

Of 1,500 films of the bundled model's 12,583, none of another patient is as near: the nearest differ
in 4 bits. Scaling or saving a film again changes 0 to 2.
"""

COLUMNS = ["sha256", "phash", "patient", "source", "role"]


class FilmsOfModel:
    """The films of a bundle's `films.csv`.

    Those by which it was trained or tuned are known by their bytes, their look or their patient;
    others, such as its internal test, by their bytes.

    Attributes:
        known: False where the bundle does not say by which it was trained or tuned: the list is
            missing or damaged, or names none.
    """

    def __init__(self, folder: Path) -> None:
        """Read the list of a bundle's folder; one that cannot be read is not known."""
        try:
            films = _read(folder / "films.csv")
            fitted = films[films["role"].isin(FITTED)]
            looks = fitted.loc[fitted["phash"] != "", ["phash", "role"]].drop_duplicates("phash")
            self._hashes = np.array([int(text, 16) for text in looks["phash"]], dtype=np.uint64)
        except (OSError, ValueError, KeyError, OverflowError):
            self._hashes = np.empty(0, np.uint64)
            films = fitted = looks = pd.DataFrame(columns=COLUMNS)
        self.known = len(fitted) > 0
        self._by_bytes = dict(zip(films["sha256"], films["role"], strict=True))
        self._by_look = looks["role"].tolist()
        people = map(person_of, fitted["patient"], fitted["source"])
        self._by_patient = dict(zip(people, fitted["role"], strict=True))

    def role(self, sha256: str, phash: str, patient: str, source: str) -> str:
        """Return the role that a film, a copy of it or another film of the patient had.

        Args:
            sha256: of its bytes.
            phash: its perceptual hash; empty where that is not known.
            patient: from `patients.patient_of`.
            source: name of its data set.

        Returns:
            One of `splits.ROLES`, those of `splits.FITTED` first; empty where there is none.
        """
        own = str(self._by_bytes.get(sha256, ""))
        if own in FITTED:
            return own
        return self._look(phash) or self._by_patient.get(person_of(patient, source), "") or own

    def has_seen(self, sha256: str, phash: str, patient: str, source: str) -> bool:
        """Tell whether a model was trained or tuned on a film, see `role`."""
        return self.role(sha256, phash, patient, source) in FITTED

    def roles(self, films: pd.DataFrame) -> dict[str, int]:
        """Count films by their `role`, for the roles that occur; the columns are its arguments."""
        rows = films[COLUMNS[:-1]].to_numpy()
        found = Counter(role for row in rows if (role := self.role(*row)))
        return dict(sorted(found.items()))

    def _look(self, phash: str) -> str:
        if not phash or not len(self._hashes):
            return ""
        apart = np.bitwise_count(self._hashes ^ np.uint64(int(phash, 16)))
        nearest = int(apart.argmin())
        return str(self._by_look[nearest]) if apart[nearest] <= SAME_LOOK else ""


def _read(path: Path) -> pd.DataFrame:
    """Return the list of films, text in every cell.

    Raises:
        OSError: it cannot be opened.
        ValueError: it is no table, or a row has no hash or no role, as one that is cut off has.
        KeyError: a column is missing.
    """
    films = pd.read_csv(path, dtype=str, keep_default_na=False, index_col=False)[COLUMNS]
    if (films[["sha256", "role"]].fillna("") == "").to_numpy().any():
        raise ValueError("a row has no hash or no role")
    return films
