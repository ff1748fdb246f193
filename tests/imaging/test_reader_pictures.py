"""Films from pictures: every kind of file gives the same brightness as the array it was made of."""

import hashlib
import io
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from film_files import Film, encode, film, stretched
from PIL import Image, PngImagePlugin

from xray_core.errors import UnreadableFilm, UnsuitableFilm
from xray_core.imaging.reader import read_radiograph
from xray_core.imaging.sizes import header_size
from xray_core.imaging.sniff import FileType

GREY = film(8)
RGB = np.dstack([GREY] * 3)
DEEP = film(16)


def palette() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(GREY).convert("P").save(buffer, "PNG")
    return buffer.getvalue()


def cmyk_jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(RGB).convert("CMYK").save(buffer, "JPEG", quality=98)
    return buffer.getvalue()


def cv2_file(extension: str, values: Film, *options: int) -> bytes:
    done, data = cv2.imencode(extension, values, list(options))
    assert done
    return bytes(data)


EXACT = {
    "PNG grey": encode(GREY, "PNG"),
    "PNG RGB": encode(RGB, "PNG"),
    "PNG RGBA": encode(np.dstack([RGB, np.full_like(GREY, 255)]), "PNG"),
    "PNG palette": palette(),
    "TIFF": encode(GREY, "TIFF"),
    "TIFF LZW": encode(GREY, "TIFF", compression="tiff_lzw"),
    "BMP": encode(GREY, "BMP"),
    "BMP RGB": encode(RGB, "BMP"),
    "WebP lossless": encode(RGB, "WEBP", lossless=True),
}
LOSSY = {
    "JPEG grey": encode(GREY, "JPEG", quality=98),
    "JPEG RGB": encode(RGB, "JPEG", quality=98),
    "JPEG progressive": encode(GREY, "JPEG", quality=98, progressive=True),
    "JPEG CMYK": cmyk_jpeg(),
    "WebP": encode(RGB, "WEBP", quality=98),
}
DEEP_FILES = {
    "PNG grey": encode(DEEP, "PNG"),
    "PNG RGB": cv2_file(".png", np.dstack([DEEP] * 3)),
    "PNG RGBA": cv2_file(".png", np.dstack([DEEP] * 3 + [np.full_like(DEEP, 65535)])),
    "TIFF grey": encode(DEEP, "TIFF"),
    "TIFF RGB": cv2_file(".tiff", np.dstack([DEEP] * 3)),
    "TIFF float": encode(DEEP.astype(np.float32), "TIFF"),
    "TIFF white is zero": encode(65535 - DEEP, "TIFF", tiffinfo={262: 0}),
}


@pytest.mark.parametrize("name", EXACT)
def test_8_bits_are_divided_by_255(name: str) -> None:
    read = read_radiograph(EXACT[name], "film")

    assert read.pixels.dtype == np.float32
    np.testing.assert_allclose(read.pixels, GREY / 255, atol=1e-7)
    assert read.header.format == name.split()[0].upper()
    assert read.header.bits == 8
    assert read.warnings == ()


@pytest.mark.parametrize("name", LOSSY)
def test_lossy_files_are_close(name: str) -> None:
    read = read_radiograph(LOSSY[name], "film")

    assert np.abs(read.pixels - GREY / 255).mean() < 0.01
    assert read.warnings == ()


@pytest.mark.parametrize("name", DEEP_FILES)
def test_16_bits_are_stretched_by_the_films_own_range(name: str) -> None:
    read = read_radiograph(DEEP_FILES[name], "film")

    np.testing.assert_allclose(read.pixels, stretched(DEEP), atol=2e-5)
    assert read.header.bits == (32 if "float" in name else 16)


