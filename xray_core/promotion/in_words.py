"""Figures of the gate as a reader reads them."""

from xray_core.bundle import Interval


def per_cent(share: float) -> str:
    """Return a share in per cent."""
    return f"{100 * share:.1f} %"


def points(share: float, *, signed: bool = False) -> str:
    """Return a difference of shares in percentage points."""
    number = f"{100 * share:+.1f}" if signed else f"{100 * share:g}"
    return f"{number.replace('-', '−')} percentage points"


def decimals(figure: Interval) -> str:
    """Return a figure to three places with its interval."""
    if figure.value is None:
        return "undefined"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"
