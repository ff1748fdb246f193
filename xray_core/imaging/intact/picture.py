"""A picture file that was decoded, by its type."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from xray_core.imaging.intact.jpeg import check_jpeg
from xray_core.imaging.intact.png import check_png
from xray_core.imaging.intact.tail import check_tail
from xray_core.imaging.intact.tiff import check_tiff
from xray_core.imaging.intact.zeros import check_webp
from xray_core.imaging.sniff import FileType

_COMPRESSION, _NONE = 259, 1
# Orientations (tag 274; TIFF 6.0, section 8) whose first row in the file is a column of the
# picture, and those whose first row is the bottom, or the right side.
_LYING, _FROM_THE_END = (5, 6, 7, 8), (3, 4, 6, 7)


def check_picture(
    kind: FileType, image: ImageFile, data: bytes, turned: object = None
) -> tuple[str, ...]:
    """Return warnings on what the decoder passed over.

    Args:
        kind: type of the file.
        image: the opened file.
        data: all bytes of it.
        turned: the orientation of a TIFF by which Pillow has turned it upright.

    Raises:
        Damaged: the picture is not all there.
    """
    if kind is FileType.JPEG:
        return check_jpeg(data)
    if kind is FileType.PNG:
        return check_png(data)
    if kind is FileType.WEBP:
        return check_webp(data)
    if kind is FileType.BMP:
        upwards = int.from_bytes(data[22:26], "little", signed=True) > 0
        return check_tail(np.asarray(image)[:: -1 if upwards else 1])
    if isinstance(image, TiffImageFile):
        if image.tag_v2.get(_COMPRESSION, _NONE) == _NONE:
            return check_tail(_as_in_file(np.asarray(image), turned))
        check_tiff(image, data)
    return ()


def _as_in_file(picture: NDArray[Any], turned: object) -> NDArray[Any]:
    """Return values (H, W) or (H, W, C) with the rows of the file, those of an upright picture."""
    rows = picture.swapaxes(0, 1) if turned in _LYING else picture
    return rows[::-1] if turned in _FROM_THE_END else rows
