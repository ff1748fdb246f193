"""ResNet50 and ResNet101 (He et al. 2016, arXiv:1512.03385), ResNet50V2 (arXiv:1603.05027)."""

from functools import partial
from typing import Any

from keras import applications, layers

from xray_core.networks.grey import CAFFE, TF
from xray_core.networks.heads import average, dense
from xray_core.networks.published_backbone import build_on

POOL = 4


def _pooled_dense(x: Any) -> Any:
    """Return the head of `resnet50-four-class`: average over 4×4, then dense 256 and 128."""
    # Below 128 px the last maps are smaller than the pool; then it covers them whole.
    x = layers.AveragePooling2D(min(POOL, x.shape[1]), name="features")(x)
    return dense(layers.Flatten(name="features_flat")(x), (256, 128), (0.3, 0.2))


build_resnet50 = partial(build_on, applications.ResNet50, average, name="resnet50", scaling=CAFFE)
build_resnet50_dense = partial(
    build_on, applications.ResNet50, _pooled_dense, name="resnet50-dense", scaling=CAFFE
)
build_resnet50v2 = partial(
    build_on, applications.ResNet50V2, average, name="resnet50v2", scaling=TF
)
build_resnet101 = partial(
    build_on, applications.ResNet101, average, name="resnet101", scaling=CAFFE
)
