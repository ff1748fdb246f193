"""Makes real files of every kind that the reader takes, from arrays."""

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    RLELossless,
    generate_uid,
)

from xray_core.imaging.reader import read_radiograph

Film = NDArray[np.generic]

# `film(12)`, unsigned and minus 2,048, as GDCM 3.2.6 compresses it: nothing here can write them.
FILES = Path(__file__).parent / "files"

LOSSLESS = {
    "explicit": ExplicitVRLittleEndian,
    "implicit": ImplicitVRLittleEndian,
    "RLE": RLELossless,
    "JPEG 2000": JPEG2000Lossless,
}


def film(bits: int = 8, height: int = 96, width: int = 80, seed: int = 7) -> Film:
    """Draw something grey with structure and noise that uses most of its range."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    smooth = 0.45 + 0.4 * np.cos(3 * x) * np.exp(-(y**2)) + 0.02 * rng.standard_normal(x.shape)
    dtype = np.uint8 if bits <= 8 else np.uint16
    return np.rint(np.clip(smooth, 0, 1) * (2**bits - 1)).astype(dtype)


def encode(values: Film, kind: str, **options: Any) -> bytes:
    """Encode with Pillow; the mode follows from the array."""
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, kind, **options)
    return buffer.getvalue()


def dicom(
    values: Film,
    *,
    bits: int = 16,
    photometric: str = "MONOCHROME2",
    syntax: str = ExplicitVRLittleEndian,
    **attributes: Any,
) -> bytes:
    """Write a DICOM file; `attributes` are set as they are, and None takes one out."""
    dataset = _header(values, bits, photometric)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # values that the standard forbids are the point of some
        for keyword, value in attributes.items():
            if value is None:
                delattr(dataset, keyword)
            else:
                setattr(dataset, keyword, value)
    if syntax == JPEGBaseline8Bit:
        dataset.PixelData = encapsulate([encode(values, "JPEG", quality=95)])
        dataset["PixelData"].is_undefined_length = True
        dataset.file_meta.TransferSyntaxUID = syntax
    elif syntax in (JPEG2000Lossless, RLELossless):
        dataset.compress(syntax, encoding_plugin="pydicom" if syntax == RLELossless else "")
    elif syntax in (ImplicitVRLittleEndian, ExplicitVRBigEndian):
        dataset.file_meta.TransferSyntaxUID = syntax
    if syntax == ExplicitVRBigEndian:
        dataset.PixelData = values.astype(values.dtype.newbyteorder(">")).tobytes()
    return _write(dataset)


def stretched(values: Film) -> Film:
    """Stretch values from their own minimum and maximum to [0, 1]."""
    low, high = float(values.min()), float(values.max())
    return (values.astype(np.float64) - low) / (high - low)


def pixels(data: bytes) -> Film:
    """Read a film and return its pixels."""
    return read_radiograph(data, "film").pixels


def without_preamble(data: bytes) -> bytes:
    """Take the preamble and the DICM mark off."""
    return data[132:]


def _header(values: Film, bits: int, photometric: str) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = ComputedRadiographyImageStorage
    dataset.SOPInstanceUID = generate_uid()
    dataset.Modality = "CR"
    dataset.PatientName = "Family^Given"
    dataset.PatientID = "4711"
    dataset.PatientBirthDate = "19700101"
    dataset.StudyDate = "20200101"
    dataset.Rows, dataset.Columns = values.shape[:2]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = photometric
    dataset.BitsAllocated = values.dtype.itemsize * 8
    dataset.BitsStored = min(bits, dataset.BitsAllocated)
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(values.dtype.kind == "i")
    dataset.PixelData = values.tobytes()
    dataset["PixelData"].VR = "OW"
    return dataset


def _write(dataset: Dataset) -> bytes:
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()
