"""Xception (Chollet 2017, arXiv:1610.02357)."""

from functools import partial
from typing import Any

from keras import applications

from xray_core.networks.grey import TF
from xray_core.networks.heads import average, dense
from xray_core.networks.keras_weights import KerasWeights
from xray_core.networks.published_backbone import build_on
from xray_core.networks.spec import NetworkSpec

WEIGHTS = KerasWeights(
    "xception/xception_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "b0042744bf5b25fce3cb969f33bebb97",
)
SMALLEST = 71


def _two_dense(x: Any) -> Any:
    """Return the head of `xception-head`; the widths of its two layers were not published."""
    return dense(average(x), (128, 64), 0.4)


XCEPTION = NetworkSpec(
    "xception",
    "Xception",
    "Separable convolutions beside shortcuts (21 million parameters) with one average and one "
    "layer on it, to start from ImageNet weights.",
    128,
    partial(build_on, applications.Xception, average, name="xception", scaling=TF),
    WEIGHTS,
    SMALLEST,
)
XCEPTION_DENSE = NetworkSpec(
    "xception-dense",
    "Xception with a dense head",
    "Xception with two dense layers and dropout of 0.4 after each.",
    128,
    partial(build_on, applications.Xception, _two_dense, name="xception-dense", scaling=TF),
    WEIGHTS,
    SMALLEST,
)
