"""Figures of the gate as a reader reads them."""

from xray_core.bundle import Interval


def per_cent(share: float) -> str:
    """Return a share in per cent."""
    return f"{100 * share:.1f} %"


def points(share: float, *, signed: bool = False) -> str:
    """Return a difference of shares in percentage points."""
    # Two places: a bound that fails must not read as the limit that it misses.
    number = f"{100 * share:+.2f}" if signed else f"{100 * share:g}"
    return f"{number.replace('-', '−')} percentage points"


def decimals(figure: Interval, places: int = 3) -> str:
    """Return a figure with its interval."""
    if figure.value is None:
        return "undefined"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.{places}f}"
    return f"{figure.value:.{places}f} ({figure.low:.{places}f} to {figure.high:.{places}f})"
