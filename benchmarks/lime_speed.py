"""LIME as the package does it, beside ours, beside merely scoring as many films in batches.

Ours twice, with early features shared between the films and without. All in one run, on one film,
with the same superpixels, seed and samples; then whether the weights agree. Without a bundled model
an untrained network of the same size is timed, for the weights do not change the speed.

    python benchmarks/lime_speed.py [SAMPLES]
"""

import os
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import tensorflow as tf
from lime.lime_image import LimeImageExplainer

from xray_core.errors import BundleError
from xray_core.explain.lime import LimeSettings, explain_lime
from xray_core.imaging.geometry import InputGeometry
from xray_core.imaging.phantom import PhantomKind, draw_phantom
from xray_core.inference import load_classifier
from xray_core.labels import FOUR_CLASSES, PNEUMONIA
from xray_core.networks.registry import network

ROUNDS = 5


def _model() -> tuple[str, Any, Callable[[Any], Any], Any, Any]:
    """Return a name, the network, its compiled scores, its task, and how it can be cut."""
    try:
        classifier = load_classifier()
    except BundleError:
        spec = network("residual")
        model = spec.build(spec.input_size, len(FOUR_CLASSES.outputs))
        signature = [tf.TensorSpec((None, *model.input_shape[1:]))]
        compiled = tf.function(
            lambda x: tf.nn.softmax(model(x, training=False)), input_signature=signature
        )
        name = f"{spec.name} (untrained)"
        return name, model, lambda b: compiled(b[..., None]).numpy(), FOUR_CLASSES, ()
    return (
        classifier.name,
        classifier.model,
        classifier.probabilities,
        classifier.task,
        classifier.halves,
    )


def _seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def main(samples: int) -> None:
    name, model, score, task, halves = _model()
    side = model.input_shape[1]
    pixels = draw_phantom(7, PhantomKind.LOBAR).pixels
    film = InputGeometry.whole(pixels.shape, side).to_input(pixels)
    settings = LimeSettings(samples=samples)
    batches = np.array_split(np.repeat(film[None], samples, 0), -(-samples // settings.batch_size))

    def scoring() -> None:
        for batch in batches:
            score(batch)

    def ours() -> Any:
        return explain_lime(score, film, PNEUMONIA, settings, task=task, halves=halves)

    def unshared() -> Any:
        return explain_lime(score, film, PNEUMONIA, settings, task=task)

    def plain() -> Any:
        explainer = LimeImageExplainer(random_state=settings.seed)
        return explainer.explain_instance(
            film.astype(np.float64),
            lambda rgb: model.predict(rgb[..., :1], verbose=0),
            segmentation_fn=lambda _: explanation.segments,
            num_samples=samples,
        )

    ways = scoring, ours, unshared
    for way in ways:
        way()
    rounds = [[_seconds(way)[0] for way in ways] for _ in range(ROUNDS)]
    score_s, ours_s, unshared_s = (median(column) for column in zip(*rounds, strict=True))
    explanation = ours()
    with redirect_stderr(StringIO()):
        plain_s = _seconds(plain)[0]

    print(f"{name}, {side} px, {samples} samples, {len(explanation.weights)} superpixels")
    print(f"  {plain_s:6.2f} s  LimeImageExplainer.explain_instance around model.predict")
    print(f"  {ours_s:6.2f} s  explain_lime (median of {ROUNDS})")
    print(f"  {unshared_s:6.2f} s  explain_lime, each film scored whole (median of {ROUNDS})")
    print(f"  {score_s:6.2f} s  merely scoring {samples} films (median of {ROUNDS})")
    print(f"  plain / ours: {plain_s / ours_s:.1f}  (at least 4)")
    ratio = median(own / bare for bare, own, _ in rounds)
    print(f"  ours / scoring: {ratio:.2f}  (at most 1.4)")
    print(f"  ours / each film whole: {median(own / whole for _, own, whole in rounds):.2f}")
    print(f"  largest difference of a weight: {_difference(explanation, score, film, task):.1e}")


def _difference(explanation: Any, score: Any, film: Any, task: Any) -> float:
    """Return how far our weights are from those of the package around the same scores."""
    with redirect_stderr(StringIO()):
        found = LimeImageExplainer(random_state=explanation.settings.seed).explain_instance(
            film,
            lambda rgb: task.p_pneumonia(score(np.ascontiguousarray(rgb[..., 0])))[:, None],
            segmentation_fn=lambda _: explanation.segments,
            labels=(0,),
            top_labels=None,
            num_samples=explanation.samples,
        )
    return max(abs(weight - explanation.weights[i]) for i, weight in found.local_exp[0])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
