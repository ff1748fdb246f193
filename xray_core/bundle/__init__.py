"""A saved model with all it needs to be used: manifest, weights, films, card."""

from xray_core.bundle.manifest import (
    BundleManifest,
    InputSpec,
    Interval,
    LungLimits,
    NoveltyLimits,
    OperatingPoint,
    OutputSpec,
)
from xray_core.bundle.preprocessing import LungsUsed, Preprocessing
from xray_core.bundle.store import BundleInfo, find_bundle, list_bundles

__all__ = [
    "BundleInfo",
    "BundleManifest",
    "InputSpec",
    "Interval",
    "LungLimits",
    "LungsUsed",
    "NoveltyLimits",
    "OperatingPoint",
    "OutputSpec",
    "Preprocessing",
    "find_bundle",
    "list_bundles",
]
