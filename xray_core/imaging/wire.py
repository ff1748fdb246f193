"""Films between two processes, as a JSON head and raw pixels.

A message is the length of the head (4 bytes), of the body (8 bytes), the head, the body. Pickle
would let a decoder that a hostile file has taken over take over the app as well.
"""

import json
import struct
from dataclasses import asdict
from typing import Any, BinaryIO

import numpy as np

from xray_core.errors import FilmError, UnreadableFilm, UnsuitableFilm
from xray_core.imaging.radiograph import FilmHeader, Radiograph

_LENGTHS = struct.Struct(">IQ")
_ERRORS: dict[str, type[FilmError]] = {
    kind.__name__: kind for kind in (UnreadableFilm, UnsuitableFilm)
}


def send(stream: BinaryIO, head: dict[str, Any], body: bytes | memoryview = b"") -> None:
    """Write one message."""
    text = json.dumps(head).encode()
    size = body.nbytes if isinstance(body, memoryview) else len(body)
    stream.write(_LENGTHS.pack(len(text), size))
    stream.write(text)
    stream.write(body)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Read one message.

    Raises:
        EOFError: the other side is gone.
    """
    head_size, body_size = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    head = json.loads(_exactly(stream, head_size))
    return head, _exactly(stream, body_size)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def send_film(stream: BinaryIO, film: Radiograph) -> None:
    """Answer with a film."""
    head = {
        "source": film.source,
        "sha256": film.sha256,
        "header": asdict(film.header),
        "warnings": film.warnings,
        "synthetic": film.synthetic,
        "shape": film.shape,
    }
    send(stream, head, np.ascontiguousarray(film.pixels).data)


def send_error(stream: BinaryIO, error: FilmError) -> None:
    """Answer with why the film cannot be had."""
    send(stream, {"error": type(error).__name__, "source": error.source, "reason": error.reason})


def receive_film(stream: BinaryIO) -> Radiograph:
    """Read the answer to one request.

    Raises:
        FilmError: the one that the other side sent.
        EOFError: the other side is gone.
        ValueError, KeyError, TypeError: the other side does not speak this language.
    """
    head, body = receive(stream)
    if "error" in head:
        raise _ERRORS[head["error"]](head["source"], head["reason"])
    spacing = head["header"].pop("pixel_spacing_mm")
    header = FilmHeader(**head["header"], pixel_spacing_mm=tuple(spacing) if spacing else None)
    height, width = head["shape"]
    return Radiograph(
        # Made of bytes, hence read-only.
        pixels=np.frombuffer(body, np.float32).reshape(height, width),
        source=head["source"],
        sha256=head["sha256"],
        header=header,
        warnings=tuple(head["warnings"]),
        synthetic=head["synthetic"],
    )
