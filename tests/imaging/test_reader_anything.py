"""No bytes whatever make the reader raise anything but an `XrayError`."""

import numpy as np
from film_files import FILES, LOSSLESS, dicom, encode, film, without_preamble
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.uid import JPEGBaseline8Bit

from xray_core.errors import XrayError
from xray_core.imaging.reader import read_radiograph

GREY, DEEP = film(8, 48, 40), film(16, 48, 40)
RGB = np.dstack([GREY] * 3)
STARTS = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"\xff\xd8\xff\xe0",
    b"\xff\xd8\xff\xc0",
    b"II*\0\x08\0\0\0",
    b"MM\0*\0\0\0\x08",
    b"BM",
    b"RIFF\xff\0\0\0WEBPVP8 ",
    b"RIFF\xff\0\0\0WEBPVP8X",
    bytes(128) + b"DICM\x02\0\0\0UL\x04\0",
    b"\x08\0\x05\0CS\x0a\0ISO_IR 100",
    b"",
)
WHOLE = (
    encode(GREY, "PNG"),
    encode(DEEP, "PNG"),
    encode(np.dstack([RGB, GREY]), "PNG"),
    encode(RGB, "JPEG"),
    encode(GREY, "JPEG", progressive=True),
    encode(GREY, "TIFF"),
    encode(DEEP, "TIFF", compression="tiff_lzw"),
    encode(RGB, "TIFF", compression="jpeg"),
    encode(GREY, "BMP"),
    encode(RGB, "WEBP"),
    encode(RGB, "WEBP", lossless=True),
    dicom(GREY, bits=8, syntax=JPEGBaseline8Bit),
    without_preamble(dicom(DEEP, WindowCenter=20_000, WindowWidth=30_000)),
    *(dicom(film(12, 48, 40), bits=12, syntax=uid) for uid in LOSSLESS.values()),
    *(path.read_bytes() for path in sorted(FILES.glob("*.dcm"))),
)

bounded = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,  # the same bytes every time
    database=None,
    suppress_health_check=list(HealthCheck),
)


def reads_or_refuses(data: bytes) -> None:
    """Hold what `read_radiograph` promises."""
    try:
        film = read_radiograph(data, "film")
    except XrayError as error:
        assert str(error).startswith("film: ")
        assert str(error).endswith(".")
        assert str(error).isprintable()
        return
    assert film.pixels.dtype == np.float32
    assert film.pixels.ndim == 2
    assert np.isfinite(film.pixels).all()
    assert film.pixels.min() >= 0.0
    assert film.pixels.max() <= 1.0


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Draw a whole file with some of its bytes changed, cut out or put in, or its end cut off."""
    data = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 6))):
        # Headers are short and matter most.
        at = draw(st.integers(0, min(len(data), draw(st.sampled_from((64, 600, 10**6)))) - 1))
        change = draw(st.sampled_from(("set", "flip", "cut", "put")))
        if change == "set":
            data[at] = draw(st.integers(0, 255))
        elif change == "flip":
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif change == "cut":
            del data[at : at + draw(st.integers(1, 32))]
        else:
            data[at:at] = draw(st.binary(min_size=1, max_size=16))
        data = data or bytearray(1)
    if draw(st.integers(0, 5)) == 0:
        del data[draw(st.integers(1, len(data))) :]
    return bytes(data)


@st.composite
def spliced(draw: st.DrawFn) -> bytes:
    """Draw the beginning of one file with the rest of another."""
    first, second = draw(st.sampled_from(WHOLE)), draw(st.sampled_from(WHOLE))
    head = draw(st.integers(1, min(len(first), 1_000)))
    return first[:head] + second[draw(st.integers(0, len(second))) :]


@bounded
@given(st.sampled_from(STARTS), st.binary(max_size=2_048))
def test_arbitrary_bytes(start: bytes, rest: bytes) -> None:
    reads_or_refuses(start + rest)


@bounded
@given(mutated())
def test_mutated_files(data: bytes) -> None:
    reads_or_refuses(data)


@bounded
@given(spliced())
def test_spliced_files(data: bytes) -> None:
    reads_or_refuses(data)


@bounded
@given(st.binary(max_size=64), st.text(max_size=200))
def test_any_name(data: bytes, name: str) -> None:
    try:
        read_radiograph(data, name)
    except XrayError as error:
        assert str(error).isprintable()
        assert len(str(error)) < 300
    else:
        raise AssertionError("64 bytes cannot hold a film")
