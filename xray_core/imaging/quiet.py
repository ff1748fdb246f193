"""Decoders talk on standard error about files that the user is told about anyway."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_depth = 0
_state: "warnings.catch_warnings[None] | None" = None


@contextmanager
def quiet() -> Iterator[None]:
    """Leave out Python warnings while a file is decoded; may be entered by several threads.

    `warnings.catch_warnings` alone is not safe there: threads that leave in another order than
    they came would leave warnings off for good. The first in turns them off, the last out on.
    """
    global _depth, _state
    with _lock:
        if _depth == 0:
            _state = warnings.catch_warnings()
            _state.__enter__()
            warnings.simplefilter("ignore")
        _depth += 1
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if _depth == 0 and _state is not None:
                _state.__exit__(None, None, None)
                _state = None
