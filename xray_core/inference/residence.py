"""Keeping a loaded network undisturbed in a process that runs many short scripts."""

import gc


def settle_in() -> None:
    """Leave what is loaded now out of garbage collection, and Keras' session alone.

    A host such as Streamlit calls `keras.backend.clear_session` after every script run. That walks
    the whole heap and throws away the compiled kernels which other threads are scoring with: with
    a page that polls, an explanation took six times as long. Call it once a network is loaded; for
    processes that only use networks, never for one that builds many.
    """
    import keras

    keras.backend.clear_session = _nothing
    gc.collect()
    gc.freeze()


def _nothing(free_memory: bool = True) -> None:
    """Stand in for `keras.backend.clear_session`."""
