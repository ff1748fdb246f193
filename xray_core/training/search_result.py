"""What a search found, as plain values: its trials, which settings mattered, and the best run."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from xray_core.errors import ConfigError
from xray_core.spreadsheet import written
from xray_core.training.config import TrainingConfig
from xray_core.training.search_space import Value, with_settings
from xray_core.training.search_store import (
    CONFIG,
    REASON,
    SAMPLER,
    in_one_sentence,
    load_study,
    study_names,
)

STATES = {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed", "RUNNING": "running"}
ENDS = ("complete", "pruned", "failed")
"""States of a trial that gave an answer, if only that it cannot be trained."""
COLUMNS = ("number", "state", "loss", "epochs", "seconds")


@dataclass(frozen=True)
class TrialResult:
    """One trial.

    Attributes:
        number: from 0.
        state: `complete`, `pruned`, `failed`, `interrupted` (its process ended), `running` or
            `waiting`.
        loss: of the epoch whose weights it would release; of one that was not completed the least
            so far, None where it has none.
        epochs: trained.
        settings: what was tried.
        seconds: that it took; None while it runs.
        reason: why it failed, one sentence; else empty.
    """

    number: int
    state: str
    loss: float | None
    epochs: int
    settings: dict[str, Value]
    seconds: float | None
    reason: str = ""


@dataclass(frozen=True)
class SearchResult:
    """A search.

    Attributes:
        name: of the run.
        sampler: `tpe`, `random` or `grid`.
        trials: all, in their order.
        importances: of each setting, which sum to 1, the largest first; empty for too few trials.
        best_trial: number of the one with the least loss; None where none was completed.
        best: the run with its settings, to be trained in full; None where none was completed.
    """

    name: str
    sampler: str
    trials: tuple[TrialResult, ...]
    importances: dict[str, float]
    best_trial: int | None
    best: TrainingConfig | None

    @property
    def done(self) -> int:
        """Trials that gave an answer."""
        return sum(trial.state in ENDS for trial in self.trials)

    def to_csv(self) -> str:
        """Return the trials as CSV, one row each, with a column for each setting."""
        settings = list(dict.fromkeys(name for trial in self.trials for name in trial.settings))
        rows: list[list[Any]] = [[*COLUMNS, *settings, "reason"]]
        for trial in self.trials:
            said = [getattr(trial, name) for name in COLUMNS]
            rows.append([*said, *(trial.settings.get(name) for name in settings), trial.reason])
        return written(rows)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON types."""
        return {
            "name": self.name,
            "sampler": self.sampler,
            "trials": [asdict(trial) for trial in self.trials],
            "importances": self.importances,
            "best_trial": self.best_trial,
            "best": self.best.model_dump(mode="json") if self.best else None,
        }


def read_search(name: str) -> SearchResult:
    """Return a search as it stands, also while it is under way.

    Raises:
        ConfigError: there is none of that name, or none that was begun.
        TrainingError: the database cannot be used.
    """
    with in_one_sentence():
        return _read_search(name)


def _read_search(name: str) -> SearchResult:
    try:
        study = load_study(name)
    except KeyError as error:
        known = ", ".join(study_names()) or "none was made"
        raise ConfigError(f"search {name!r} is not known; known are: {known}.") from error
    trials = tuple(trial_result(trial) for trial in study.trials)
    done = [t for t in trials if t.state == "complete" and t.loss is not None]
    best = min(done, key=lambda t: (t.loss, t.number)) if done else None
    config = TrainingConfig.model_validate_json(study.user_attrs[CONFIG])
    return SearchResult(
        name=name,
        sampler=study.user_attrs[SAMPLER],
        trials=trials,
        importances=_importances(study, len(done)),
        best_trial=best.number if best else None,
        best=with_settings(config, best.settings) if best else None,
    )


def trial_result(trial: Any) -> TrialResult:
    """Return an Optuna trial as plain values."""
    seconds = trial.duration.total_seconds() if trial.duration else None
    losses = [*trial.intermediate_values.values()]
    reason = str(trial.user_attrs.get(REASON, ""))
    state = STATES.get(trial.state.name, "waiting")
    least = min(losses) if losses else None
    return TrialResult(
        number=trial.number,
        state="interrupted" if state == "failed" and not reason else state,
        loss=trial.value if state == "complete" else least,
        epochs=len(losses),
        settings=dict(trial.params),
        seconds=round(seconds, 1) if seconds is not None else None,
        reason=reason,
    )


def _importances(study: Any, done: int) -> dict[str, float]:
    if done < 2:
        return {}
    import optuna

    with suppress(ValueError, RuntimeError):  # all losses alike, or one setting only
        found = optuna.importance.get_param_importances(study)
        return {name: round(float(share), 4) for name, share in found.items()}
    return {}
