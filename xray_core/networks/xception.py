"""Xception (Chollet 2017, arXiv:1610.02357)."""

from functools import partial
from typing import Any

from keras import applications

from xray_core.networks.grey import TF
from xray_core.networks.heads import average, dense
from xray_core.networks.published_backbone import build_on


def _two_dense(x: Any) -> Any:
    """Return the head of `xception-head`; the widths of its two layers were not published."""
    return dense(average(x), (128, 64), 0.4)


build_xception = partial(build_on, applications.Xception, average, name="xception", scaling=TF)
build_xception_dense = partial(
    build_on, applications.Xception, _two_dense, name="xception-dense", scaling=TF
)
