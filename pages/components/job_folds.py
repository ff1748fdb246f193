"""One cross-validation in full: every fold, their mean and spread, and the fold that is trained."""

from typing import Any

import streamlit as st

from pages.components import chart
from pages.components.frame import sentence
from xray_core.jobs.state import JobState, State
from xray_core.plots.learning_curves import learning_curves
from xray_core.tracking.folds import read_folds
from xray_core.tracking.history import epoch_rows
from xray_core.training.fold_result import CrossValidation

FIGURES = {
    "auc": "AUC",
    "accuracy": "Accuracy",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "ece": "Calibration error",
    "brier": "Brier score",
    "loss": "Loss",
}


def show(job: JobState) -> str:
    """Show a cross-validation as it stands; return its table as CSV, or nothing."""
    found = _found(job.id, job.attempt, job.stage, job.state)
    done = len(found.folds) if found else 0
    if job.active:
        _curves(job, done + 1)
    if found is None:
        return ""
    st.markdown(
        f"**{done} of {job.folds} folds**: AUC {_with_spread(found, 'auc')}, sensitivity "
        f"{_with_spread(found, 'sensitivity')}, specificity {_with_spread(found, 'specificity')} "
        "(mean ± standard deviation over the folds)"
    )
    st.dataframe(_rows(found), hide_index=True, key=f"folds-{job.id}")
    if job.state is State.DONE:
        st.caption(
            "Every patient was tested once, by a network that had not seen them. No model is kept: "
            "to get one, train the same choices."
        )
    return found.to_csv()


def _curves(job: JobState, number: int) -> None:
    rows = epoch_rows(job.id, f"fold-{number}/")
    if not rows:
        st.caption("The curves of a fold begin with its first epoch.")
        return
    st.caption(sentence(f"Fold {number}"))
    figure = learning_curves(rows, job.epochs // max(1, job.folds))
    config = chart.with_picture(f"{job.name}-curves")
    st.plotly_chart(figure, key=f"curves-{job.id}", config=config)


def _with_spread(found: CrossValidation, name: str) -> str:
    mean, spread = found.mean[name], found.spread[name]
    if mean is None:
        return "undefined"
    return f"{mean:.3f}" if spread is None else f"{mean:.3f} ± {spread:.3f}"


def _rows(found: CrossValidation) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "Fold": str(fold.fold),
            "Films": fold.films,
            "Epochs": fold.epochs,
            "Threshold": round(fold.threshold, 3),
            **_figures(fold.metrics),
        }
        for fold in found.folds
    ]
    return [
        *rows,
        {"Fold": "Mean", **_figures(found.mean)},
        {"Fold": "Standard deviation", **_figures(found.spread)},
    ]


def _figures(values: dict[str, float | None]) -> dict[str, float | None]:
    known = {title: values[name] for name, title in FIGURES.items()}
    return {title: None if v is None else round(v, 4) for title, v in known.items()}


@st.cache_data(show_spinner=False, max_entries=16)
def _found(run: str, attempt: int, stage: str, state: str) -> CrossValidation | None:
    """Return the folds that are done; read again when it does something else."""
    return read_folds(run)
