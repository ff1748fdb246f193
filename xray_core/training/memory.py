"""Keep freed memory within the process while a network trains."""

import ctypes
import sys

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX, M_ARENA_MAX = -1, -2, -4, -8
"""Parameters of glibc's `mallopt`, from `malloc.h`."""


def keep_freed_memory() -> None:
    """Ask the C library not to give memory back to the system, where that library is glibc.

    Every training step allocates the same large arrays anew. glibc maps each of them from the
    system and unmaps it again, and the pages are cleared each time: up to half of a step's time.
    One arena, because those of other threads are too small to keep such arrays.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_MAX, 0)
        mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
        mallopt(M_TOP_PAD, 2**28)
