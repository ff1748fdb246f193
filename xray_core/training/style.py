"""What a film's style alone gives away of its class, and films told apart by it.

Style is what the scanner and its software leave on a film: sharpness, grey scale, the edge of the
view. In the training films the class travels with it, and a network that learns the style is right
on every film but those whose style speaks for the other class. These are few, and count most: drawn
by the inverse of what their style makes probable, films show every class in every style (inverse
propensity weighting, Rosenbaum and Rubin 1983; compare Liu et al. 2021, arXiv:2107.09044).
"""

from functools import lru_cache

import cv2
import joblib
import numpy as np
from numpy.typing import NDArray

from xray_core.settings import settings

FORM = 1
"""To be raised whenever `StyleReader` learns otherwise: what is on disk is then made anew."""
BAND = 4
"""Width of a band of the power spectrum in cycles a side."""
FOLDS = 5
FEWEST = 20
"""Patients of each kind below which nothing is learnt of a source's style."""


def style_features(view: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the style of a view, uint8 (S, S), as (F,).

    Log power by radial frequency, 13 quantiles of the grey values, and the view's outer ring at
    16 × 16.
    """
    film = view.astype(np.float32) / np.float32(255)
    window = np.hanning(len(film)).astype(np.float32)
    power = np.abs(np.fft.fft2((film - film.mean()) * window[:, None] * window)) ** 2
    bands = _bands(len(film))
    spectrum = np.log(np.bincount(bands, power.ravel()) / np.bincount(bands) + 1e-8)
    small = cv2.resize(film, (16, 16), interpolation=cv2.INTER_AREA)
    ring = np.concatenate([small[[0, -1]].ravel(), small[:, [0, -1]].ravel()])
    grey = np.quantile(film, np.linspace(0.02, 0.98, 13))
    return np.concatenate([spectrum, grey, ring]).astype(np.float32)


@lru_cache(maxsize=4)
def _bands(size: int) -> NDArray[np.intp]:
    """Return the band of every coefficient of the spectrum, (S · S,)."""
    cycles = np.fft.fftfreq(size) * size
    radius = np.hypot(cycles[:, None], cycles)
    return np.digitize(radius, np.arange(2, size // 2, BAND)).ravel()


class StyleReader:
    """Tells normal films of one source from the others by style alone.

    Args:
        features: (N, F) of training films.
        normal: bool (N,).
        patients: (N,), whom a fold never divides.
    """

    def __init__(
        self,
        features: NDArray[np.float32],
        normal: NDArray[np.bool_],
        patients: NDArray[np.object_],
    ) -> None:
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.model_selection import GroupKFold, cross_val_predict

        self.of_training = np.ones(len(features))
        self._model: HistGradientBoostingClassifier | None = None
        if min(len(set(patients[kind])) for kind in (normal, ~normal)) < FEWEST:
            return
        model = HistGradientBoostingClassifier(learning_rate=0.08, max_iter=200, random_state=0)
        scores = cross_val_predict(
            model, features, normal, groups=patients, cv=GroupKFold(FOLDS), method="predict_proba"
        )
        self.of_training = scores[np.arange(len(normal)), normal.astype(int)]
        self._model = model.fit(features, normal)

    def probability(
        self, features: NDArray[np.float32], normal: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Return the probability (N,) that style gives each film's own kind, normal or not.

        It is 1 where too few patients were there to learn from. For the training films themselves,
        `of_training` was made by readers that had not seen the film's patient.
        """
        if self._model is None or not len(features):
            return np.ones(len(features))
        scores = self._model.predict_proba(features)
        return np.asarray(scores[np.arange(len(normal)), normal.astype(int)])


Styles = tuple[NDArray[np.float32], NDArray[np.bool_]]
"""Features (N, F) of films, and which of them are normal, (N,)."""


def read_styles(
    train: Styles, patients: NDArray[np.object_], others: list[Styles]
) -> list[NDArray[np.float64]]:
    """Return what style says of training films and of others, as `StyleReader` does.

    It takes a minute for ten thousand films, and runs that see the same films ask for the same: so
    the answer is kept on the disk.

    Args:
        train: of the films to learn from, all of one source.
        patients: of these.
        others: of films of the same source, any number of sets.

    Returns:
        For the training films and then each of the others, the probability (N,) that its style
        gives a film's own kind.
    """
    import sklearn

    folder = settings().home / "cache" / "styles" / f"{FORM}-{sklearn.__version__}"
    kept = joblib.Memory(folder, verbose=0).cache(_read_styles)
    return list(kept(train, patients, others))


def _read_styles(
    train: Styles, patients: NDArray[np.object_], others: list[Styles]
) -> list[NDArray[np.float64]]:
    reader = StyleReader(*train, patients)
    return [reader.of_training, *(reader.probability(*films) for films in others)]
