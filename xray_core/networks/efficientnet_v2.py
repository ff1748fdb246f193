"""EfficientNetV2-B0 (Tan and Le 2021, arXiv:2104.00298)."""

from functools import partial

from keras import applications

from xray_core.networks.grey import TORCH
from xray_core.networks.heads import average
from xray_core.networks.published_backbone import build_on

build_efficientnet_v2_b0 = partial(
    build_on,
    partial(applications.EfficientNetV2B0, include_preprocessing=False),
    partial(average, dropout=0.2),
    name="efficientnetv2-b0",
    scaling=TORCH,
)
