"""Any bytes to a `Radiograph`, or one sentence that says why not."""

import hashlib

from xray_core.imaging.dicom import decode_dicom
from xray_core.imaging.limits import check_bytes
from xray_core.imaging.naming import display_name
from xray_core.imaging.quiet import quiet
from xray_core.imaging.radiograph import Radiograph
from xray_core.imaging.raster import decode_raster
from xray_core.imaging.sniff import FileType, sniff


def read_radiograph(data: bytes, source: str) -> Radiograph:
    """Decode one film, in this process.

    Bytes of unknown origin belong into `guard.read_guarded`, which bounds time and memory too.

    Args:
        data: the whole file; PNG, JPEG, TIFF, BMP, WebP or DICOM, whatever its name says.
        source: the file's name; shown without its folders and control characters.

    Returns:
        The film, its pixels float32 (H, W) in [0, 1], read-only, bright = dense.

    Raises:
        UnreadableFilm: the bytes cannot be decoded, or are over a limit of `settings()`.
        UnsuitableFilm: decodable, but not a frontal chest radiograph.
    """
    name = display_name(source)
    check_bytes(data, name)
    kind = sniff(data, name)
    with quiet():
        if kind is FileType.DICOM:
            decoded = decode_dicom(data, name)
        else:
            decoded = decode_raster(kind, data, name)
    decoded.pixels.setflags(write=False)
    return Radiograph(
        pixels=decoded.pixels,
        source=name,
        sha256=hashlib.sha256(data).hexdigest(),
        header=decoded.header,
        warnings=decoded.warnings,
        synthetic=decoded.synthetic,
    )
