"""A training step of the bundled network with batch norm by the fused kernel, beside Keras' own.

Both take the same batch, one after the other. Prints the median time of a step each, and the ratio.

    python benchmarks/training_step.py
"""

import os
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import keras
import numpy as np

from xray_core.networks.registry import network
from xray_core.training.fused_norm import fused_norms
from xray_core.training.loss import PartialLabelLoss
from xray_core.training.memory import keep_freed_memory

NAME, SIZE, BATCH, STEPS, OUTPUTS = "efficientnet-lite", 160, 32, 12, 4


def steps(model: Any, films: np.ndarray, targets: np.ndarray) -> list[float]:
    """Return the seconds of each step, but for the first two, which trace and warm up."""
    taken = []
    for _ in range(STEPS + 2):
        started = time.perf_counter()
        model.train_on_batch(films, targets)
        taken.append(time.perf_counter() - started)
    return taken[2:]


def main() -> None:
    keep_freed_memory()
    rng = np.random.default_rng(0)
    films = rng.random((BATCH, SIZE, SIZE, 1), dtype=np.float32)
    label = np.eye(OUTPUTS, dtype=np.float32)[rng.integers(0, OUTPUTS, BATCH)]
    targets = np.hstack([label, label, np.ones((BATCH, 1), np.float32)])
    medians = {}
    for name, how in (("Keras' batch norm", None), ("the fused kernel", fused_norms)):
        keras.utils.set_random_seed(1)
        model = network(NAME).build(SIZE, OUTPUTS)
        with how(model) if how else nullcontext():
            model.compile(keras.optimizers.AdamW(1e-4), PartialLabelLoss())
            medians[name] = median(steps(model, films, targets)) * 1e3
    print(f"{NAME}, {SIZE} px, batches of {BATCH}, median of {STEPS} steps")
    for name, value in medians.items():
        print(f"  {value:7.1f} ms  {name}")
    plain, ours = medians.values()
    print(f"  plain / ours: {plain / ours:.2f}")


if __name__ == "__main__":
    main()
