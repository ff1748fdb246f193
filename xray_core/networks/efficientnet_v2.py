"""EfficientNetV2-B0 (Tan and Le 2021, arXiv:2104.00298)."""

from functools import partial

from keras import applications

from xray_core.networks.grey import TORCH
from xray_core.networks.heads import average
from xray_core.networks.keras_weights import KerasWeights
from xray_core.networks.published_backbone import build_on
from xray_core.networks.spec import NetworkSpec

EFFICIENTNET_V2_B0 = NetworkSpec(
    "efficientnetv2-b0",
    "EfficientNetV2-B0",
    "A network searched for quick training (6 million parameters), to start from ImageNet weights.",
    224,
    partial(
        build_on,
        partial(applications.EfficientNetV2B0, include_preprocessing=False),
        partial(average, dropout=0.2),
        name="efficientnetv2-b0",
        scaling=TORCH,
    ),
    KerasWeights("efficientnet_v2/efficientnetv2-b0_notop.h5", "893217f2bb855e2983157299931e43ff"),
)
