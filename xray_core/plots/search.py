"""A search: the loss of every trial, and which settings it hung on."""

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from xray_core.plots.colours import GRID, MUTED, PANEL, TEXT
from xray_core.training.search_result import SearchResult, TrialResult
from xray_core.training.search_space import setting_in_words, value_in_words

LOOKS = {
    "complete": ("Complete", "#56B4E9", "circle"),
    "pruned": ("Ended early", "#E69F00", "x"),
}
"""By state: name, colour of Okabe and Ito and shape; what has no loss is not drawn."""
BEST = "Best so far"
LOSSES, SHARES = "Loss of each trial", "What it hung on"
HEIGHT = 270


def search_figure(found: SearchResult) -> go.Figure | None:
    """Draw the trials and, where enough were completed, the importances beside them.

    Returns None while no trial has a loss. Trials are counted from 1, as everywhere on the page.
    """
    trials = [trial for trial in found.trials if trial.state in LOOKS and trial.loss is not None]
    if not trials:
        return None
    wide = bool(found.importances)
    figure = make_subplots(
        1,
        2 if wide else 1,
        subplot_titles=[LOSSES, SHARES] if wide else [LOSSES],
        column_widths=[0.6, 0.4] if wide else None,
        horizontal_spacing=0.14,
    )
    for state in LOOKS:
        if some := [trial for trial in trials if trial.state == state]:
            figure.add_trace(_points(some, state), 1, 1)
    if (best := _best_so_far(trials)) is not None:
        figure.add_trace(best, 1, 1)
    if wide:
        figure.add_trace(_bars(found.importances), 1, 2)
        figure.update_xaxes(tickformat=".0%", rangemode="tozero", row=1, col=2)
        figure.update_yaxes(automargin=True, row=1, col=2)
    figure.update_xaxes(title={"text": "trial", "font": {"size": 11}}, tickformat="d", row=1, col=1)
    figure.update_xaxes(gridcolor=GRID, zeroline=False)
    figure.update_yaxes(gridcolor=GRID, zeroline=False)
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
        paper_bgcolor=PANEL,
        plot_bgcolor=PANEL,
        font={"color": TEXT, "size": 11},
        legend={"orientation": "h", "y": -0.32, "x": 0, "font": {"color": MUTED}},
        hoverlabel={"bgcolor": "#151a20", "font": {"color": TEXT}},
        uirevision="kept",  # a zoom stays while trials are added
    )
    return figure


def _points(trials: list[TrialResult], state: str) -> go.Scatter:
    name, colour, shape = LOOKS[state]
    return go.Scatter(
        x=[trial.number + 1 for trial in trials],
        y=[trial.loss for trial in trials],
        customdata=[_tried(trial) for trial in trials],
        name=name,
        mode="markers",
        marker={"color": colour, "symbol": shape, "size": 8},
        hovertemplate="trial %{x}: loss %{y:.4g}<br>%{customdata}<extra></extra>",
    )


def _tried(trial: TrialResult) -> str:
    return "<br>".join(
        f"{setting_in_words(name)} {value_in_words(value)}"
        for name, value in trial.settings.items()
    )


def _best_so_far(trials: list[TrialResult]) -> go.Scatter | None:
    done = [trial for trial in trials if trial.state == "complete"]
    if not done:
        return None
    lowest = [min(t.loss or 0.0 for t in done[: i + 1]) for i in range(len(done))]
    return go.Scatter(
        x=[trial.number + 1 for trial in done],
        y=lowest,
        name=BEST,
        mode="lines",
        line={"color": MUTED, "dash": "dot", "shape": "hv", "width": 2},
        hoverinfo="skip",
    )


def _bars(importances: dict[str, float]) -> go.Bar:
    names = list(importances)[::-1]
    return go.Bar(
        x=[importances[name] for name in names],
        y=[setting_in_words(name) for name in names],
        orientation="h",
        marker={"color": "#009E73"},
        showlegend=False,
        hovertemplate="%{y}: %{x:.0%}<extra></extra>",
    )
