"""A training as a job: its stages, epochs and bundle go to its run as they come."""

from functools import partial

from xray_core.jobs.epoch_report import EpochReport
from xray_core.jobs.insist import insist
from xray_core.jobs.names import own_bundle
from xray_core.jobs.outcome import note_outcome
from xray_core.jobs.report import Report
from xray_core.settings import settings
from xray_core.tracking.epoch_log import EpochLog
from xray_core.tracking.runs import config_of
from xray_core.training.free_name import written_by


def carry_out_training(run: str) -> str:
    """Train as the configuration of a run says, and return the folder of the bundle.

    A run that was interrupted goes on from its last epoch; one that was ended when its bundle was
    in place already is only recorded.

    Raises:
        XrayError: as `training.run.train`.
    """
    Report(run).stage("Starting.")
    config = insist(partial(config_of, run))
    report = EpochReport(run, EpochLog(run, settings().home / "runs" / config.name))
    from xray_core.training.run import train

    folder = own_bundle(run, config.name)
    if folder is None:
        with written_by(run):
            folder = train(
                config,
                on_load=report.on_load,
                on_films=report.on_films,
                on_epoch=report.on_epoch,
                on_step=report.on_step,
                log=report.stage,
            )
    note_outcome(report, config, folder)
    return str(folder)
