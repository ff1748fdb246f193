"""What is refused is refused before it is decoded, with one sentence that helps."""

import contextlib
import gzip
import io
import os
import re
import struct
import zipfile
import zlib

import numpy as np
import pytest
from film_files import FILES, LOSSLESS, dicom, encode, film
from PIL import Image
from pydicom.uid import JPEGBaseline8Bit

from xray_core.errors import FilmError, UnreadableFilm
from xray_core.imaging.naming import display_name
from xray_core.imaging.reader import read_radiograph

GREY = film(8)
PNG = encode(GREY, "PNG")


def refusal(data: bytes, name: str = "film.png") -> str:
    with pytest.raises(UnreadableFilm) as caught:
        read_radiograph(data, name)
    return str(caught.value)


def zip_file() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("film.png", PNG)
    return buffer.getvalue()


def animation(kind: str, frames: int = 3) -> bytes:
    buffer = io.BytesIO()
    first, *others = (Image.fromarray(np.roll(GREY, i)) for i in range(frames))
    first.save(buffer, kind, save_all=True, append_images=others)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    )


OTHER_TYPES = {
    "a ZIP archive": zip_file(),
    "a PDF document": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "a GIF image": animation("GIF"),
    "a gzip archive": gzip.compress(PNG),
    "a TAR archive": b"film.png".ljust(257, b"\0") + b"ustar\x0000",
    "an AVIF image": b"\0\0\0\x1cftypavif\0\0\0\0",
    "a HEIC image": b"\0\0\0\x18ftypheic\0\0\0\0",
    "a video": b"\0\0\0\x18ftypisom\0\0\0\0",
    "a JPEG 2000 image outside DICOM": b"\0\0\0\x0cjP  \r\n\x87\n",
    "a NumPy array": b"\x93NUMPY\x01\0",
    "an HTML page": b"\n <!DOCTYPE html><html></html>",
    "an SVG drawing": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a program": b"\x7fELF\x02\x01\x01" + bytes(20),
    "text": "Befund: kein Infiltrat, Herz normal groß.".encode(),
    "no image type that is known": bytes(range(128, 256)) * 3,
}


