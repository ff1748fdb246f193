"""The tags of a run that are the durable state of its job; times are seconds since 1970."""

from xray_core.tracking.tags import BUNDLE

__all__ = ["BUNDLE"]

STATE = "kerley.state"
"""A word of `State`."""
KIND = "kerley.job"
"""`TRAINING`, `SEARCH`, `FOLDS` or `CLASSICAL`."""
TRAINING, SEARCH, FOLDS, CLASSICAL = "train", "search", "folds", "classical"
PLAN = "kerley.search"
"""Of a search: its `SearchPlan` as JSON."""
REASON = "kerley.reason"
"""Why it failed, one sentence."""
STAGE = "kerley.stage"
"""What it is doing, one sentence."""
ATTEMPT = "kerley.attempt"
"""From 1; whoever holds an older number has no say any more."""
CANCEL = "kerley.cancel"
"""When it was asked to stop; empty if it was not."""

SUBMITTED = "kerley.submitted"
STARTED = "kerley.started"
ENDED = "kerley.ended"
WORKER = "kerley.worker"
HEARTBEAT = "kerley.heartbeat"

EPOCH = "kerley.epoch"
"""Epochs that are complete; of a search, trials; of a cross-validation, epochs of all folds. What
has no epochs, a classical model, counts as one. Likewise the other three."""
EPOCHS = "kerley.epochs"
EPOCH_AT = "kerley.epoch_at"
"""When the latest epoch was complete."""
EPOCH_SECONDS = "kerley.epoch_seconds"
"""What an epoch takes."""
