"""The networks that can be trained, in one explicit list."""

from xray_core.errors import ConfigError
from xray_core.networks.convnext import CONVNEXT_TINY
from xray_core.networks.densenet import DENSENET121
from xray_core.networks.efficientnet_lite import EFFICIENTNET_LITE
from xray_core.networks.efficientnet_v2 import EFFICIENTNET_V2_B0
from xray_core.networks.fully_connected import (
    ANN_10,
    ANN_DEEP,
    ANN_DEEP_DROPOUT,
    ANN_DEEP_L2,
    ANN_DEEP_SMALL,
)
from xray_core.networks.mobilenet_v3 import MOBILENET_V3_LARGE
from xray_core.networks.plain_cnn import CNN_DEEP, CNN_DEEP_DROPOUT, CNN_PLAIN, CNN_TINY
from xray_core.networks.residual import RESIDUAL
from xray_core.networks.resnet import RESNET50, RESNET50_DENSE, RESNET50V2, RESNET101
from xray_core.networks.separable import CNN_SEPARABLE
from xray_core.networks.spec import NetworkSpec
from xray_core.networks.strided_cnn import CNN_STRIDED
from xray_core.networks.xception import XCEPTION, XCEPTION_DENSE

NETWORKS: tuple[NetworkSpec, ...] = (
    *(EFFICIENTNET_LITE, RESIDUAL),
    *(CNN_SEPARABLE, CNN_DEEP, CNN_DEEP_DROPOUT, CNN_STRIDED, CNN_PLAIN, CNN_TINY),
    *(ANN_10, ANN_DEEP, ANN_DEEP_SMALL, ANN_DEEP_DROPOUT, ANN_DEEP_L2),
    *(DENSENET121, EFFICIENTNET_V2_B0, MOBILENET_V3_LARGE, CONVNEXT_TINY),
    *(RESNET50, RESNET50_DENSE, RESNET50V2, RESNET101, XCEPTION, XCEPTION_DENSE),
)


def network(name: str) -> NetworkSpec:
    """Return the network of that name.

    Raises:
        ConfigError: there is none, or the list holds it twice.
    """
    found = [spec for spec in NETWORKS if spec.name == name]
    if len(found) != 1:
        raise ConfigError(
            f"network {name!r} is not one of {', '.join(spec.name for spec in NETWORKS)}."
        )
    return found[0]
