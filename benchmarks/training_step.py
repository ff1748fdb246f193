"""A training step of the bundled network as we take it, beside how TensorFlow takes it by itself.

Each way has a process of its own, for TensorFlow chooses its kernels when it is imported. All take
the same batch. Prints the median time of a step of each, and the ratio of the first to the last.

    python benchmarks/training_step.py
"""

import os
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from xray_core.onednn import VARIABLE

NAME, SIZE, BATCH, STEPS, OUTPUTS = "efficientnet-lite", 160, 32, 12, 4
WAYS = {
    "as TensorFlow and Keras come": (False, False),
    "layers by quicker kernels": (True, False),
    "and oneDNN's kernels (ours)": (True, True),
}
"""Whether layers are quick, and whether oneDNN is asked for."""


def steps(model: Any, films: np.ndarray, targets: np.ndarray) -> list[float]:
    """Return the seconds of each step, but for the first two, which trace and warm up."""
    taken = []
    for _ in range(STEPS + 2):
        started = time.perf_counter()
        model.train_on_batch(films, targets)
        taken.append(time.perf_counter() - started)
    return taken[2:]


def measure(quick: bool) -> float:
    """Return the median milliseconds of a step in this process."""
    import keras

    from xray_core.networks.registry import network
    from xray_core.training.loss import PartialLabelLoss
    from xray_core.training.memory import keep_freed_memory
    from xray_core.training.quick_layers.swap import quick_layers

    keep_freed_memory()
    rng = np.random.default_rng(0)
    films = rng.random((BATCH, SIZE, SIZE, 1), dtype=np.float32)
    label = np.eye(OUTPUTS, dtype=np.float32)[rng.integers(0, OUTPUTS, BATCH)]
    targets = np.hstack([label, label, np.ones((BATCH, 1), np.float32)])
    keras.utils.set_random_seed(1)
    model = network(NAME).build(SIZE, OUTPUTS)
    with quick_layers(model) if quick else nullcontext():
        model.compile(keras.optimizers.AdamW(1e-4), PartialLabelLoss())
        return median(steps(model, films, targets)) * 1e3


def main() -> None:
    medians = {}
    for name, (quick, onednn) in WAYS.items():
        asked = {key: value for key, value in os.environ.items() if key != VARIABLE}
        asked |= {VARIABLE: "1"} if onednn else {}
        command = [sys.executable, __file__, "--one", str(int(quick))]
        done = subprocess.run(command, env=asked, stdout=subprocess.PIPE, check=True, text=True)
        medians[name] = float(done.stdout.split()[-1])
    print(f"{NAME}, {SIZE} px, batches of {BATCH}, median of {STEPS} steps")
    for name, value in medians.items():
        print(f"  {value:7.1f} ms  {name}")
    plain, *_, ours = medians.values()
    print(f"  plain / ours: {plain / ours:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(measure(sys.argv[2] == "1"))
    else:
        main()