def test_a_faint_16_bit_film_uses_the_whole_range() -> None:
    read = read_radiograph(encode((DEEP // 64 + 9000).astype(np.uint16), "PNG"), "film.png")

    assert read.pixels.min() == 0.0
    assert read.pixels.max() == 1.0


def test_an_interlaced_png_is_read_whole() -> None:
    # Adam7 by hand: seven passes, each with its rows unfiltered.
    import struct
    import zlib

    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4)]
    passes += [(2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    rows = b"".join(b"\0" + row.tobytes() for y, x, dy, dx in passes for row in GREY[y::dy, x::dx])
    height, width = GREY.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 1)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body))
        for tag, body in chunks
    )

    np.testing.assert_allclose(read_radiograph(data, "f").pixels, GREY / 255, atol=1e-7)


def test_one_bit_becomes_black_and_white() -> None:
    read = read_radiograph(encode(GREY > 128, "PNG"), "film.png")

    assert set(np.unique(read.pixels)) == {0.0, 1.0}
    assert read.header.bits == 1


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_transparency_is_laid_on_black(kind: str) -> None:
    alpha = np.full_like(GREY, 255)
    alpha[:40] = 0
    alpha[40:60] = 128
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    read = read_radiograph(encode(np.dstack([RGB, alpha]), kind, **options), "film")

    assert (read.pixels[:40] == 0).all()
    np.testing.assert_allclose(read.pixels[40:60], GREY[40:60] / 255 * 128 / 255, atol=0.003)
    np.testing.assert_allclose(read.pixels[60:], GREY[60:] / 255, atol=1e-7)


def deep_tiff(grey: Film, fourth: Film, meaning: str) -> bytes:
    """Make a 16-bit RGB TIFF with a fourth channel of some meaning (ExtraSamples)."""
    buffer = io.BytesIO()
    values = np.dstack([grey] * 3 + [fourth])
    tifffile.imwrite(buffer, values, photometric="rgb", extrasamples=[meaning])
    return buffer.getvalue()


@pytest.mark.parametrize("fourth", [np.zeros_like(DEEP), np.flipud(DEEP)])
def test_a_fourth_channel_without_meaning_is_no_transparency(fourth: Film) -> None:
    read = read_radiograph(deep_tiff(DEEP, fourth, "unspecified"), "film.tif")

    np.testing.assert_allclose(read.pixels, stretched(DEEP), atol=2e-5)


def test_colours_multiplied_by_their_transparency_are_not_multiplied_again() -> None:
    alpha = np.full_like(DEEP, 65_535)
    alpha[:, 40:] //= 2
    multiplied = np.rint(DEEP * (alpha / 65_535)).astype(np.uint16)
    for grey, meaning in ((DEEP, "unassalpha"), (multiplied, "assocalpha")):
        read = read_radiograph(deep_tiff(grey, alpha, meaning), "film.tif")
        np.testing.assert_allclose(read.pixels, stretched(multiplied), atol=5e-5)


def test_16_bit_colours_in_separate_planes_are_refused() -> None:
    buffer = io.BytesIO()
    planes = np.stack([DEEP] * 3)
    tifffile.imwrite(buffer, planes, photometric="rgb", planarconfig="separate")

    with pytest.raises(UnreadableFilm, match=r"16-bit colours in separate planes .* allowed are"):
        read_radiograph(buffer.getvalue(), "film.tif")


