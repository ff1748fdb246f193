"""A bundle that is loaded, warmed up and ready for any number of sessions."""

import time
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from xray_core.bundle import BundleInfo, BundleManifest, find_bundle
from xray_core.bundle.classical import read_classical
from xray_core.bundle.lite import LiteNetwork
from xray_core.bundle.safety import load_keras_model
from xray_core.errors import BundleError, UnsuitableFilm
from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.quality import check_quality
from xray_core.imaging.radiograph import Radiograph
from xray_core.inference.halves import Halves
from xray_core.inference.network_form import quickest_form
from xray_core.inference.network_view import Examination, NetworkView
from xray_core.inference.prediction import Decision, ModelRef, Prediction, Status
from xray_core.labels import Task
from xray_core.lungs import LungFinder, frame_film, load_lung_finder, network_input
from xray_core.novelty import NoveltyModel

ADULT_YEARS = 16
UNLIKE = "It does not look like the chest films that the model was trained on"


class Classifier:
    """Opinions from one bundle; safe to share between threads.

    Attributes:
        name: of the bundle.
        sha256: of the bundle, checked when it was loaded.
        folder: where its files lie.
        manifest: its `bundle.json`.
        model: the Keras model, from (N, S, S, C) in [0, 1] to logits (N, K), or to the features
            (N, F) that a classical model weighs.
        finder: finds the lungs that it crops to; None if it sees whole films.
    """

    def __init__(self, info: BundleInfo) -> None:
        """Check the hash, load, compile and warm up.

        Raises:
            BundleError: the bundle is not a classifier, was changed, or cannot be loaded.
        """
        if info.kind != "classifier":
            raise BundleError(f"model {info.name!r} is a {info.kind}, not a classifier.")
        info.verify()
        self._load(info)
        # Once more: a training may have put another one of this name there while it was read.
        info.verify()

    def _load(self, info: BundleInfo) -> None:
        self.name = info.name
        self.sha256 = info.sha256
        self.folder = info.path
        self.manifest: BundleManifest = info.manifest
        self.model = load_keras_model(info.path / "model.keras")
        self._classical = read_classical(info.path)
        self._check_shapes()
        self.finder = _finder(info.manifest)
        self._novelty = (
            NoveltyModel.load(info.path / "novelty.npz") if info.manifest.novelty else None
        )
        self._temperature = np.float32(info.manifest.temperature)
        self._network = quickest_form(self.model, info)

        # Traced here, once, before any other thread can hold this object.
        self.probabilities(np.zeros((1, self.input_size, self.input_size), np.float32))

    def _check_shapes(self) -> None:
        size, outputs = self.input_size, len(self.manifest.outputs)
        classical = self._classical
        width = classical.features.count if classical else outputs
        fits = (
            self.model.input_shape == (None, size, size, self.manifest.input.channels)
            and self.model.output_shape == (None, width)
            and (classical is None or classical.outputs == outputs)
            and self.manifest.operating_points
        )
        if not fits:
            raise BundleError(
                f"model {self.name!r}: its weights take {self.model.input_shape} and give "
                f"{self.model.output_shape}, which is not what its bundle.json says."
            )

    @property
    def input_size(self) -> int:
        """Side of the network's input in pixels."""
        return self.manifest.input.size

    @cached_property
    def task(self) -> Task:
        """The outputs and the classes that they stand for."""
        return self.manifest.task

    def see(self, film: Radiograph) -> NetworkView:
        """Return what the network sees of a film: cropped, resized, normalised."""
        how = self.manifest.preprocessing
        lungs = self.finder.find(film.pixels) if self.finder else None
        geometry = frame_film(film.shape, lungs, how, self.input_size)
        return NetworkView(geometry, self.to_input(film.pixels, geometry), lungs)

    def to_input(self, pixels: NDArray[np.float32], geometry: InputGeometry) -> NDArray[np.float32]:
        """Return film pixels (H, W) as the network's input (S, S), by a given geometry."""
        return network_input(pixels, geometry, self.manifest.preprocessing)

    def probabilities(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return calibrated probabilities (N, K) of inputs (N, S, S) or (N, S, S, 1) in [0, 1].

        Raises:
            BundleError: one is no number. It is below every threshold, so it would read as normal.
        """
        found = self._calibrated(self.logits(batch))
        if not np.isfinite(found).all():
            raise BundleError(f"model {self.name!r} gives no numbers: its weights are damaged.")
        return found

    def logits(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the model's logits (N, K) of inputs (N, S, S) or (N, S, S, 1) in [0, 1]."""
        return self._judged(self._network(batch if batch.ndim == 4 else batch[..., None]))

    @cached_property
    def halves(self) -> tuple[Halves, ...]:
        """Every way to get `probabilities` in two steps, the first of them local; maybe none."""
        if not isinstance(self._network, LiteNetwork):
            return ()
        return tuple(
            Halves(half, lambda answers: self._calibrated(self._judged(answers)))
            for half in self._network.halves
        )

    def _judged(self, answers: NDArray[np.float32]) -> NDArray[np.float32]:
        return self._classical.logits(answers) if self._classical else answers

    def _calibrated(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        # The task's outputs are exclusive, so the softmax is right for two outputs as for four.
        return np.asarray(softmax(logits / self._temperature, axis=-1))

    def novelty(self, view: NetworkView) -> float | None:
        """Return the distance from the training films, 1 = as far as one in a hundred of them."""
        if self._novelty is None:
            return None
        return float(self._novelty.distance(view.pixels[None])[0])

    def examine(self, film: Radiograph) -> Examination:
        """Return all of an opinion but the score, so that many films can be scored in a batch.

        Raises:
            UnsuitableFilm: the film is one that the model has no business reading.
        """
        quality = check_quality(film)
        view = self.see(film)
        abstain = (*quality.abstain, *self._judge_novelty(film, view), *_judge_lungs(view))
        reasons = (*abstain, *quality.warnings, *self._judge_age(film))
        return Examination(view, reasons, bool(abstain))

    def predict(self, film: Radiograph) -> Prediction:
        """Return the opinion on a film.

        Raises:
            UnsuitableFilm: the film is one that the model has no business reading.
            BundleError: a probability is no number.
        """
        started = time.perf_counter()
        examination = self.examine(film)
        p = self.probabilities(examination.view.pixels[None])[0]
        p_pneumonia = float(self.task.p_pneumonia(p))
        threshold = self.manifest.operating_point.threshold
        decision = Decision.PNEUMONIA if p_pneumonia >= threshold else Decision.NORMAL
        return Prediction(
            source=film.source,
            sha256=film.sha256,
            status=Status.OK,
            probabilities={o: float(v) for o, v in zip(self.task.outputs, p, strict=True)},
            p_pneumonia=p_pneumonia,
            decision=Decision.ABSTAIN if examination.abstain else decision,
            threshold=threshold,
            reasons=examination.reasons,
            model=ModelRef(self.name, self.sha256),
            seconds=time.perf_counter() - started,
        )

    def _judge_age(self, film: Radiograph) -> tuple[str, ...]:
        age = film.header.age_years
        if age is None:
            return ()
        told = f"{int(age)} years" if age >= 1 else "under one year"
        learnt = self.manifest.ages
        if learnt and not any(low <= age < high for low, high in learnt):
            ranges = " and ".join(f"{low:g} to under {high:g}" for low, high in learnt)
            return (
                f"The file gives an age of {told}; the model learnt from patients of {ranges} "
                "years, so nobody knows how good it is at this age.",
            )
        chosen_on, people, ages = _chosen_on(self.manifest)
        low, high = ages or (0, ADULT_YEARS)
        if low <= age < high:
            return ()
        return (
            f"The file gives an age of {told}; the threshold was chosen on {chosen_on}{people}, "
            f"and what it finds and misses of {'adults' if age >= ADULT_YEARS else 'children'} is "
            "another matter.",
        )

    def _judge_novelty(self, film: Radiograph, view: NetworkView) -> tuple[str, ...]:
        """Return why the model should abstain, if it should; refuse what is no chest film."""
        limits, distance = self.manifest.novelty, self.novelty(view)
        if limits is None or distance is None or distance < limits.flag:
            return ()
        measure = f"(distance {distance:.2f}"
        if distance >= limits.refuse:
            raise UnsuitableFilm(
                film.source,
                f"{UNLIKE} {measure}, at most {limits.refuse:.2f} is read), so there is no "
                "opinion; allowed are upright frontal chest radiographs.",
            )
        return (f"{UNLIKE} {measure}; usual is under {limits.flag:.2f}).",)


def _finder(manifest: BundleManifest) -> LungFinder | None:
    """Load the very segmenter that a model was trained with."""
    how = manifest.preprocessing
    if how.crop != "lungs":
        return None
    if how.lungs is None:
        raise BundleError(f"model {manifest.name!r} crops to the lungs, but names no segmenter.")
    finder = load_lung_finder(how.lungs.name)
    if finder.sha256 != how.lungs.sha256:
        raise BundleError(
            f"model {manifest.name!r} was trained with another version of {how.lungs.name!r}, "
            "which finds the lungs that it looks at."
        )
    return finder


def _chosen_on(manifest: BundleManifest) -> tuple[str, str, tuple[float, float] | None]:
    """Return on which films the threshold was chosen, whom they show, and of which ages."""
    chosen_on = manifest.operating_point.chosen_on
    source = chosen_on.rpartition(" of ")[2]
    people = manifest.people.get(source)
    return chosen_on, f" ({people})" if people else "", manifest.ages_of(source)


def _judge_lungs(view: NetworkView) -> tuple[str, ...]:
    return (view.lungs.reason,) if view.lungs and not view.lungs.plausible else ()


def load_classifier(name: str | None = None) -> Classifier:
    """Load the bundle of that name, or the champion.

    Raises:
        BundleError: there is none, its files were changed, or it cannot be loaded.
    """
    return Classifier(find_bundle(name))
