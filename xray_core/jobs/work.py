"""What a job does, by its kind."""

from functools import partial

from xray_core.jobs import tags
from xray_core.jobs.insist import insist
from xray_core.jobs.ledger import read_job


def carry_out(run: str) -> str:
    """Do the work of a job and return what came of it: the bundle's folder, or the job's name.

    Raises:
        JobError: there is no such job.
        XrayError: as what it does: `training.run.train`, `training.search.search`,
            `training.folds.cross_validate` or `training.classical.run.train_classical`.
    """
    kind = insist(partial(read_job, run)).kind
    if kind == tags.SEARCH:
        from xray_core.jobs.search import carry_out_search as work
    elif kind == tags.FOLDS:
        from xray_core.jobs.folds import carry_out_folds as work
    elif kind == tags.CLASSICAL:
        from xray_core.jobs.classical import carry_out_classical as work
    else:
        from xray_core.jobs.training import carry_out_training as work
    return work(run)
