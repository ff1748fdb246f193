"""A picture file that was decoded, by its type."""

import numpy as np
from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from xray_core.imaging.intact.jpeg import check_jpeg
from xray_core.imaging.intact.png import check_png
from xray_core.imaging.intact.tail import check_tail
from xray_core.imaging.intact.tiff import check_tiff
from xray_core.imaging.intact.zeros import check_webp
from xray_core.imaging.sniff import FileType

_COMPRESSION, _NONE = 259, 1


def check_picture(kind: FileType, image: ImageFile, data: bytes) -> tuple[str, ...]:
    """Return warnings on what the decoder passed over.

    Args:
        kind: type of the file.
        image: the opened file.
        data: all bytes of it.

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
            return check_tail(np.asarray(image))
        check_tiff(image, data)
    return ()
