"""A PNG whose picture is not all there is refused."""

import io
import struct
import zlib

import numpy as np
import pytest
from damage import END_MARK_MISSING, refusal
from film_files import Film, encode, film
from PIL import Image

from xray_core.imaging.reader import read_radiograph

GREY = film(8)


def png(rows: Film, *, height: int, idat: bytes | None = None) -> bytes:
    """Write a PNG that says it is so high, with only these rows in it."""
    header = struct.pack(">IIBBBBB", rows.shape[1], height, 8, 0, 0, 0, 0)
    picture = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    chunks = ((b"IHDR", header), (b"IDAT", picture if idat is None else idat), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body))
        for tag, body in chunks
    )


def test_a_png_with_a_wrong_checksum_is_refused() -> None:
    data = bytearray(encode(film(16), "PNG"))
    end_of_picture = data.rindex(b"IEND") - 4
    data[end_of_picture - 1] ^= 1

    assert refusal(bytes(data)) == (
        "film: this PNG file is damaged: its picture data are corrupt; allowed is an intact file."
    )


def test_no_changed_byte_of_png_picture_data_goes_unnoticed() -> None:
    whole = encode(film(16), "PNG")
    start = whole.index(b"IDAT")
    for at in range(start, len(whole) - 12, 211):
        data = bytearray(whole)
        data[at] ^= 0x10
        assert "damaged" in refusal(bytes(data))


@pytest.mark.parametrize("rows", [1, 48, 95])
def test_a_png_that_was_written_half_is_refused(rows: int) -> None:
    assert refusal(png(GREY[:rows], height=96)) == (
        "film: this PNG file is damaged: its picture data end early; allowed is an intact file."
    )
    assert read_radiograph(png(GREY, height=96), "film").warnings == ()


def test_a_png_whose_picture_data_cannot_be_inflated_is_refused() -> None:
    assert "damaged" in refusal(png(GREY, height=96, idat=b"\x78\x9c" + bytes(500)))


def test_a_png_without_its_end_mark_is_read_with_a_warning() -> None:
    read = read_radiograph(encode(GREY, "PNG")[:-12], "film")

    assert read.warnings == END_MARK_MISSING
    np.testing.assert_allclose(read.pixels, GREY / 255, atol=1e-7)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("size", [(64, 64), (65, 67), (127, 71)])
def test_a_whole_png_of_any_kind_passes(mode: str, size: tuple[int, int]) -> None:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, "PNG")

    assert read_radiograph(buffer.getvalue(), "film").warnings == ()
