"""A classical model on a network's features as a job."""

from functools import partial

from xray_core.jobs import tags
from xray_core.jobs.insist import insist
from xray_core.jobs.names import own_bundle
from xray_core.jobs.outcome import note_outcome
from xray_core.jobs.report import Report
from xray_core.tracking.runs import read_config
from xray_core.training.free_name import written_by


def carry_out_classical(run: str) -> str:
    """Fit a model as the configuration of a run says, and return the folder of the bundle.

    A run that was ended when its bundle was in place already is only recorded.

    Raises:
        XrayError: as `training.classical.run.train_classical`.
    """
    report = Report(run)
    report.stage("Starting.")
    from xray_core.training.classical.config import ClassicalConfig
    from xray_core.training.classical.run import train_classical

    config = insist(partial(read_config, run, ClassicalConfig))
    folder = own_bundle(run, config.name)
    if folder is None:
        with written_by(run):
            folder = train_classical(
                config, on_load=report.on_load, on_films=report.on_films, log=report.stage
            )
    report.note({tags.EPOCH: "1"})
    note_outcome(report, config, folder)
    return str(folder)
