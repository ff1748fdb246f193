"""Compressed DICOM pixels that are not all there are refused, where it can be known."""

import io
import struct

import numpy as np
import pytest
from damage import refusal
from film_files import FILES, LOSSLESS, Film, dicom, film, stretched
from lossless_jpeg import lossless_jpeg
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit, JPEGLossless

from xray_core.imaging.reader import read_radiograph

GREY = film(8)


def changed(data: bytes, part: float, replacement: bytes) -> bytes:
    """Overwrite bytes in the pixel data, so far along them."""
    start = data.rindex(b"\xe0\x7f\x10\x00") + 12 + 16 + 64  # the element, item headers, RLE header
    at = start + int(part * (len(data) - start - 10))
    return data[:at] + replacement + data[at + len(replacement) :]


COMPRESSED = {
    "RLE": dicom(film(12), bits=12, syntax=LOSSLESS["RLE"]),
    "JPEG": dicom(GREY, bits=8, syntax=JPEGBaseline8Bit),
    "JPEG-LS": (FILES / "jpeg-ls.dcm").read_bytes(),
    "JPEG-LS signed": (FILES / "jpeg-ls-signed.dcm").read_bytes(),
    "JPEG lossless": (FILES / "jpeg-lossless.dcm").read_bytes(),
    "JPEG lossless signed": (FILES / "jpeg-lossless-signed.dcm").read_bytes(),
}


@pytest.mark.parametrize("name", COMPRESSED)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.8])
def test_compressed_dicom_pixels_that_were_overwritten_are_refused(name: str, part: float) -> None:
    assert read_radiograph(COMPRESSED[name], "film").warnings == ()
    noise = np.random.default_rng(5).integers(0, 256, 300).astype(np.uint8).tobytes()
    for replacement in (bytes(300), noise):
        sentence = refusal(changed(COMPRESSED[name], part, replacement))
        assert "film: this DICOM file is damaged" in sentence


def test_a_changed_run_length_of_dicom_rle_is_refused() -> None:
    flat = np.repeat(film(12)[:, ::8], 8, axis=1)  # runs, and few literal bytes
    data = dicom(flat, bits=12, syntax=LOSSLESS["RLE"])
    first_run = data.index(struct.pack("<2I", 2, 64)) + 64
    for at in range(0, 120, 2):  # a count, then the byte that is repeated
        damaged = bytearray(data)
        damaged[first_run + at] ^= 0x04
        assert "this DICOM file is damaged" in refusal(bytes(damaged))


def test_rle_that_gives_too_many_bytes_is_refused() -> None:
    flat = np.full((96, 80), 900, np.uint16)
    data = dicom(flat, bits=12, syntax=LOSSLESS["RLE"])
    run = data.index(struct.pack("<2I", 2, 64)) + 64

    assert "its picture data are corrupt" in refusal(data[:run] + b"\x85" + data[run + 1 :])


def test_rle_runs_that_cross_rows_are_read() -> None:
    values = np.full((96, 80), 7, np.uint8)
    values[:, 40:] = 9
    runs = b"".join(bytes([256 - 39, level]) for level in [7, 9] * 96)
    crossing = bytes([256 - 19, 7]) + bytes([256 - 19, 7]) + runs[2:]
    one_stream = bytes([256 - 127, 5]) * 60
    for code, shape in ((runs, values), (crossing, values), (one_stream, np.full((96, 80), 5))):
        frame = struct.pack("<16I", 1, 64, *[0] * 14) + code
        data = dicom(shape.astype(np.uint8), bits=8, syntax=LOSSLESS["RLE"], BitsStored=8)
        whole = with_frame(data, frame)
        assert read_radiograph(whole, "film").shape == (96, 80)


