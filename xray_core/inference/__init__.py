"""From a film to a calibrated opinion."""

from xray_core.inference.classifier import Classifier, load_classifier
from xray_core.inference.network_view import Examination, NetworkView
from xray_core.inference.prediction import Decision, ModelRef, Prediction, Status
from xray_core.inference.reading import Reading, read_film, read_path

__all__ = [
    "Classifier",
    "Decision",
    "Examination",
    "ModelRef",
    "NetworkView",
    "Prediction",
    "Reading",
    "Status",
    "load_classifier",
    "read_film",
    "read_path",
]
