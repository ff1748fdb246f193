"""Keeping loaded networks undisturbed in a process that runs many short scripts."""

import gc
import sys


def settle_in() -> None:
    """Leave what is loaded now out of garbage collection, and Keras' session alone.

    Call it once a network is loaded; for processes that only use networks, never for one that
    builds many.
    """
    leave_session_alone()
    gc.collect()
    gc.freeze()


def leave_session_alone() -> None:
    """Let nothing clear Keras' session any more, where Keras is there; else do nothing.

    A host such as Streamlit calls `keras.backend.clear_session` after every script run. That walks
    the whole heap, while no other thread may run, and throws away the compiled kernels which other
    threads are scoring with: with a page that polls, an explanation took six times as long. It
    slows threads that need no network, too, such as an audit.
    """
    # Another thread may just be bringing it, and have got half-way.
    if backend := getattr(sys.modules.get("keras"), "backend", None):
        backend.clear_session = _nothing


def _nothing(free_memory: bool = True) -> None:
    """Stand in for `keras.backend.clear_session`."""
