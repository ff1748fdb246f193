"""What a decoder hands to the reader, and how its failures reach the user."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xray_core.errors import UnreadableFilm, XrayError
from xray_core.imaging.intact.damage import Damaged
from xray_core.imaging.radiograph import FilmHeader
from xray_core.imaging.sniff import FileType


@dataclass(frozen=True)
class Decoded:
    """A film without its name and hash.

    Attributes:
        pixels: float32 (H, W) in [0, 1], bright = dense.
        header: what the file said, de-identified.
        warnings: sentences that stand beside every opinion on this film.
        synthetic: True where the file says that it is a drawn phantom.
    """

    pixels: NDArray[np.float32]
    header: FilmHeader
    warnings: tuple[str, ...] = field(default=())
    synthetic: bool = False


@contextmanager
def decoding(kind: FileType, source: str) -> Iterator[None]:
    """Turn whatever a decoder raises on damaged bytes, which is anything, into one sentence.

    Raises:
        UnreadableFilm: in place of any exception that is not an `XrayError`.
    """
    try:
        yield
    except XrayError:
        raise
    except Damaged as damage:
        raise UnreadableFilm(
            source, f"this {kind} file is damaged: {damage}; allowed is an intact file."
        ) from None
    except MemoryError:
        raise UnreadableFilm(
            source, f"decoding this {kind} file needs more memory than is allowed."
        ) from None
    except Exception as error:
        raise UnreadableFilm(
            source,
            f"this {kind} file is damaged, cut short or of a kind that cannot be decoded; "
            "a complete picture is needed.",
        ) from error
