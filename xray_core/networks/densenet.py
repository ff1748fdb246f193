"""DenseNet121 (Huang et al. 2017, arXiv:1608.06993), the backbone of CheXNet (arXiv:1711.05225)."""

from functools import partial

from keras import applications

from xray_core.networks.grey import TORCH
from xray_core.networks.heads import average
from xray_core.networks.keras_weights import KerasWeights
from xray_core.networks.published_backbone import build_on
from xray_core.networks.spec import NetworkSpec

DENSENET121 = NetworkSpec(
    "densenet121",
    "DenseNet121",
    "Each layer sees all layers before it (7 million parameters); the usual backbone for chest "
    "films, to start from ImageNet weights.",
    224,
    partial(
        build_on,
        applications.DenseNet121,
        partial(average, dropout=0.2),
        name="densenet121",
        scaling=TORCH,
    ),
    KerasWeights(
        "densenet/densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "30ee3e1110167f948a6b9946edeeb738",
    ),
)
