"""DenseNet121 (Huang et al. 2017, arXiv:1608.06993), the backbone of CheXNet (arXiv:1711.05225)."""

from functools import partial

from keras import applications

from xray_core.networks.grey import TORCH
from xray_core.networks.heads import average
from xray_core.networks.published_backbone import build_on

build_densenet121 = partial(
    build_on,
    applications.DenseNet121,
    partial(average, dropout=0.2),
    name="densenet121",
    scaling=TORCH,
)
