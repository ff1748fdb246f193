"""TensorFlow's quicker kernels, which it has to be asked for on many processors.

It comes with those of oneDNN, and by itself uses them only where the processor multiplies whole
numbers of eight bits in one instruction (AVX-512 VNNI and later). Without, they take two thirds of
the time of TensorFlow's own in training (`benchmarks/training_step.py`).
"""

import os
from collections.abc import MutableMapping

VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
"""Read when TensorFlow is imported, and not again."""


def ask_for_onednn(environment: MutableMapping[str, str] = os.environ) -> None:
    """Have a process use oneDNN's kernels, unless whoever started it has decided otherwise.

    Results differ by rounding only: sums are formed in another order.
    """
    environment.setdefault(VARIABLE, "1")
