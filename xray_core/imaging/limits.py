"""What a stranger's file may cost, checked from its header before anything is decoded."""

from xray_core.errors import UnreadableFilm
from xray_core.settings import settings


def check_bytes(data: bytes, source: str) -> None:
    """Refuse a file with more bytes than `XRAY_MAX_FILE_BYTES`.

    Raises:
        UnreadableFilm: the file is too large.
    """
    limit = settings().max_file_bytes
    if len(data) > limit:
        received = f"{len(data) / 2**20:,.0f} MB"
        raise UnreadableFilm(
            source, f"this file has {received}; at most {limit / 2**20:,.0f} MB are allowed."
        )


def check_size(source: str, width: int, height: int) -> None:
    """Refuse a picture without pixels, or with too many of them.

    Args:
        source: the file's name, for the message.
        width: columns, as the header says.
        height: rows, as the header says.

    Raises:
        UnreadableFilm: no pixels, a side over `XRAY_MAX_SIDE`, or more than `XRAY_MAX_PIXELS`.
    """
    limits = settings()
    received = f"this picture is {width:,}×{height:,} pixels"
    if width <= 0 or height <= 0:
        raise UnreadableFilm(source, f"{received}; at least one pixel each way is needed.")
    if max(width, height) > limits.max_side:
        raise UnreadableFilm(
            source, f"{received}; at most {limits.max_side:,} on a side are allowed."
        )
    if width * height > limits.max_pixels:
        raise UnreadableFilm(
            source, f"{received}; at most {limits.max_pixels:,} in all are allowed."
        )


def check_expansion(source: str, file_bytes: int, decoded_bytes: int) -> None:
    """Refuse a file that promises far more pixels than its bytes can mean.

    Raises:
        UnreadableFilm: more than `XRAY_MAX_EXPANSION` decoded bytes per file byte.
    """
    limit = settings().max_expansion
    if decoded_bytes > limit * file_bytes:
        raise UnreadableFilm(
            source,
            f"this file would grow {decoded_bytes / max(file_bytes, 1):,.0f} times when decoded; "
            f"at most {limit:,} times is allowed.",
        )


def check_frames(source: str, frames: int, *, more: bool = False) -> None:
    """Refuse a file that holds several pictures.

    Args:
        source: the file's name, for the message.
        frames: the pictures counted.
        more: True where counting stopped there.

    Raises:
        UnreadableFilm: more than one frame or page.
    """
    if frames > 1:
        count = f"more than {frames:,}" if more else f"{frames:,}"
        raise UnreadableFilm(
            source, f"this file holds {count} frames or pages; exactly one is allowed."
        )
