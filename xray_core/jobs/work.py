"""What a job does, by its kind."""

from functools import partial

from xray_core.jobs.insist import insist
from xray_core.jobs.ledger import read_job


def carry_out(run: str) -> str:
    """Do the work of a job and return what came of it: the bundle's folder, or the search's name.

    Raises:
        JobError: there is no such job.
        XrayError: as `training.run.train` and `training.search.search`.
    """
    if insist(partial(read_job, run)).is_search:
        from xray_core.jobs.search import carry_out_search

        return carry_out_search(run)
    from xray_core.jobs.training import carry_out_training

    return carry_out_training(run)
