"""A search in its run: the loss of each trial as a metric, and all of it as JSON."""

import json
from typing import TYPE_CHECKING

from xray_core.tracking.store import open_runs

if TYPE_CHECKING:  # it brings TensorFlow
    from xray_core.training.search_result import SearchResult, TrialResult

LOSS, SEARCH_FILE = "trial/loss", "search.json"


def log_trial(run: str, trial: "TrialResult") -> None:
    """Log the loss of a trial, if it has one, with its number from 1 as the step.

    Raises:
        TrackingError: the store cannot be written.
    """
    if trial.loss is not None:
        with open_runs() as store:
            store.client.log_metric(run, LOSS, trial.loss, step=trial.number + 1)


def log_search(run: str, found: "SearchResult") -> None:
    """Put all trials, the importances and the best settings into the run.

    Raises:
        TrackingError: the store cannot be written.
    """
    content = json.dumps(found.to_json(), indent=1, allow_nan=False)
    with open_runs() as store:
        store.client.log_text(run, content + "\n", SEARCH_FILE)
