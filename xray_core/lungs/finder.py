"""A segmenter bundle that is loaded, warmed up and ready for any number of sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from xray_core.bundle import BundleInfo, BundleManifest, LungLimits, find_bundle
from xray_core.bundle.safety import load_keras_model
from xray_core.errors import BundleError
from xray_core.imaging.geometry import InputGeometry, normalise
from xray_core.lungs.outline import THRESHOLD, outline
from xray_core.lungs.plausibility import why_not
from xray_core.networks.poses import POSES

BATCH = 64
LARGE = 4
"""Larger than this many inputs across, a film is first sampled down to that."""


@dataclass(frozen=True)
class Lungs:
    """The lungs on a film.

    Attributes:
        mask: bool (H, W) on the film: both lungs with the part behind the heart, as found, also
            where they are not plausible.
        box: (top, left, bottom, right) of both lungs in film pixels, bottom and right exclusive,
            without a margin; None if they are not plausible.
        plausible: whether they look like an upright pair of lungs, whole on the film.
        reason: a sentence on what is wrong when they are not plausible, else empty.
    """

    mask: NDArray[np.bool_]
    box: tuple[int, int, int, int] | None
    plausible: bool
    reason: str


class LungFinder:
    """Finds the lungs with one bundle; safe to share between threads.

    Attributes:
        name: of the bundle.
        sha256: of the bundle, checked when it was loaded.
        manifest: its `bundle.json`.
    """

    def __init__(self, info: BundleInfo) -> None:
        """Check the hash, load, compile and warm up.

        Raises:
            BundleError: the bundle is not a segmenter, was changed, or cannot be loaded.
        """
        if info.kind != "segmenter":
            raise BundleError(f"model {info.name!r} is a {info.kind}, not a segmenter.")
        info.verify()
        self.name = info.name
        self.sha256 = info.sha256
        self.manifest: BundleManifest = info.manifest
        model = load_keras_model(info.path / "model.keras")
        self._check_shapes(model)
        self._score = compile_network(model, info.manifest.input.size)
        # Traced here, once, before any other thread can hold this object.
        size = info.manifest.input.size
        first = self.score(np.zeros((1, size, size), np.float32))
        if not all(np.isfinite(part).all() for part in first):
            raise BundleError(f"model {self.name!r} gives no numbers: its weights are damaged.")
        # Once more: a training may have put another one of this name there while it was read.
        info.verify()

    def _check_shapes(self, model: Any) -> None:
        size = self.manifest.input.size
        taken, given = model.input_shape, model.output_shape
        if taken != (None, size, size, 1) or given != [(None, size, size, 1), (None, len(POSES))]:
            raise BundleError(
                f"model {self.name!r}: its weights take {taken} and give {given}, which is not "
                "what its bundle.json says."
            )

    def see(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what the network sees of film pixels (H, W): the film as a square (S, S)."""
        how, size = self.manifest.preprocessing, self.manifest.input.size
        if min(pixels.shape) > LARGE * size:
            # Averaging the area of a film of 4 megapixels takes 10 ms; from here on it is as good.
            pixels = cv2.resize(pixels, (LARGE * size,) * 2, interpolation=cv2.INTER_LINEAR)
        square = InputGeometry.whole((pixels.shape[0], pixels.shape[1]), size).to_input(pixels)
        return normalise(square, how.normalisation, how.low, how.high)

    def score(self, batch: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return probabilities of lung (N, S, S) and of each pose (N, 3) of inputs (N, S, S)."""
        lungs, pose = self._score(batch[..., None])
        return np.asarray(lungs), np.asarray(pose)

    def find(self, pixels: NDArray[np.float32]) -> Lungs:
        """Return the lungs of a film.

        Args:
            pixels: float32 (H, W) in [0, 1], bright = dense.
        """
        return self.find_all([pixels])[0]

    def find_all(self, films: Sequence[NDArray[np.float32]]) -> list[Lungs]:
        """Return the lungs of many films, scored in batches; each as `find` returns it."""
        assert self.manifest.lungs is not None, "a segmenter's manifest has limits"
        found: list[Lungs] = []
        for start in range(0, len(films), BATCH):
            some = films[start : start + BATCH]
            scores = self.score(np.stack([self.see(film) for film in some]))
            found += [
                lungs_on(film.shape, probability, pose, self.manifest.lungs)
                for film, probability, pose in zip(some, *scores, strict=True)
            ]
        return found


def lungs_on(
    film_shape: tuple[int, ...],
    probability: NDArray[np.float32],
    pose: NDArray[np.float32],
    limits: LungLimits,
) -> Lungs:
    """Lay the network's answer on the film and judge it.

    Args:
        film_shape: (H, W).
        probability: float32 (S, S) of lung.
        pose: float32 (3,) of each pose.
        limits: of the bundle.
    """
    found = outline(probability)
    height, width = film_shape
    # Eight bits are enough for an outline, and enlarge to a film of 4 megapixels in 1 ms.
    small = np.rint(found.probability * 255).astype(np.uint8)
    large = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    mask = cv2.threshold(large, round(THRESHOLD * 255) - 1, 1, cv2.THRESH_BINARY)[1]
    reason = why_not(found, pose, limits)
    left, top, across, down = cv2.boundingRect(mask)
    box = None if reason else (top, left, top + down, left + across)
    return Lungs(mask.view(np.bool_), box, not reason, reason)


def compile_network(model: Any, size: int) -> Any:
    """Return (N, S, S, 1) → probabilities of lung (N, S, S) and pose (N, 3), as one function."""
    import tensorflow as tf

    @tf.function(
        input_signature=[tf.TensorSpec((None, size, size, 1), tf.float32)], autograph=False
    )
    def score(batch: Any) -> Any:
        lungs, pose = model(batch, training=False)
        return tf.sigmoid(lungs[..., 0]), tf.nn.softmax(pose, axis=-1)

    return score


def load_lung_finder(name: str | None = None) -> LungFinder:
    """Load the segmenter of that name, or the default one.

    Raises:
        BundleError: there is none, its files were changed, or it cannot be loaded.
    """
    return LungFinder(find_bundle(name, kind="segmenter"))
