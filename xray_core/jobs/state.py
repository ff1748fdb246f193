"""What is known of a job, read from the tags of its run."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from xray_core.jobs import tags
from xray_core.tracking.runs import TrackedRun


class State(StrEnum):
    """How far a job is; `done`, `failed` and `cancelled` are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class JobState:
    """A job as it is now.

    Attributes:
        id: of its run.
        name: of the bundle that it makes, of the search or of the cross-validation.
        kind: what it does: `train`, `search`, `folds` or `classical`.
        network: which network, or which classical model.
        folds: of a cross-validation, how many; else 0.
        state: how far it is.
        reason: why it failed, one sentence; else empty.
        stage: what it is doing, one sentence, or empty.
        epoch: epochs that are complete; of a search, trials; of a cross-validation, epochs of all
            folds together; a classical model counts as one.
        epochs: of the whole run, or trials; 0 while that is not known.
        seconds_left: estimate for the epochs or trials that are left, or None.
        submitted: when it was first put in the queue.
        started: when its present attempt began, or None.
        ended: when it ended, or None.
        worker: where it runs or ran: host and process, or empty.
        heartbeat: when its worker was last heard of, or None.
        attempt: how often it was put in the queue, from 1.
        cancelling: whether it was asked to stop and has not yet.
        bundle: folder of what it made, or None.
    """

    id: str
    name: str
    kind: str
    network: str
    folds: int
    state: State
    reason: str
    stage: str
    epoch: int
    epochs: int
    seconds_left: float | None
    submitted: datetime
    started: datetime | None
    ended: datetime | None
    worker: str
    heartbeat: datetime | None
    attempt: int
    cancelling: bool
    bundle: Path | None

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (State.QUEUED, State.RUNNING)

    @property
    def resumable(self) -> bool:
        """Whether `resume` may be asked for."""
        return self.state in (State.FAILED, State.CANCELLED)

    @property
    def is_search(self) -> bool:
        """Whether it tries settings, rather than train a model."""
        return self.kind == tags.SEARCH

    @property
    def is_folds(self) -> bool:
        """Whether it is a cross-validation, which makes no model."""
        return self.kind == tags.FOLDS

    @property
    def is_classical(self) -> bool:
        """Whether it fits a classical model, which has no epochs."""
        return self.kind == tags.CLASSICAL

    @property
    def share(self) -> float:
        """Share of the epochs that are complete, 0 to 1."""
        return min(1.0, self.epoch / self.epochs) if self.epochs else 0.0

    @property
    def key(self) -> str:
        """Name of this attempt among the scheduler's tasks."""
        return task_key(self.id, self.attempt)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON types; times are ISO 8601 in UTC."""
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "network": self.network,
            "folds": self.folds,
            "state": self.state.value,
            "reason": self.reason,
            "stage": self.stage,
            "epoch": self.epoch,
            "epochs": self.epochs,
            "seconds_left": None if self.seconds_left is None else round(self.seconds_left),
            "submitted": self.submitted.isoformat(),
            "started": self.started.isoformat() if self.started else None,
            "ended": self.ended.isoformat() if self.ended else None,
            "worker": self.worker,
            "attempt": self.attempt,
            "bundle": str(self.bundle) if self.bundle else None,
        }


def task_key(run: str, attempt: int) -> str:
    """Return the name of an attempt among the scheduler's tasks."""
    return f"kerley-{run}-{attempt}"


def job_of(run: TrackedRun) -> JobState | None:
    """Return the job that a run is, or None: not every run in the store has to be one."""
    noted = run.tags
    if noted.get(tags.STATE) not in set(State):
        return None
    state = State(noted[tags.STATE])
    kind, bundle = noted.get(tags.KIND, tags.TRAINING), noted.get(tags.BUNDLE)
    return JobState(
        id=run.id,
        name=run.name,
        kind=kind,
        network=run.params.get("network") or run.params.get("model", ""),
        folds=int(run.params.get("division.folds") or 0) if kind == tags.FOLDS else 0,
        state=state,
        reason=noted.get(tags.REASON, ""),
        stage=noted.get(tags.STAGE, "") if state is State.RUNNING else "",
        epoch=int(noted.get(tags.EPOCH) or 0),
        epochs=int(noted.get(tags.EPOCHS) or run.params.get("epochs") or 0),
        seconds_left=_seconds_left(noted) if state is State.RUNNING else None,
        submitted=_moment(noted.get(tags.SUBMITTED)) or datetime.fromtimestamp(run.created, UTC),
        started=_moment(noted.get(tags.STARTED)),
        ended=None if state in (State.QUEUED, State.RUNNING) else _moment(noted.get(tags.ENDED)),
        worker=noted.get(tags.WORKER, ""),
        heartbeat=_moment(noted.get(tags.HEARTBEAT)),
        attempt=int(noted.get(tags.ATTEMPT) or 1),
        cancelling=state is State.RUNNING and bool(noted.get(tags.CANCEL)),
        bundle=Path(bundle) if bundle else None,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromtimestamp(float(text), UTC) if text else None


def _seconds_left(noted: Mapping[str, str]) -> float | None:
    """Return the time that the epochs left would take at the pace of those of this attempt."""
    pace, at = noted.get(tags.EPOCH_SECONDS), noted.get(tags.EPOCH_AT)
    if not pace or not at:
        return None
    left = int(noted.get(tags.EPOCHS) or 0) - int(noted.get(tags.EPOCH) or 0)
    return max(0.0, float(at) + left * float(pace) - time.time())