@pytest.mark.parametrize("data", [b"\xff" * 9_000, b"\xff" * 90, b"\xff\xfe" + b"\x00\xdc" * 90])
def test_bytes_that_are_no_text_are_not_called_text(data: bytes) -> None:
    assert "this is no image type that is known; allowed are PNG" in refusal(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_long_text_is_text_wherever_the_sample_ends(encoding: str) -> None:
    for shift in range(4):
        letter = ("x" * shift + "Herz normal groß, 心影大小正常.\r\n" * 400).encode(encoding)
        assert "this is text; allowed are PNG" in refusal(letter)


@pytest.mark.parametrize("name", OTHER_TYPES)
def test_another_type_is_named_whatever_the_extension_says(name: str) -> None:
    assert refusal(OTHER_TYPES[name]) == (
        f"film.png: this is {name}; allowed are PNG, JPEG, TIFF, BMP, WebP and DICOM."
    )


def test_an_empty_file() -> None:
    assert "this file is empty; allowed are PNG" in refusal(b"")


def test_the_type_comes_from_the_bytes_not_from_the_name() -> None:
    assert read_radiograph(PNG, "film.dcm").header.format == "PNG"
    assert read_radiograph(dicom(film(12), bits=12), "film.jpg").header.format == "DICOM"


# Damaged and cut short.

WHOLE = {
    "PNG": PNG,
    "PNG 16": encode(film(16), "PNG"),
    "JPEG": encode(GREY, "JPEG"),
    "JPEG progressive": encode(GREY, "JPEG", progressive=True),
    "TIFF": encode(GREY, "TIFF"),
    "TIFF LZW": encode(GREY, "TIFF", compression="tiff_lzw"),
    "BMP": encode(GREY, "BMP"),
    "WebP": encode(np.dstack([GREY] * 3), "WEBP"),
    "DICOM JPEG": dicom(GREY, bits=8, syntax=JPEGBaseline8Bit),
    "DICOM JPEG-LS": (FILES / "jpeg-ls.dcm").read_bytes(),
    **{f"DICOM {n}": dicom(film(12), bits=12, syntax=uid) for n, uid in LOSSLESS.items()},
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("part", [0.5, 0.9])
def test_a_file_cut_short_is_not_half_decoded(name: str, part: float) -> None:
    data = WHOLE[name]
    sentence = refusal(data[: int(part * len(data))], "film")

    kind = "WEBP" if name == "WebP" else name.split()[0]
    assert f"film: this {kind} file is damaged" in sentence


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("kept", [4, 20, 140])
def test_a_file_of_which_little_is_left(name: str, kept: int) -> None:
    with pytest.raises(FilmError) as caught:
        read_radiograph(WHOLE[name][:kept], "film")
    assert re.fullmatch(r"film: [^\n]+\.", str(caught.value))


def test_damage_is_refused() -> None:
    data = bytearray(PNG)
    data[len(data) // 2] ^= 0xFF
    assert "damaged" in refusal(bytes(data))


# Limits, all from the header.


def test_too_many_bytes(limits: pytest.MonkeyPatch) -> None:
    limits.setenv("XRAY_MAX_FILE_BYTES", "2MiB")
    assert "this file has 3 MB; at most 2 MB are allowed." in refusal(PNG + bytes(2**20 + 2**21))


@pytest.mark.parametrize("kind", ["PNG", "BMP", "WEBP", "JPEG"])
def test_60000_by_60000_is_refused_from_the_header_alone(kind: str) -> None:
    if kind == "WEBP":  # the format itself ends at 16,383, an extended header at 16,777,216
        side = (60_000 - 1).to_bytes(3, "little")
        data = b"RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + side + side + bytes(40)
    elif kind == "PNG":
        data = png_header(60_000, 60_000)
    elif kind == "BMP":
        data = b"BM" + bytes(12) + struct.pack("<Iii", 40, 60_000, -60_000) + bytes(40)
    else:
        whole = bytearray(encode(GREY, "JPEG"))
        frame = whole.index(b"\xff\xc0")
        whole[frame + 5 : frame + 9] = struct.pack(">HH", 60_000, 60_000)
        data = bytes(whole)

    assert "this picture is 60,000×60,000 pixels; at most 20,000 on a side" in refusal(data)


def test_a_huge_tiff_is_refused_from_its_directory_alone() -> None:
    data = encode(GREY, "TIFF")
    for tag, old in ((256, 80), (257, 96)):
        entry = data.index(struct.pack("<HH", tag, 4)) if struct.pack("<HH", tag, 4) in data else -1
        if entry < 0:
            entry = data.index(struct.pack("<HH", tag, 3))
        assert struct.unpack_from("<I", data, entry + 8)[0] == old
        data = data[: entry + 2] + struct.pack("<HII", 4, 1, 60_000) + data[entry + 12 :]

    assert "this picture is 60,000×60,000 pixels" in refusal(data)


def test_a_huge_dicom_is_refused_from_its_header_alone() -> None:
    data = dicom(film(12), bits=12, Rows=60_000, Columns=60_000)
    assert "this picture is 60,000×60,000 pixels" in refusal(data)


def test_too_many_pixels_though_no_side_is_too_long() -> None:
    sentence = refusal(png_header(7_000, 7_000))
    assert "this picture is 7,000×7,000 pixels; at most 40,000,000 in all" in sentence


@pytest.mark.parametrize("size", [(0, 0), (0, 96), (80, 0)])
def test_no_pixels_at_all(size: tuple[int, int]) -> None:
    assert f"this picture is {size[0]}×{size[1]} pixels; at least one" in refusal(png_header(*size))


def test_a_bomb_is_known_by_its_ratio(limits: pytest.MonkeyPatch) -> None:
    limits.setenv("XRAY_MAX_EXPANSION", "500")
    bomb = encode(np.zeros((4_000, 4_000), np.uint8), "PNG")

    assert re.search(r"would grow 1,0\d\d times when decoded; at most 500 times", refusal(bomb))


def test_a_dicom_bomb_is_known_by_its_ratio() -> None:
    bomb = dicom(film(12), bits=12, Rows=6_000, Columns=6_000)
    assert re.search(r"would grow 4,\d\d\d times when decoded; at most 1,000", refusal(bomb))


def test_a_picture_inside_dicom_must_have_the_size_that_the_header_says() -> None:
    data = dicom(film(12), bits=12, syntax=LOSSLESS["JPEG 2000"])
    code = data.index(b"\xff\x4f\xff\x51")
    bomb = data[: code + 8] + struct.pack(">II", 60_000, 60_000) + data[code + 16 :]

    assert "has 60,000×60,000 pixels where its header says 80×96" in refusal(bomb)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_animations_and_pages_are_counted(kind: str) -> None:
    sentence = "this file holds 3 frames or pages; exactly one is allowed."
    assert sentence in refusal(animation(kind))


def test_frames_in_dicom_are_counted() -> None:
    data = dicom(film(12), bits=12, NumberOfFrames=7)
    assert "this file holds 7 frames or pages" in refusal(data)


def test_pages_are_not_counted_for_ever() -> None:
    # A chain of one-entry directories, each pointing to the next; the last one to the first.
    entries = [(256, 80), (257, 96), (258, 8), (259, 1), (262, 1), (273, 8), (278, 96), (279, 7680)]
    size = 2 + 12 * len(entries) + 4
    pages = b"".join(
        struct.pack("<H", len(entries))
        + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
        + struct.pack("<I", 8 + size * (i + 1))
        for i in range(3_000)
    )
    assert "holds more than 1,000 frames or pages" in refusal(b"II*\0\x08\0\0\0" + pages)


def test_deflated_dicom_is_refused_before_it_is_inflated() -> None:
    meta = dicom(film(12), bits=12).replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99", 1)
    start = meta.index(b"1.2.840.10008.1.2.1.99")
    meta = meta[: start - 2] + struct.pack("<H", 22) + meta[start : start + 22]
    length = struct.pack("<I", len(meta) - 144)  # the group's length comes first
    bomb = meta[:140] + length + meta[144:] + zlib.compress(bytes(10**6))[2:-4]

    assert "stored as Deflated Explicit VR Little Endian; allowed are" in refusal(bomb)


# Whose fault it was, and how it reads.


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\films\\film.png", "film.png"),
        ("../../etc/passwd", "passwd"),
        ("film\n\x1b[31m.png", "film��[31m.png"),
        ("film\u202egnp.exe", "film�gnp.exe"),
        ("", "unnamed file"),
        ("/", "unnamed file"),
    ],
)
def test_names_are_made_fit_to_be_shown(name: str, shown: str) -> None:
    assert display_name(name) == shown


def test_long_names_keep_their_beginning_and_their_end() -> None:
    shown = display_name("a" * 5_000 + ".png")
    assert len(shown) <= 80
    assert shown.startswith("aaa")
    assert shown.endswith("a.png")


@pytest.mark.skipif(os.name != "posix", reason="counts on file descriptor 2")
def test_nothing_is_written_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    for data in WHOLE.values():
        for at in range(100, min(len(data), 2_000), 97):
            damaged = bytearray(data)
            damaged[at] ^= 0x5A
            with contextlib.suppress(FilmError):
                read_radiograph(bytes(damaged), "film")

    assert capfd.readouterr() == ("", "")
