"""The bundle that a job has made, noted in its run."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from xray_core.errors import XrayError
from xray_core.jobs.insist import insist
from xray_core.jobs.report import Report

if TYPE_CHECKING:
    from xray_core.training.config import TrainingConfig
    from xray_core.training.on_bundles import OnBundles


def note_outcome(report: Report, config: "TrainingConfig | OnBundles", folder: Path) -> None:
    """Note a bundle, and what it says of every validation film.

    What cannot be noted is told, and fails no job: the model is in its store, whatever the run says
    of it.
    """
    from xray_core.tracking.outcome import log_bundle, log_predictions

    try:
        insist(report.catch_up)
        insist(partial(log_bundle, report.run, folder))
        report.stage("Noting what the model says of every validation film.")
        insist(partial(log_predictions, report.run, config, folder))
    except XrayError as error:
        report.stage(f"The bundle is complete; its run lacks part of the record: {error}")
    else:
        report.stage("Done.")
