"""From stored DICOM values to brightness: modality, then value of interest, then polarity.

Written out rather than taken from pydicom, because the range of the result must be known: it is
what becomes [0, 1].
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from xray_core.imaging.tone import stretch

VOI_TAGS = (
    "ModalityLUTSequence",
    "RescaleSlope",
    "RescaleIntercept",
    "VOILUTSequence",
    "WindowCenter",
    "WindowWidth",
    "VOILUTFunction",
    "PixelPaddingValue",
    "PixelPaddingRangeLimit",
)
_FLAT = 0.01
WINDOW_IGNORED = "The window stored in the file shows nothing, so the whole range is shown."

Values = NDArray[Any]
Film = NDArray[np.float32]


def to_brightness(dataset: Dataset, stored: Values) -> tuple[Film, tuple[str, ...]]:
    """Return the film as it is meant to be seen, bright = dense, and warnings.

    The output range of the VOI LUT or window becomes [0, 1]; with neither of them, the film's
    minimum and maximum do. Padding outside the film is black.

    Args:
        dataset: the header.
        stored: stored values (H, W), any integer type.
    """
    padding = _padding(dataset, stored)
    values = _modality(dataset, stored)
    film = _value_of_interest(dataset, values)
    warnings: tuple[str, ...] = ()
    flat = film is not None and not _range(film, padding) >= _FLAT  # so are films of no numbers
    if flat and _range(values, padding) > 0:
        film, warnings = None, (WINDOW_IGNORED,)
    if film is None:
        film = _stretch_inside(values, padding)
    if dataset.get("PhotometricInterpretation") == "MONOCHROME1":
        film = np.float32(1) - film
    if padding is not None:
        film[padding] = 0
    return film, warnings


def _padding(dataset: Dataset, stored: Values) -> NDArray[np.bool_] | None:
    """Return where padding is (PS3.3, C.7.5.1.1.2), or None where there is none."""
    first = dataset.get("PixelPaddingValue")
    if first is None:
        return None
    limit = dataset.get("PixelPaddingRangeLimit")
    # Words of 16 bits, which files state as unsigned (US) of signed films too, and the other way.
    words = np.array([int(first), int(first if limit is None else limit)])
    low, high = sorted(words.astype(np.int16 if stored.dtype.kind == "i" else np.uint16))
    outside = (stored >= low) & (stored <= high)
    return outside if outside.any() and not outside.all() else None


def _range(values: Values, padding: NDArray[np.bool_] | None) -> float:
    """Return how far the values (H, W) reach where there is no padding."""
    return float(np.ptp(values if padding is None else values[~padding]))


def _stretch_inside(values: Values, padding: NDArray[np.bool_] | None) -> Film:
    """Stretch by the minimum and maximum of what is not padding."""
    if padding is None:
        return stretch(values)
    inside = values[~padding]
    return stretch(np.clip(values, inside.min(), inside.max()))


def _modality(dataset: Dataset, stored: Values) -> Values:
    """Apply the modality LUT or rescaling (PS3.3, C.11.1)."""
    if dataset.get("ModalityLUTSequence"):
        return _look_up(dataset.ModalityLUTSequence[0], stored)[0]
    slope, intercept = dataset.get("RescaleSlope"), dataset.get("RescaleIntercept")
    if slope is None or intercept is None or (slope, intercept) == (1, 0) or slope == 0:
        return stored
    values = stored.astype(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        values *= float(slope)
        values += float(intercept)
    return values if np.isfinite(values).all() else stored  # a header beyond all numbers


def _value_of_interest(dataset: Dataset, values: Values) -> Film | None:
    """Apply the first VOI LUT, or else the first window; None where there is neither."""
    if dataset.get("VOILUTSequence"):
        found, top = _look_up(dataset.VOILUTSequence[0], values)
        return np.asarray(found / top, np.float32)
    centre, width = _first(dataset, "WindowCenter"), _first(dataset, "WindowWidth")
    if centre is None or width is None:
        return None
    function = str(dataset.get("VOILUTFunction") or "LINEAR").upper()
    return window(values, centre, width, function)


def window(values: Values, centre: float, width: float, function: str = "LINEAR") -> Film | None:
    """Apply a window (PS3.3, C.11.2.1.2 and C.11.2.1.3), its output range being [0, 1].

    Args:
        values: modality values (H, W).
        centre: window centre.
        width: window width.
        function: `LINEAR`, `LINEAR_EXACT` or `SIGMOID`.

    Returns:
        The film, or None where the width is not valid.
    """
    if not (np.isfinite(centre) and np.isfinite(width)) or width <= 0:
        return None
    work = values.astype(np.float32)
    if function == "SIGMOID":
        with np.errstate(over="ignore"):
            return np.asarray(1 / (1 + np.exp(-4 * (work - centre) / width)), np.float32)
    if function != "LINEAR_EXACT":  # LINEAR: the window reaches from pixel centre to pixel centre
        if width == 1:
            return np.asarray(work > centre - 0.5, np.float32)
        if width < 1:
            return None
        centre, width = centre - 0.5, width - 1
    work -= centre
    work /= width
    work += 0.5
    return np.clip(work, 0, 1, out=work)


def _look_up(item: Dataset, values: Values) -> tuple[Values, int]:
    """Map values by a lookup table (PS3.3, C.11.1.1); also return the top of its output range.

    Tables that declare more bits than they use exist, and fewer: the range is that of those used.
    """
    entries, first, _ = (int(v) for v in item.LUTDescriptor)
    # Where the header does not say US or SS, a signed film makes all three signed (PS3.5, A.1);
    # the number of entries never is.
    entries = entries & 0xFFFF or 2**16
    data = item.LUTData
    if isinstance(data, bytes):  # OW, or UN from an implicit file: words, or bytes one an entry
        _, little = item.original_encoding
        # The order is that of the file (PS3.5, 7.3); the first of two bytes is the word's lower.
        even = data + b"\0" * (len(data) % 2)
        words = np.frombuffer(even, "<u2" if little else ">u2").astype("<u2")
        table = words if len(words) >= entries else words.view(np.uint8)
        table = table[:entries].astype(np.int64)
    else:
        table = np.asarray(data, np.int64)[:entries] & 0xFFFF
    if first >= 2**15 and values.min() < 0:  # signed, read as unsigned
        first -= 2**16
    whole = np.rint(values) if values.dtype.kind == "f" else values
    index = whole.astype(np.int32)
    index -= first
    np.clip(index, 0, len(table) - 1, out=index)
    used = int(table.max()).bit_length()
    return table.astype(np.float32)[index], max(1, 2**used - 1)


def _first(dataset: Dataset, keyword: str) -> float | None:
    """Return the first of one or several numbers, or None."""
    value = dataset.get(keyword)
    if value is None or value == "":
        return None
    return float(value if isinstance(value, (int, float)) else value[0])