def test_the_clear_value_of_a_deep_grey_png_lies_on_black_and_does_not_count() -> None:
    values = (DEEP // 2 + 9_000).astype(np.uint16)
    values[:40] = 65_535
    read = read_radiograph(encode(values, "PNG", transparency=65_535), "film.png")

    assert (read.pixels[:40] == 0).all()
    np.testing.assert_allclose(read.pixels[40:], stretched(values[40:]), atol=1e-6)


def test_a_deep_grey_png_of_nothing_but_its_clear_value_is_black() -> None:
    clear = encode(np.full_like(DEEP, 65_535), "PNG", transparency=65_535)

    assert not read_radiograph(clear, "film.png").pixels.any()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    read = read_radiograph(encode(GREY, "PNG", exif=exif), "film.png")

    undo = {1: lambda a: a, 2: np.fliplr, 3: lambda a: np.rot90(a, 2), 4: np.flipud}
    undo |= {5: np.transpose, 6: lambda a: np.rot90(a, 1), 8: lambda a: np.rot90(a, -1)}
    undo |= {7: lambda a: np.rot90(a, 2).T}
    np.testing.assert_allclose(undo[orientation](read.pixels), GREY / 255, atol=1e-7)


def test_a_film_that_a_phone_turned_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = np.rot90(GREY, 1)  # the camera was turned to the right
    read = read_radiograph(encode(lying, "JPEG", exif=exif, quality=98), "IMG_1.jpg")

    assert np.abs(read.pixels - GREY / 255).mean() < 0.01


def test_damaged_exif_turns_nothing() -> None:
    read = read_radiograph(encode(GREY, "JPEG", exif=b"Exif\0\0garbage", quality=98), "f.jpg")

    assert read.shape == GREY.shape


def test_a_tinted_film_is_read_with_a_warning() -> None:
    sepia = np.dstack([GREY, GREY * 0.9, GREY * 0.7]).astype(np.uint8)
    read = read_radiograph(encode(sepia, "JPEG"), "film.jpg")

    assert read.warnings == ("The film is tinted; its brightness alone is read.",)


def test_coloured_marks_are_read_with_a_warning() -> None:
    marked = RGB.copy()
    marked[2:8, 2:12] = (255, 0, 0)
    read = read_radiograph(encode(marked, "PNG"), "film.png")

    assert read.warnings == ("The film has coloured marks on it, which are read as grey.",)


def test_chroma_noise_is_no_colour() -> None:
    noise = np.random.default_rng(3).integers(-12, 13, RGB.shape)
    noisy = np.clip(RGB + noise, 0, 255).astype(np.uint8)

    assert read_radiograph(encode(noisy, "JPEG", quality=60), "film.jpg").warnings == ()


PHOTOGRAPHS = ("astronaut", "coffee", "chelsea", "rocket", "retina", "immunohistochemistry")


@pytest.mark.parametrize("name", PHOTOGRAPHS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_colour_photograph_is_refused(name: str, kind: str) -> None:
    import skimage.data

    data = encode(np.ascontiguousarray(getattr(skimage.data, name)()[::2, ::2, :3]), kind)
    with pytest.raises(UnsuitableFilm, match="colour picture; a chest radiograph in shades"):
        read_radiograph(data, f"{name}.jpg")


def test_the_hash_is_that_of_the_file_and_the_name_loses_its_folders() -> None:
    data = EXACT["PNG grey"]
    read = read_radiograph(data, "/home/someone/films/film 1.png")

    assert read.sha256 == hashlib.sha256(data).hexdigest()
    assert read.source == "film 1.png"


def test_pixels_cannot_be_changed() -> None:
    read = read_radiograph(EXACT["PNG grey"], "film.png")

    with pytest.raises(ValueError, match="read-only"):
        read.pixels[0, 0] = 1


def test_a_phantom_is_known_by_its_text() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Synthetic", "lobar, seed 3")

    assert read_radiograph(encode(GREY, "PNG", pnginfo=text), "film.png").synthetic
    assert not read_radiograph(encode(GREY, "PNG"), "film.png").synthetic


@pytest.mark.parametrize("name", [*EXACT, *LOSSY])
def test_sizes_are_known_before_decoding(name: str) -> None:
    data = (EXACT | LOSSY)[name]
    kind = FileType(name.split()[0].upper())

    assert header_size(kind, data) == (None if kind is FileType.TIFF else (80, 96))


@pytest.mark.real
def test_no_real_film_is_refused_or_called_coloured(real_data: Path) -> None:
    folders = {p.parent for p in real_data.glob("**/*.*") if p.suffix in (".jpeg", ".jpg", ".png")}
    films = {f for f in folders if not {"masks", "lung_masks"} & set(f.parts)}
    assert len(films) >= 8
    for folder in sorted(films):
        for path in sorted(p for p in folder.glob("*.*g"))[:25]:
            read = read_radiograph(path.read_bytes(), path.name)
            assert read.warnings == (), path
