"""A JPEG whose picture is not all there is refused, where it can be known."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from damage import END_MARK_MISSING, refusal
from film_files import encode, film
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from xray_core.errors import UnreadableFilm
from xray_core.imaging.reader import read_radiograph

GREY = film(8)
RGB = np.dstack([GREY] * 3)


def cmyk() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(RGB).convert("CMYK").save(buffer, "JPEG")
    return buffer.getvalue()


JPEGS = {
    "grey": encode(GREY, "JPEG"),
    "RGB": encode(RGB, "JPEG"),
    "progressive": encode(GREY, "JPEG", progressive=True),
    "restarts": encode(GREY, "JPEG", restart_marker_rows=1),
    "CMYK": cmyk(),
}


def entropy_coded(data: bytes) -> int:
    """Return where the first scan's code begins."""
    scan = data.index(b"\xff\xda")
    return scan + 2 + struct.unpack_from(">H", data, scan + 2)[0]


@pytest.mark.parametrize("name", JPEGS)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("filling", ["nothing", "zeros", "end mark", "zeros and end mark"])
def test_a_jpeg_that_lost_its_end_is_refused_whatever_stands_there(
    name: str, part: float, filling: str
) -> None:
    data = JPEGS[name]
    start = entropy_coded(data)
    kept = data[: start + int(part * (len(data) - start))]
    lost = bytes(len(data) - len(kept) - 2)
    end = b"\xff\xd9"
    rest = {"nothing": b"", "zeros": lost, "end mark": end, "zeros and end mark": lost + end}

    sentence = refusal(kept + rest[filling])
    assert sentence.startswith("film: this JPEG file is damaged")
    if name != "progressive":  # whose headers stand between its scans, and may be what was cut
        assert sentence.removeprefix("film: this JPEG file is damaged: its picture data ") in {
            "end early; allowed is an intact file.",
            "are corrupt; allowed is an intact file.",
        }


@pytest.mark.parametrize("name", sorted(JPEGS.keys() - {"progressive"}))  # refined by each scan
def test_a_jpeg_that_lost_bytes_in_the_middle_is_refused(name: str) -> None:
    data = JPEGS[name]
    start = entropy_coded(data)
    for at in range(start, len(data) - 60, 97):
        assert "this JPEG file is damaged" in refusal(data[:at] + data[at + 50 :])


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(sorted(JPEGS)), st.floats(0, 1), st.booleans())
def test_a_jpeg_filled_up_with_zeros_is_refused_or_whole(name: str, at: float, end: bool) -> None:
    data = JPEGS[name]
    cut = entropy_coded(data) + int(at * (len(data) - entropy_coded(data)))
    padded = data[:cut] + bytes(max(0, len(data) - cut - 2)) + (b"\xff\xd9" if end else b"\0\0")
    try:
        read = read_radiograph(padded, "film")
    except UnreadableFilm:
        return
    np.testing.assert_array_equal(read.pixels, read_radiograph(data, "film").pixels)


@pytest.mark.parametrize("name", JPEGS)
def test_a_jpeg_without_its_end_mark_is_read_with_a_warning(name: str) -> None:
    read = read_radiograph(JPEGS[name][:-2], "film")

    assert read.warnings == END_MARK_MISSING
    np.testing.assert_array_equal(read.pixels, read_radiograph(JPEGS[name], "film").pixels)


@pytest.mark.parametrize("rest", [bytes(1_000), b"\xff\xd8 a second picture"])
def test_what_follows_a_whole_jpeg_harms_nothing(rest: bytes) -> None:
    assert read_radiograph(JPEGS["grey"] + rest, "film").warnings == ()


def test_bytes_too_many_between_the_headers_of_a_jpeg_harm_nothing() -> None:
    data = JPEGS["grey"]
    tables = data.index(b"\xff\xdb")

    assert read_radiograph(data[:tables] + bytes(5) + data[tables:], "film").warnings == ()


@pytest.mark.real
def test_no_real_film_is_called_damaged(real_data: Path) -> None:
    for folder in ("chest_xray", "radiography", "adult_cxr", "fullres_samples"):
        films = sorted(p for p in (real_data / folder).rglob("*.jp*g"))
        for path in films[:: max(1, len(films) // 250)]:
            assert read_radiograph(path.read_bytes(), path.name).warnings == (), path
