"""From a film to a calibrated opinion."""

from xray_core.inference.classifier import Classifier, NetworkView, load_classifier
from xray_core.inference.prediction import Decision, ModelRef, Prediction, Status
from xray_core.inference.reading import Reading, read_film

__all__ = [
    "Classifier",
    "Decision",
    "ModelRef",
    "NetworkView",
    "Prediction",
    "Reading",
    "Status",
    "load_classifier",
    "read_film",
]
