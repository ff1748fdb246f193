"""How jobs are spoken of."""

from datetime import UTC, datetime

from xray_core.jobs.state import JobState, State

ICONS = {
    State.QUEUED: ":material/schedule:",
    State.RUNNING: ":material/model_training:",
    State.DONE: ":material/check_circle:",
    State.FAILED: ":material/error:",
    State.CANCELLED: ":material/cancel:",
}
COLOURS = {
    State.QUEUED: "gray",
    State.RUNNING: "blue",
    State.DONE: "green",
    State.FAILED: "red",
    State.CANCELLED: "orange",
}


def state_words(job: JobState) -> str:
    """Return the state as an icon and a word, in Markdown."""
    word = "Cancelling" if job.cancelling else job.state.value.capitalize()
    return f":{COLOURS[job.state]}[{ICONS[job.state]} {word}]"


def progress_words(job: JobState) -> str:
    """Return how far a job is, and how long it will take yet."""
    if job.state is State.QUEUED:
        return "Waits for the worker"
    words = _place(job)
    if job.state is not State.RUNNING:
        parts = [words, ended_words(job)]
        said = ", ".join(part for part in parts if part)
        return said[:1].upper() + said[1:]
    if job.epoch >= job.epochs or job.seconds_left is None:
        return f"{words}. {job.stage}" if words else job.stage
    return f"{words}, about {duration(job.seconds_left)} left"


def _place(job: JobState) -> str:
    """Return which trial, fold or epoch of how many is complete; nothing where there are none."""
    if job.is_classical:
        return ""
    if not job.folds:
        return f"{'Trial' if job.is_search else 'Epoch'} {job.epoch} of {job.epochs}"
    each = max(1, job.epochs // job.folds)
    if job.epoch >= job.epochs:
        return f"{job.folds} of {job.folds} folds"
    return f"Fold {job.epoch // each + 1} of {job.folds}, epoch {job.epoch % each} of {each}"


def ended_words(job: JobState) -> str:
    """Return when a job ended, in words."""
    if job.ended is None:
        return ""
    return f"ended {duration((datetime.now(UTC) - job.ended).total_seconds())} ago"


def duration(seconds: float) -> str:
    """Return a duration to the precision that a person wants."""
    for size, word in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {word}"
    return f"{max(0.0, seconds):.0f} s"