def test_rle_runs_that_cross_rows_are_read_where_the_first_row_ends_with_a_run() -> None:
    # Because 16 full runs are a row, or because the next row begins with another value.
    full = bytes([129, 5]) * 16 * 10 + bytes([0, 5]) + bytes([129, 5]) * (16 * 86 - 1)
    full += bytes([256 - 126, 5])
    other = bytes([256 - 79, 7]) + bytes([129, 9]) * 59 + bytes([256 - 47, 9])
    for code, columns in ((full, 2048), (other, 80)):
        frame = struct.pack("<16I", 1, 64, *[0] * 14) + code
        data = dicom(np.zeros((96, columns), np.uint8), bits=8, syntax=LOSSLESS["RLE"])
        assert read_radiograph(with_frame(data, frame), "film").shape == (96, columns)


def test_rle_that_loses_step_with_its_rows_is_refused() -> None:
    run, literal = bytes([256 - 79, 5]), bytes([79, *range(80)])
    for row, longer, shorter in (
        (run, bytes([256 - 80, 5]), bytes([256 - 78, 5])),
        (literal, bytes([80, *range(81)]), bytes([78, *range(79)])),
    ):
        data = dicom(np.zeros((96, 80), np.uint8), bits=8, syntax=LOSSLESS["RLE"])
        head = struct.pack("<16I", 1, 64, *[0] * 14)
        assert read_radiograph(with_frame(data, head + row * 96), "film").shape == (96, 80)

        lost = head + row * 40 + longer + row * 10 + shorter + row * 44
        assert "its picture data are corrupt" in refusal(with_frame(data, lost))


def with_frame(data: bytes, frame: bytes) -> bytes:
    """Put another frame into a DICOM file that has one."""
    from pydicom import dcmread

    dataset = dcmread(io.BytesIO(data))
    dataset.PixelData = encapsulate([frame])
    buffer = io.BytesIO()
    dataset.save_as(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("predictor", range(1, 8))
@pytest.mark.parametrize("restart_rows", [0, 16])
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_lossless_jpeg_passes_whole_and_not_with_a_changed_code(
    predictor: int, restart_rows: int, bits: int
) -> None:
    values = film(bits, 48, 40)
    frame = lossless_jpeg(values, bits=bits, predictor=predictor, restart_rows=restart_rows)
    file = (FILES / "jpeg-lossless.dcm").read_bytes()
    data = with_frame(like(file, values, bits), frame)
    read = read_radiograph(data, "film")
    np.testing.assert_allclose(read.pixels, stretched(values), atol=1e-6)
    assert read.warnings == ()

    start = frame.index(b"\xff\xda") + 10
    noise = np.random.default_rng(2).integers(1, 255, 200).astype(np.uint8).tobytes()
    damaged = frame[: start + 300] + noise + frame[start + 500 :]
    assert "is damaged" in refusal(with_frame(data, damaged))


def like(file: bytes, values: Film, bits: int) -> bytes:
    """Give a DICOM file the header of other pixels."""
    from pydicom import dcmread

    dataset = dcmread(io.BytesIO(file))
    dataset.Rows, dataset.Columns = values.shape
    dataset.BitsAllocated = values.dtype.itemsize * 8
    dataset.BitsStored, dataset.HighBit = bits, bits - 1
    dataset.file_meta.TransferSyntaxUID = JPEGLossless
    for keyword in ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept"):
        if keyword in dataset:
            delattr(dataset, keyword)
    buffer = io.BytesIO()
    dataset.save_as(buffer)
    return buffer.getvalue()


def test_jpeg_2000_that_lost_its_end_is_refused() -> None:
    noisy = np.random.default_rng(1).integers(0, 4096, (96, 80)).astype(np.uint16)
    data = dicom(noisy, bits=12, syntax=LOSSLESS["JPEG 2000"])
    end = data.rindex(b"\xff\xd9")
    assert read_radiograph(data, "film").warnings == ()

    lost = data[: end - 2_000] + bytes(2_000) + data[end:]
    assert "its picture data end early" in refusal(lost)
    hole = data[: end - 2_000] + bytes(300) + data[end - 1_700 :]
    assert "its picture data are corrupt" in refusal(hole)
    assert "this DICOM file is damaged" in refusal(data[:end] + b"\0\0" + data[end + 2 :])
