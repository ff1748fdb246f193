"""TIFF, WebP and BMP files whose picture is not all there are refused, or say so."""

import io

import numpy as np
import pytest
from damage import refusal
from film_files import Film, dicom, encode, film
from PIL import Image

from xray_core.imaging.reader import read_radiograph

GREY = film(8)
RGB = np.dstack([GREY] * 3)

TIFFS = {
    "zlib": encode(GREY, "TIFF", compression="tiff_deflate"),
    "PackBits": encode(np.repeat(GREY[:, ::8], 8, axis=1), "TIFF", compression="packbits"),
    "JPEG": encode(GREY, "TIFF", compression="jpeg"),
    "JPEG RGB": encode(RGB, "TIFF", compression="jpeg"),
    "LZW": encode(GREY, "TIFF", compression="tiff_lzw"),
}


def first_strip(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as image:
        return image.tag_v2[273][0], image.tag_v2[279][0]


@pytest.mark.parametrize("name", TIFFS)
def test_a_tiff_strip_that_was_overwritten_is_refused(name: str) -> None:
    data = TIFFS[name]
    assert read_radiograph(data, "film").warnings == ()
    start, size = first_strip(data)
    for part in (0.3, 0.6):
        at = start + int(part * size)
        assert "this TIFF file is damaged" in refusal(data[:at] + bytes(200) + data[at + 200 :])


def test_a_zlib_strip_is_held_to_its_checksum() -> None:
    data = bytearray(TIFFS["zlib"])
    start, size = first_strip(bytes(data))
    data[start + size - 1] ^= 1

    assert "this TIFF file is damaged" in refusal(bytes(data))


@pytest.mark.parametrize("lossless", [False, True])
def test_a_webp_of_which_a_part_became_zeros_says_so(lossless: bool) -> None:
    data = encode(np.dstack([film(8, 200, 180)] * 3), "WEBP", lossless=lossless)
    assert read_radiograph(data, "film").warnings == ()

    for at in (len(data) - 300, len(data) // 2):
        damaged = data[:at] + bytes(300) + data[at + 300 :]
        assert read_radiograph(damaged, "film").warnings == (
            "The picture data hold many zeros in a row; a part of the picture may be lost.",
        )


# Uncompressed: zeros cannot be told from black, and are told of.


def raw(kind: str, values: Film) -> bytes:
    return dicom(values, bits=8) if kind == "DICOM" else encode(values, kind)


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "DICOM"])
def test_an_uncompressed_film_that_may_have_lost_its_end_says_so(kind: str) -> None:
    values = np.maximum(film(8), 1)
    data = raw(kind, values)
    assert read_radiograph(data, "film").warnings == ()
    start = data.index((values[::-1] if kind == "BMP" else values)[0].tobytes())
    lost = start + 64 * values.shape[1]
    padded = data[:lost] + bytes(32 * values.shape[1]) + data[start + values.size :]

    assert read_radiograph(padded, "film").warnings == (
        "The last 33% of the picture in the file are empty; the file may have lost its end.",
    )


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "DICOM"])
def test_black_borders_above_and_below_are_no_lost_end(kind: str) -> None:
    values = np.maximum(film(8), 1)
    values[:20] = values[-20:] = 0

    assert read_radiograph(raw(kind, values), "film").warnings == ()


ORIENTATION, ROWS_PER_STRIP = 274, 278


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_intact_packbits_tiff_that_lies_on_its_side_is_read(orientation: int) -> None:
    tags = {ORIENTATION: orientation, ROWS_PER_STRIP: 20}
    data = encode(GREY, "TIFF", compression="packbits", tiffinfo=tags)
    read = read_radiograph(data, "film")

    assert read.shape == (GREY.shape if orientation < 5 else GREY.shape[::-1])
    assert read.warnings == ()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_tiff_that_may_have_lost_its_end_says_so(orientation: int) -> None:
    values = np.maximum(GREY, 1)
    tags = {ORIENTATION: orientation}
    assert read_radiograph(encode(values, "TIFF", tiffinfo=tags), "film").warnings == ()
    values[64:] = 0

    assert read_radiograph(encode(values, "TIFF", tiffinfo=tags), "film").warnings == (
        "The last 33% of the picture in the file are empty; the file may have lost its end.",
    )
