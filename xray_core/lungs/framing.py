"""Which part of a film a network sees."""

from xray_core.bundle import Preprocessing
from xray_core.imaging.geometry import InputGeometry
from xray_core.lungs.finder import Lungs


def frame_film(
    shape: tuple[int, int], lungs: Lungs | None, how: Preprocessing, size: int
) -> InputGeometry:
    """Return the geometry from a film to a network's input.

    Args:
        shape: (height, width) of the film in pixels.
        lungs: what was found on the intact film; the whole film is kept where there is no
            plausible pair, and for a network that does not crop.
        how: the network's preprocessing.
        size: side of its input in pixels.
    """
    if how.crop == "lungs" and lungs is not None and lungs.box is not None:
        return InputGeometry.around(shape, lungs.box, how.margin, size)
    return InputGeometry.whole(shape, size)
