"""ResNet50 and ResNet101 (He et al. 2016, arXiv:1512.03385), ResNet50V2 (arXiv:1603.05027)."""

from functools import partial
from typing import Any

from keras import applications, layers

from xray_core.networks.grey import CAFFE, TF
from xray_core.networks.heads import average, dense
from xray_core.networks.keras_weights import KerasWeights
from xray_core.networks.published_backbone import build_on
from xray_core.networks.spec import NetworkSpec

_FILE = "resnet/{}_weights_tf_dim_ordering_tf_kernels_notop.h5"
RESNET50_WEIGHTS = KerasWeights(_FILE.format("resnet50"), "4d473c1dd8becc155b73f8504c6f6626")
RESNET101_WEIGHTS = KerasWeights(_FILE.format("resnet101"), "88cf7a10940856eca736dc7b7e228a21")
RESNET50V2_WEIGHTS = KerasWeights(_FILE.format("resnet50v2"), "fac2f116257151a9d068a22e544a4917")
POOL = 4


def _pooled_dense(x: Any) -> Any:
    """Return the head of `resnet50-four-class`: average over 4×4, then dense 256 and 128."""
    # Below 128 px the last maps are smaller than the pool; then it covers them whole.
    x = layers.AveragePooling2D(min(POOL, x.shape[1]), name="features")(x)
    return dense(layers.Flatten(name="features_flat")(x), (256, 128), (0.3, 0.2))


RESNET50 = NetworkSpec(
    "resnet50",
    "ResNet50",
    "The residual network of 50 layers (24 million parameters) with one average and one layer on "
    "it, to start from ImageNet weights.",
    224,
    partial(build_on, applications.ResNet50, average, name="resnet50", scaling=CAFFE),
    RESNET50_WEIGHTS,
)
RESNET50_DENSE = NetworkSpec(
    "resnet50-dense",
    "ResNet50 with a dense head",
    "ResNet50 with dense layers of 256 and 128 units and dropout on it, as published for four "
    "classes.",
    256,
    partial(build_on, applications.ResNet50, _pooled_dense, name="resnet50-dense", scaling=CAFFE),
    RESNET50_WEIGHTS,
)
RESNET50V2 = NetworkSpec(
    "resnet50v2",
    "ResNet50V2",
    "ResNet50 with batch norm before each convolution (24 million parameters), to start from "
    "ImageNet weights.",
    256,
    partial(build_on, applications.ResNet50V2, average, name="resnet50v2", scaling=TF),
    RESNET50V2_WEIGHTS,
)
RESNET101 = NetworkSpec(
    "resnet101",
    "ResNet101",
    "The residual network of 101 layers (43 million parameters), to start from ImageNet weights; "
    "slow on a processor.",
    224,
    partial(build_on, applications.ResNet101, average, name="resnet101", scaling=CAFFE),
    RESNET101_WEIGHTS,
)
