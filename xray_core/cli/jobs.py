"""`jobs`: what is in the queue; cancel one, resume one."""

from typing import TYPE_CHECKING, Annotated

import typer

from xray_core.cli.output import Json, print_json, print_text, table
from xray_core.errors import JobError
from xray_core.notice import NOTICE

if TYPE_CHECKING:
    from xray_core.jobs.state import JobState

app = typer.Typer(rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]})

Id = Annotated[
    str, typer.Argument(metavar="ID", help="Id of the job or its beginning, or the job's name.")
]
SHORT = 8
"""Characters of an id that are shown."""


@app.callback(invoke_without_command=True)
def jobs(context: typer.Context, as_json: Json = False) -> None:
    """List the jobs: trainings, searches, cross-validations and fits of classical models.

    They wait, run or have ended; the newest stands first.

    Jobs run in processes of their own: they go on when the page that started them is closed, and
    when the app ends. A job that nobody works on any more is marked failed here, and one that waits
    is handed over again. Of a search the epochs are trials, of a cross-validation those of all
    folds together; a classical model counts as one.

    \b
    Examples:
      python -m xray_core jobs
      python -m xray_core jobs --json
      python -m xray_core jobs cancel 3f2a91c0
      python -m xray_core jobs resume 3f2a91c0

    \b
    With --json, one array of objects on one line:
      id, name, kind (train, search, folds or classical), network, folds, state (queued, running,
      done, failed or cancelled), reason, stage, epoch, epochs, seconds_left, submitted, started,
      ended, worker, attempt, bundle (its folder, or null)
    """
    if context.invoked_subcommand is not None:
        return
    from xray_core.jobs import queue

    found = queue.jobs()
    if as_json:
        print_json([job.to_json() for job in found])
    elif not found:
        print_text(["No job yet; the page Train puts one into the queue."])
    else:
        print_text(table([("id", "name", "state", "epochs", "what"), *map(_row, found)]))


def _row(job: "JobState") -> tuple[str, ...]:
    what = job.reason or ("cancelling" if job.cancelling else job.stage)
    return job.id[:SHORT], job.name, job.state.value, f"{job.epoch}/{job.epochs}", what


@app.command("cancel", epilog=NOTICE)
def cancel(identity: Id) -> None:
    """Stop a job, whether it waits or runs; what it has learnt is kept, so that it can be resumed.

    \b
    Example:
      python -m xray_core jobs cancel 3f2a91c0
    """
    from xray_core.jobs import queue

    job = _find(identity)
    queue.cancel(job.id)
    print_text([f"{job.name} is asked to stop."])


@app.command("resume", epilog=NOTICE)
def resume(identity: Id) -> None:
    """Put a job that failed or was cancelled into the queue again, to go on where it was.

    \b
    Example:
      python -m xray_core jobs resume 3f2a91c0
    """
    from xray_core.jobs import queue

    job = _find(identity)
    queue.resume(job.id)
    print_text([f"{job.name} is in the queue again."])


def _find(identity: str) -> "JobState":
    """Return the one job that is meant.

    Raises:
        JobError: there is none, or there are several.
    """
    from xray_core.jobs import queue

    found = queue.jobs()
    exact = [job for job in found if identity in (job.id, job.name)]
    meant = exact or [job for job in found if identity and job.id.startswith(identity)]
    if len(meant) != 1:
        many = "several jobs" if meant else "no job"
        raise JobError(f"{identity!r} is {many}; allowed is an id or a name that `jobs` lists.")
    return meant[0]
