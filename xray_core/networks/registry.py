"""The networks that can be trained, in one explicit list."""

from xray_core.errors import ConfigError
from xray_core.networks.imagenet import EFFICIENTNET_LITE0, EFFICIENTNET_LITE2
from xray_core.networks.keras_weights import KerasWeights
from xray_core.networks.spec import NetworkSpec

_RESNET = "resnet/{}_weights_tf_dim_ordering_tf_kernels_notop.h5"
RESNET50_WEIGHTS = KerasWeights(_RESNET.format("resnet50"), "4d473c1dd8becc155b73f8504c6f6626")
RESNET101_WEIGHTS = KerasWeights(_RESNET.format("resnet101"), "88cf7a10940856eca736dc7b7e228a21")
RESNET50V2_WEIGHTS = KerasWeights(_RESNET.format("resnet50v2"), "fac2f116257151a9d068a22e544a4917")
XCEPTION_WEIGHTS = KerasWeights(
    "xception/xception_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "b0042744bf5b25fce3cb969f33bebb97",
)
DEEP = (256, 128, 64, 32, 10)

NETWORKS: tuple[NetworkSpec, ...] = (
    NetworkSpec(
        "efficientnet-lite",
        "EfficientNet-Lite",
        "The first six stages of EfficientNet-Lite0 (2.5 million parameters), which may start from "
        "weights that were trained on ImageNet: the bundled model.",
        128,
        "efficientnet_lite:build_efficientnet_lite",
        pretrained=EFFICIENTNET_LITE0,
    ),
    NetworkSpec(
        "efficientnet-lite2",
        "EfficientNet-Lite2",
        "The first six stages of EfficientNet-Lite2 (3.8 million parameters), wider and deeper "
        "than Lite0, which may start from weights that were trained on ImageNet.",
        160,
        "efficientnet_lite:build_efficientnet_lite",
        {"width": 1.1, "depth": 1.2},
        pretrained=EFFICIENTNET_LITE2,
    ),
    NetworkSpec(
        "residual",
        "Residual CNN",
        "A residual network of about 1 million parameters with squeeze-excitation, made for grey "
        "films at 160 px, trained from nothing.",
        160,
        "residual:build_residual",
    ),
    NetworkSpec(
        "cnn-separable",
        "Separable CNN",
        "A plain block and four of separable convolutions with heavy dropout (2.3 million "
        "parameters), the best published network of its kind on these films.",
        150,
        "separable:build_separable",
    ),
    NetworkSpec(
        "cnn-deep",
        "Deeper CNN",
        "Convolutions of 32, 64 and 128 channels, dense 128 and 64 (3.3 million parameters): with "
        "augmentation the best of its published project.",
        128,
        "plain_cnn:build_plain_cnn",
        {"channels": (32, 64, 128), "units": (128, 64)},
    ),
    NetworkSpec(
        "cnn-deep-dropout",
        "Deeper CNN with dropout",
        "The deeper CNN with dropout of 0.3 after each pool and 0.1 after each dense layer.",
        128,
        "plain_cnn:build_plain_cnn",
        {
            "channels": (32, 64, 128),
            "units": (128, 64),
            "pool_dropout": 0.3,
            "dense_dropout": 0.1,
        },
    ),
    NetworkSpec(
        "cnn-strided",
        "Strided CNN",
        "Two strided convolutions of 16 channels and three dense layers with heavy dropout, with "
        "zoom, rotation and contrast at random inside the network.",
        256,
        "strided_cnn:build_strided",
    ),
    NetworkSpec(
        "cnn-plain",
        "Plain CNN",
        "Four blocks of a convolution and a max-pool (32, 64, 128, 128 channels), dense 128: the "
        "plain CNN of a public pipeline, whose depth was not published and is ours.",
        224,
        "plain_cnn:build_plain_cnn",
        {"channels": (32, 64, 128, 128), "units": (128,)},
        smallest=48,
    ),
    NetworkSpec(
        "cnn-tiny",
        "Tiny CNN",
        "One convolution of 8 channels and a dense layer of 8 units: trained in a minute, to try "
        "out.",
        128,
        "plain_cnn:build_plain_cnn",
        {"channels": (8,), "units": (8,)},
    ),
    NetworkSpec(
        "ann-10",
        "Fully connected, 10 units",
        "One hidden layer of 10 units: the least that can be tried, to measure others against.",
        128,
        "fully_connected:build_fully_connected",
        {"units": (10,)},
    ),
    NetworkSpec(
        "ann-deep",
        "Fully connected, deep",
        "Hidden layers of 256, 128, 64, 32 and 10 units (12.6 million parameters).",
        128,
        "fully_connected:build_fully_connected",
        {"units": DEEP},
    ),
    NetworkSpec(
        "ann-deep-small",
        "Fully connected, deep and narrow",
        "Hidden layers of 128, 64, 32 and 10 units, half the weights of the deep one.",
        128,
        "fully_connected:build_fully_connected",
        {"units": DEEP[1:]},
    ),
    NetworkSpec(
        "ann-deep-dropout",
        "Fully connected, deep, with dropout",
        "The deep fully connected network with dropout of 0.3 before the first and after every "
        "layer.",
        128,
        "fully_connected:build_fully_connected",
        {"units": DEEP, "dropout": 0.3},
    ),
    NetworkSpec(
        "ann-deep-l2",
        "Fully connected, deep, with L2",
        "The deep fully connected network with an L2 penalty of 0.005 on every hidden layer.",
        128,
        "fully_connected:build_fully_connected",
        {"units": DEEP, "l2": 0.005},
    ),
    NetworkSpec(
        "densenet121",
        "DenseNet121",
        "Each layer sees all layers before it (7 million parameters); the usual backbone for chest "
        "films, to start from ImageNet weights.",
        224,
        "densenet:build_densenet121",
        pretrained=KerasWeights(
            "densenet/densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5",
            "30ee3e1110167f948a6b9946edeeb738",
        ),
    ),
    NetworkSpec(
        "efficientnetv2-b0",
        "EfficientNetV2-B0",
        "A network searched for quick training (6 million parameters), to start from ImageNet "
        "weights.",
        224,
        "efficientnet_v2:build_efficientnet_v2_b0",
        pretrained=KerasWeights(
            "efficientnet_v2/efficientnetv2-b0_notop.h5", "893217f2bb855e2983157299931e43ff"
        ),
    ),
    NetworkSpec(
        "mobilenetv3-large",
        "MobileNetV3-Large",
        "A network made for telephones (3 million parameters): quick on a processor, to start from "
        "ImageNet weights.",
        224,
        "mobilenet_v3:build_mobilenet_v3",
        pretrained=KerasWeights(
            "mobilenet_v3/weights_mobilenet_v3_large_224_1.0_float_no_top_v2.h5",
            "07fb09a5933dd0c8eaafa16978110389",
        ),
    ),
    NetworkSpec(
        "convnext-tiny",
        "ConvNeXt-Tiny",
        "A convolutional network made in the manner of transformers (28 million parameters), to "
        "start from ImageNet weights; slow on a processor.",
        224,
        "convnext:build_convnext",
        pretrained=KerasWeights(
            "convnext/convnext_tiny_notop.h5",
            "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
        ),
    ),
    NetworkSpec(
        "resnet50",
        "ResNet50",
        "The residual network of 50 layers (24 million parameters) with one average and one layer "
        "on it, to start from ImageNet weights.",
        224,
        "resnet:build_resnet50",
        pretrained=RESNET50_WEIGHTS,
    ),
    NetworkSpec(
        "resnet50-dense",
        "ResNet50 with a dense head",
        "ResNet50 with dense layers of 256 and 128 units and dropout on it, as published for four "
        "classes.",
        256,
        "resnet:build_resnet50_dense",
        pretrained=RESNET50_WEIGHTS,
    ),
    NetworkSpec(
        "resnet50v2",
        "ResNet50V2",
        "ResNet50 with batch norm before each convolution (24 million parameters), to start from "
        "ImageNet weights.",
        256,
        "resnet:build_resnet50v2",
        pretrained=RESNET50V2_WEIGHTS,
    ),
    NetworkSpec(
        "resnet101",
        "ResNet101",
        "The residual network of 101 layers (43 million parameters), to start from ImageNet "
        "weights; slow on a processor.",
        224,
        "resnet:build_resnet101",
        pretrained=RESNET101_WEIGHTS,
    ),
    NetworkSpec(
        "xception",
        "Xception",
        "Separable convolutions beside shortcuts (21 million parameters) with one average and one "
        "layer on it, to start from ImageNet weights.",
        128,
        "xception:build_xception",
        pretrained=XCEPTION_WEIGHTS,
        smallest=71,
    ),
    NetworkSpec(
        "xception-dense",
        "Xception with a dense head",
        "Xception with two dense layers and dropout of 0.4 after each.",
        128,
        "xception:build_xception_dense",
        pretrained=XCEPTION_WEIGHTS,
        smallest=71,
    ),
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
