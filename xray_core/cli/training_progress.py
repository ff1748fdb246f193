"""What commands that train show on standard error."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xray_core.training.epochs import EpochRecord
    from xray_core.training.segmenter.fit import SegmenterEpoch

WIDTH = 30
"""Characters of a bar."""


def log(sentence: str) -> None:
    """Print a sentence."""
    print(sentence, file=sys.stderr, flush=True)


def together(*callbacks: Callable[..., object]) -> Callable[..., None]:
    """Return one callback that calls several."""

    def call(*said: Any) -> None:
        for callback in callbacks:
            callback(*said)

    return call


def show_epoch(record: "EpochRecord", epochs: int) -> None:
    """Print a line for an epoch."""
    log(
        f"epoch {record.epoch:>3} of {epochs}  loss {record.loss:.4f}  "
        f"validation loss {record.validation_loss:.4f}  AUC {record.validation_auc:.4f}  "
        f"stressed loss {record.stressed_loss:.4f}  AUC {record.stressed_auc:.4f}"
    )


def show_segmenter_epoch(record: "SegmenterEpoch", epochs: int) -> None:
    """Print a line for an epoch of a segmenter."""
    log(
        f"epoch {record.epoch:>3} of {epochs}  loss {record.loss:.4f}  "
        f"validation Dice {record.validation_dice:.4f}"
    )


def step_bar() -> Callable[[int, int, int, float], None] | None:
    """Return a callback that draws the bar of an epoch on a terminal; None where none is."""
    if not sys.stderr.isatty():
        return None

    def show(epoch: int, done: int, steps: int, loss: float) -> None:
        full = WIDTH * done // steps
        bar = "#" * full + "." * (WIDTH - full)
        # The line of the epoch is written over it.
        end = "\r" + " " * (WIDTH + 50) + "\r" if done >= steps else ""
        line = f"\repoch {epoch:>3} [{bar}] {done:,} of {steps:,}  loss {loss:.4f}{end}"
        print(line, end="", file=sys.stderr, flush=True)

    return show
