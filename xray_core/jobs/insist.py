"""Patience with a store of runs that is away for a moment."""

import time
from collections.abc import Callable
from typing import TypeVar

from xray_core.errors import TrackingError

SECONDS = 60.0
"""How long a store that refused is tried again."""
EVERY_SECONDS = 1.0

Answer = TypeVar("Answer")


def insist(ask: Callable[[], Answer]) -> Answer:
    """Read from the store or write to it, also where it answers only after a while.

    Args:
        ask: what is wanted; it is called again where it fails, so it has to bear that.

    Raises:
        TrackingError: it still failed after a minute.
    """
    end = None
    while True:
        try:
            return ask()
        except TrackingError:
            end = end or time.monotonic() + SECONDS
            if time.monotonic() > end:
                raise
        time.sleep(EVERY_SECONDS)
