"""Where the lungs are on a film, and whether a plausible pair of them was found."""

from xray_core.lungs.finder import LungFinder, Lungs, load_lung_finder
from xray_core.lungs.framing import frame_film, in_known_detail, network_input

__all__ = [
    "LungFinder",
    "Lungs",
    "frame_film",
    "in_known_detail",
    "load_lung_finder",
    "network_input",
]
