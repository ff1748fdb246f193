"""One film through `Classifier.probabilities`, beside the bare network and `model.predict`.

Prints the median of 50 warm calls each, in turn, and what our call and `model.predict` cost on top
of the network's own time.

    python benchmarks/inference_speed.py
"""

import os
import sys
import time
from pathlib import Path
from statistics import median

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import tensorflow as tf

from xray_core.imaging.phantom import PhantomKind, draw_phantom, phantom_radiograph
from xray_core.inference import load_classifier

CALLS = 50


def main() -> None:
    classifier = load_classifier()
    film = phantom_radiograph(draw_phantom(7, PhantomKind.LOBAR))
    view = classifier.see(film).pixels
    batch = view[None, ..., None]
    tensor = tf.constant(batch)
    keras_form = tf.function(
        lambda x: classifier.model(x, training=False), input_signature=[tf.TensorSpec(batch.shape)]
    )
    calls = {
        "the network alone, as it is scored": lambda: classifier.logits(batch),
        "Classifier.probabilities (array in, calibrated array out)": lambda: (
            classifier.probabilities(view[None])
        ),
        "model.predict": lambda: classifier.model.predict(batch, verbose=0),
        "the Keras network in a tf.function": lambda: keras_form(tensor),
        "Classifier.predict (quality, lungs, geometry, novelty, network, decision)": lambda: (
            classifier.predict(film)
        ),
    }
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(CALLS + 5):
        for name, call in calls.items():
            started = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - started)
    medians = {name: median(values[5:]) * 1e3 for name, values in seconds.items()}
    bare = next(iter(medians.values()))
    print(f"{classifier.name}, {classifier.input_size} px, median of {CALLS} warm calls")
    for name, value in medians.items():
        print(f"  {value:7.2f} ms  (+{value - bare:6.2f} ms)  {name}")
    ours, plain = list(medians.values())[1:3]
    print(f"  model.predict / ours: {plain / ours:.1f}")
    assert np.isclose(classifier.probabilities(view[None]).sum(), 1, atol=1e-5)


if __name__ == "__main__":
    main()
